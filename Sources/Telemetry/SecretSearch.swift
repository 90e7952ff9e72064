import Foundation

/// Finds secrets in a text: as they are, as escaped for addresses, texts in quotes, JSON or HTML, in whole or in
/// part and several times over, and within Base64, as in `Authorization: Basic …`.
struct SecretSearch: Sendable {
  private struct Pattern: Hashable {
    let bytes: [UInt8]
    let isBase64: Bool
  }

  /// By their first byte, because nearly every byte of a text begins none.
  private let patterns: [[Pattern]]

  init(_ secrets: [String]) {
    var patterns = [[Pattern]](repeating: [], count: 256)
    for pattern in Set(secrets.flatMap(Self.patterns)) where pattern.bytes.count >= 4 {
      patterns[Int(pattern.bytes[0])].append(pattern)
    }
    self.patterns = patterns
  }

  /// Where secrets stand: in order, and none over another.
  func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    guard patterns.contains(where: { !$0.isEmpty }) else { return [] }
    let found = EscapedText(bytes).readings.flatMap(ranges)
    return found.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      if let last = merged.last, range.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
  }

  private func ranges(in text: EscapedText) -> [Range<Int>] {
    let bytes = text.bytes
    var found: [Range<Int>] = []
    for start in bytes.indices {
      for pattern in patterns[Int(bytes[start])] where bytes[start...].starts(with: pattern.bytes) {
        var (first, end) = (start, start + pattern.bytes.count)
        if pattern.isBase64 {
          // The characters beside it hold bits of the secret, too, and what goes with it.
          while first > 0, Self.isBase64(bytes[first - 1]) { first -= 1 }
          while end < bytes.count, Self.isBase64(bytes[end]) || bytes[end] == UInt8(ascii: "=") { end += 1 }
        }
        found.append(text.source(of: first..<end))
      }
    }
    return found
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+/-_".utf8.contains(byte)
  }

  private static func patterns(of secret: String) -> [Pattern] {
    // Whoever escapes may take what is escaped in the secret for done.
    var forms = Set(EscapedText(Array(secret.utf8)).readings.map(\.bytes))
    // Forms send a space as +; a log line shows a control character as a space.
    for form in forms {
      forms.insert(form.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 })
      forms.insert(form.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 })
    }
    let plain = forms.filter { $0.count >= 4 }
    return plain.map { Pattern(bytes: $0, isBase64: false) } + plain.flatMap(base64)
  }

  /// What stands within Base64 (RFC 4648, sections 4 and 5) for certain wherever the secret stands in what was
  /// encoded: three characters hold bits of four bytes, so there are three ways to begin.
  private static func base64(of secret: [UInt8]) -> [Pattern] {
    (0..<3).flatMap { offset in
      let encoded = Data([UInt8](repeating: 0, count: offset) + secret).base64EncodedString().utf8
      let first = (8 * offset + 5) / 6
      let sure = encoded.prefix(8 * (offset + secret.count) / 6).dropFirst(first)
      let forAddresses = sure.map { byte in
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: byte
        }
      }
      return [
        Pattern(bytes: Array(sure), isBase64: true), Pattern(bytes: forAddresses, isBase64: true),
      ]
    }
  }
}

/// A text and, once escapes have been taken out of it, where in the text each byte comes from.
struct EscapedText {
  /// How a program writes what may not stand in a text as it is.
  private enum Escape: CaseIterable {
    /// In addresses (RFC 3986, section 2.1).
    case percent
    /// In quotes.
    case backslash
    /// In HTML.
    case entity
  }

  /// How often one program escapes what another has escaped already.
  private static let depth = 3

