/// What rule 3 needs of a SIP URI (RFC 3261, section 19.1): its user part.
enum SIPAddress {
  /// The user part of a `sip:` or `sips:` URI, percent-decoded; nil when `text` is no such URI
  /// or names a host alone.
  static func userPart(of text: String) -> String? {
    guard let rest = afterScheme(text) else { return nil }
    let user: Substring
    if let at = rest.firstIndex(of: "@") {
      user = rest[..<at]
    } else if rest.prefix(while: { $0 != ";" }).contains(".") {
      return nil
    } else {
      user = rest
    }
    return percentDecoded(user.prefix { $0 != ";" && $0 != ":" })
  }

  private static func afterScheme(_ text: String) -> Substring? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon]
    guard scheme.utf8.count <= 4 else { return nil }
    let word = scheme.lowercased()
    return word == "sip" || word == "sips" ? text[text.index(after: colon)...] : nil
  }

  /// An escape that is broken or does not decode to UTF-8 leaves the text as it is.
  private static func percentDecoded(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
        return String(text)
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self) ?? String(text)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
