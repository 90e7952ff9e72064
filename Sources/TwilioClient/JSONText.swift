#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension JSONReader {
  /// The text of a string, or of a number exactly as it is written.
  ///
  /// - Returns: nil for any other value, for a string with an escape that JSON does not allow, and
  ///   for what only looks like a number.
  func text(of token: JSONToken) -> String? {
    switch token.kind {
    case .plain: String(decoding: bytes[token.range], as: UTF8.self)
    case .coded: JSONEscapes.text(of: bytes[token.range])
    case .number: numberText(bytes[token.range])
    case .null, .other: nil
    }
  }

  /// Whether everything that was passed is UTF-8; meaningful after `finish`.
  var isUTF8: Bool {
    guard hasNonASCII else { return true }
    // No ASCII byte is part of a longer character, so every run of others stands for itself.
    var rest = bytes[...]
    while let start = rest.firstIndex(where: { $0 >= 0x80 }) {
      let run = rest[start...].prefix { $0 >= 0x80 }
      guard String(validating: run, as: UTF8.self) != nil else { return false }
      rest = rest[run.endIndex...]
    }
    return true
  }

  private func numberText(_ number: ArraySlice<UInt8>) -> String? {
    var rest = number
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    guard let first = rest.first else { return nil }
    let whole = Self.takeDigits(&rest)
    guard whole == 1 || whole > 1 && first != UInt8(ascii: "0") else { return nil }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard Self.takeDigits(&rest) > 0 else { return nil }
    }
    let text = String(decoding: number, as: UTF8.self)
    if rest.isEmpty { return text }
    guard rest.removeFirst() | 0x20 == UInt8(ascii: "e") else { return nil }
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard Self.takeDigits(&rest) > 0, rest.isEmpty else { return nil }
    // A power of ten is no form that a price, a duration or a number is written in.
    return Decimal(string: text).map { "\($0)" }
  }

  private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest[digits.endIndex...]
    return digits.count
  }
}

/// The text of a string with escapes (RFC 8259, section 7).
enum JSONEscapes {
  /// - Returns: nil when an escape is none, half a surrogate pair is missing, or the rest is not
  ///   UTF-8.
  static func text(of string: ArraySlice<UInt8>) -> String? {
    var text: [UInt8] = []
    text.reserveCapacity(string.count)
    var rest = string
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let scalar = scalar(&rest), let encoded = UTF8.encode(scalar) else { return nil }
      text.append(contentsOf: encoded)
    }
    return String(validating: text, as: UTF8.self)
  }

  private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): "\""
    case UInt8(ascii: "\\"): "\\"
    case UInt8(ascii: "/"): "/"
    case UInt8(ascii: "b"): "\u{8}"
    case UInt8(ascii: "f"): "\u{C}"
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "r"): "\r"
    case UInt8(ascii: "t"): "\t"
    case UInt8(ascii: "u"): unicodeScalar(&rest)
    default: nil
    }
  }

  private static func unicodeScalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    guard let unit = codeUnit(&rest) else { return nil }
    guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
    guard rest.starts(with: "\\u".utf8) else { return nil }
    rest.removeFirst(2)
    guard let trail = codeUnit(&rest), UTF16.isTrailSurrogate(trail) else { return nil }
    return Unicode.Scalar(0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00))
  }

  private static func codeUnit(_ rest: inout ArraySlice<UInt8>) -> UInt16? {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = rest.popFirst(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

/// Where in the bytes a value stands, and what it is.
struct JSONToken {
  enum Kind {
    /// A string in ASCII that reads as its bytes do.
    case plain
    /// Any other string.
    case coded
    case number
    case null
    /// True, false, an array or an object.
    case other
  }

  let kind: Kind
  /// Strings without their quotes.
  let range: Range<Int>

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
  }
}
