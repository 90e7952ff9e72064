/// The classes of bytes in the grammars of RFC 9110 and RFC 3986.
enum Octet {
  static let tab: UInt8 = 9
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13
  static let space: UInt8 = 32

  /// `tchar` (RFC 9110 section 5.6.2).
  static func isTokenCharacter(_ byte: UInt8) -> Bool { tokenCharacters[Int(byte)] }

  /// What a field value may hold: visible ASCII, space, tab and bytes above 127 (RFC 9110 section 5.5).
  static func isFieldCharacter(_ byte: UInt8) -> Bool {
    byte >= 32 ? byte != 127 : byte == tab
  }

  /// `pchar` and the slash, without the percent sign (RFC 3986 section 3.3).
  static func isPathCharacter(_ byte: UInt8) -> Bool { pathCharacters[Int(byte)] }

  /// Printable ASCII without space. A query is taken with all of it but `#`: browsers and curl leave
  /// characters such as `|` and `>` as they are.
  static func isVisible(_ byte: UInt8) -> Bool { byte > 32 && byte < 127 }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) &- 97 < 26 }

  /// The value of a hexadecimal digit, nil for anything else.
  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- 48 }
    let letter = (byte | 32) &- 97
    return letter < 6 ? letter + 10 : nil
  }

  static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }

  /// Whether two texts are the same without regard to the case of ASCII letters.
  static func areSame<Left: Collection<UInt8>, Right: Collection<UInt8>>(
    _ left: Left, _ right: Right
  ) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { lowercase($0) == lowercase($1) }
  }

  private static let tokenCharacters = table(of: "!#$%&'*+-.^_`|~")
  private static let pathCharacters = table(of: "-._~!$&'()*+,;=:@/")

  private static func table(of punctuation: String) -> [Bool] {
    (0..<256).map { code in
      let byte = UInt8(code)
      return isDigit(byte) || isLetter(byte) || punctuation.utf8.contains(byte)
    }
  }
}
