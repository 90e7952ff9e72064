/// The last net under everything that is written: known secrets are replaced wherever they
/// stand. Not a licence to log them.
package struct Redaction: Sendable {
  /// What stands in a secret's place.
  package static let mark = "•••"
  /// Knows no secret and changes nothing.
  package static let none = Redaction(secrets: [])

  private let secrets: [[UInt8]]

  /// Secrets of fewer than four bytes are not searched for: they would be found in everything.
  package init(secrets: [String]) {
    self.secrets = Set(secrets).map { Array($0.utf8) }.filter { $0.count >= 4 }
      // The longer first, so that a secret that begins with another one goes as a whole.
      .sorted { $0.count > $1.count }
  }

  /// `text` with each secret replaced by the mark, whether it stands there as it is or
  /// percent-encoded, in whole or in part (RFC 3986, section 2.1; a space also as `+`).
  package func applied(to text: String) -> String {
    guard !secrets.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var kept: [UInt8] = []
    var position = 0
    var found = false
    while position < bytes.count {
      if let end = endOfSecret(in: bytes, at: position) {
        kept.append(contentsOf: Self.mark.utf8)
        position = end
        found = true
      } else {
        kept.append(bytes[position])
        position += 1
      }
    }
    return found ? String(decoding: kept, as: UTF8.self) : text
  }

  private func endOfSecret(in bytes: [UInt8], at start: Int) -> Int? {
    for secret in secrets {
      if let end = Self.end(of: secret, in: bytes, at: start) { return end }
      if let end = Self.encodedEnd(of: secret, in: bytes, at: start) { return end }
    }
    return nil
  }

  private static func end(of secret: [UInt8], in bytes: [UInt8], at start: Int) -> Int? {
    let end = start + secret.count
    guard end <= bytes.count, bytes[start..<end].elementsEqual(secret) else { return nil }
    return end
  }

  private static func encodedEnd(of secret: [UInt8], in bytes: [UInt8], at start: Int) -> Int? {
    var position = start
    for expected in secret {
      guard position < bytes.count else { return nil }
      if bytes[position] == UInt8(ascii: "%") {
        guard position + 2 < bytes.count, let high = hexDigit(bytes[position + 1]),
          let low = hexDigit(bytes[position + 2]), high << 4 | low == expected
        else { return nil }
        position += 3
      } else {
        let isSpace = bytes[position] == UInt8(ascii: "+") && expected == UInt8(ascii: " ")
        guard bytes[position] == expected || isSpace else { return nil }
        position += 1
      }
    }
    return position
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
