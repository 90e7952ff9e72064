/// The line before a chunk: its size in hexadecimal, and extensions, which are checked and dropped
/// (RFC 9112 section 7.1).
struct ChunkSize {
  let size: Int
  let extensionBytes: Int

  /// Bytes of such a line without its line end.
  static let longestLine = 1024
  /// Bytes of all extensions of one request; more is an attack (RFC 9112 section 7.1.1).
  static let extensionBytesOfARequest = 4096
  /// More digits than any size that is allowed here, fewer than could overflow.
  private static let longestSize = 15
  private static let quote = UInt8(ascii: "\"")

  init(_ line: ArraySlice<UInt8>) throws(HTTPParseError) {
    let digits = line.prefix { Octet.hexadecimal($0) != nil }
    guard (1...Self.longestSize).contains(digits.count) else { throw .invalidChunkSize }
    size = digits.reduce(0) { $0 << 4 | Int(Octet.hexadecimal($1) ?? 0) }
    let rest = line[digits.endIndex...]
    extensionBytes = rest.count
    guard let first = rest.first else { return }
    guard !rest.contains(Octet.carriageReturn) else { throw .bareLineBreak }
    // No white space before the semicolon: some readers take it for the end of the line.
    guard first == UInt8(ascii: ";") else { throw .invalidChunkSize }
    guard Self.areExtensions(rest) else { throw .invalidChunkExtension }
  }

  /// Any number of `;name`, `;name=token` or `;name="quoted"`. A quotation that stays open, or a value that is
  /// none, would let another reader find the end of the line elsewhere.
  private static func areExtensions(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while rest.first == UInt8(ascii: ";") {
      rest.removeFirst()
      guard dropToken(from: &rest) else { return false }
      guard rest.first == UInt8(ascii: "=") else { continue }
      rest.removeFirst()
      guard rest.first == quote ? dropQuotation(from: &rest) : dropToken(from: &rest) else { return false }
    }
    return rest.isEmpty
  }

  private static func dropToken(from rest: inout ArraySlice<UInt8>) -> Bool {
    let count = rest.count
    rest = rest.drop(while: Octet.isTokenCharacter)
    return rest.count < count
  }

  /// A quoted string with its escapes (RFC 9110 section 5.6.4).
  private static func dropQuotation(from rest: inout ArraySlice<UInt8>) -> Bool {
    rest.removeFirst()
    while let byte = rest.popFirst() {
      if byte == quote { return true }
      let character = byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
      guard let character, Octet.isFieldCharacter(character) else { return false }
    }
    return false
  }
}
