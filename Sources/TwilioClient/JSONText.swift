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
