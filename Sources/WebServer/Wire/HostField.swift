/// The value of `Host`: a name, an IPv4 address or an IPv6 address in brackets, and an optional port.
enum HostField {
  /// Stricter than RFC 3986 section 3.2.2: no empty host, no user, and of a name's characters only those
  /// that names really have.
  static func isValid(_ value: ArraySlice<UInt8>) -> Bool {
    guard let first = value.first else { return false }
    if first == UInt8(ascii: "[") {
      guard let end = value.firstIndex(of: UInt8(ascii: "]")) else { return false }
      return isIPv6(value[(value.startIndex + 1)..<end]) && isPort(value[(end + 1)...])
    }
    let colon = value.firstIndex(of: UInt8(ascii: ":")) ?? value.endIndex
    let name = value[..<colon]
    return !name.isEmpty && name.allSatisfy(isNameCharacter) && isPort(value[colon...])
  }

  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    Octet.isLetter(byte) || Octet.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
  }

  private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
    let colons = bytes.count { $0 == UInt8(ascii: ":") }
    return (2...7).contains(colons) && bytes.count <= 45
      && bytes.allSatisfy {
        Octet.hexadecimal($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
      }
  }

  /// Nothing, or a colon and up to five digits: 0 to 65535, empty allowed by the grammar.
  private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let colon = bytes.first else { return true }
    let digits = bytes.dropFirst()
    return colon == UInt8(ascii: ":") && digits.count <= 5 && digits.allSatisfy(Octet.isDigit)
      && digits.reduce(0) { $0 * 10 + Int($1 &- 48) } <= 65_535
  }
}