  let bytes: [UInt8]
  /// Nil for a text that is its own source.
  private let sources: [Range<Int>]?

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    sources = nil
  }

  private init(_ bytes: [UInt8], _ sources: [Range<Int>]) {
    self.bytes = bytes
    self.sources = sources
  }

  /// The text as it is and as it reads after escapes of one kind after the other are taken out. Not of all kinds
  /// at once: whoever escaped it in one way left what looks like another.
  var readings: [EscapedText] {
    var all = [self]
    var newest = all
    for _ in 1...Self.depth {
      newest = newest.flatMap { text in Escape.allCases.compactMap(text.without) }
      all += newest
    }
    return all
  }

  /// Where that part of the bytes comes from; it is not empty.
  func source(of range: Range<Int>) -> Range<Int> {
    guard let sources else { return range }
    return sources[range.lowerBound].lowerBound..<sources[range.upperBound - 1].upperBound
  }

  /// Nil where there is no escape of the kind.
  private func without(_ kind: Escape) -> EscapedText? {
    let first =
      switch kind {
      case .percent: UInt8(ascii: "%")
      case .backslash: UInt8(ascii: "\\")
      case .entity: UInt8(ascii: "&")
      }
    guard bytes.contains(first) else { return nil }
    var (plain, origins): ([UInt8], [Range<Int>]) = ([], [])
    var position = 0
    var hasEscape = false
    while position < bytes.count {
      let escape = bytes[position] == first ? meaning(of: kind, at: position) : nil
      let length = escape?.length ?? 1
      let meant = escape?.bytes ?? [bytes[position]]
      hasEscape = hasEscape || escape != nil
      plain += meant
      origins += meant.map { _ in source(of: position..<position + length) }
      position += length
    }
    return hasEscape ? EscapedText(plain, origins) : nil
  }

  /// What an escape that begins there stands for, and its length; nil where it is none.
  private func meaning(of kind: Escape, at start: Int) -> (bytes: [UInt8], length: Int)? {
    switch kind {
    case .percent: hex(at: start + 1, digits: 2).map { ([UInt8(truncatingIfNeeded: $0)], 3) }
    case .backslash: backslash(at: start)
    case .entity: entity(at: start)
    }
  }

  /// As JSON (RFC 8259, section 7), Swift and C write it.
  private func backslash(at start: Int) -> (bytes: [UInt8], length: Int)? {
    guard start + 1 < bytes.count else { return nil }
    switch bytes[start + 1] {
    case UInt8(ascii: "n"): return ([0x0A], 2)
    case UInt8(ascii: "r"): return ([0x0D], 2)
    case UInt8(ascii: "t"): return ([0x09], 2)
    case UInt8(ascii: "x"): return hex(at: start + 2, digits: 2).map { ([UInt8(truncatingIfNeeded: $0)], 4) }
    case UInt8(ascii: "u"):
      if start + 2 < bytes.count, bytes[start + 2] == UInt8(ascii: "{") {
        return number(at: start + 3, radix: 16, end: "}").map { (Self.utf8($0.value), $0.end - start) }
      }
      guard let unit = hex(at: start + 2, digits: 4) else { return nil }
      if (0xD800..<0xDC00).contains(unit), bytes[(start + 6)...].starts(with: Array("\\u".utf8)),
        let low = hex(at: start + 8, digits: 4), (0xDC00..<0xE000).contains(low)
      {
        return (Self.utf8(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)), 12)
      }
      return (Self.utf8(unit), 6)
    case let byte where byte > 0x20 && byte < 0x7F && !Self.isLetterOrDigit(byte): return ([byte], 2)
    default: return nil
    }
  }

  private func entity(at start: Int) -> (bytes: [UInt8], length: Int)? {
    if bytes[start...].starts(with: Array("&#".utf8)) {
      let isHex = start + 2 < bytes.count && bytes[start + 2] | 0x20 == UInt8(ascii: "x")
      return number(at: start + (isHex ? 3 : 2), radix: isHex ? 16 : 10, end: ";").map {
        (Self.utf8($0.value), $0.end - start)
      }
    }
    let names: [(String, Character)] = [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
    ]
    return names.first { bytes[start...].starts(with: Array($0.0.utf8)) }
      .map { (Array(String($0.1).utf8), $0.0.utf8.count) }
  }

  /// Hexadecimal digits of which there are exactly so many.
  private func hex(at start: Int, digits: Int) -> UInt32? {
    guard start + digits <= bytes.count else { return nil }
    return number(bytes[start..<start + digits], radix: 16)
  }

  private func number(at start: Int, radix: Int, end: Unicode.Scalar) -> (value: UInt32, end: Int)? {
    guard start <= bytes.count else { return nil }
    let digits = bytes[start...].prefix(8).prefix { Self.isLetterOrDigit($0) }
    guard digits.endIndex < bytes.count, bytes[digits.endIndex] == UInt8(ascii: end) else { return nil }
    return number(digits, radix: radix).map { ($0, digits.endIndex + 1) }
  }

  private func number(_ digits: ArraySlice<UInt8>, radix: Int) -> UInt32? {
    guard digits.allSatisfy(Self.isLetterOrDigit) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func utf8(_ value: UInt32) -> [UInt8] {
    Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
  }
}
