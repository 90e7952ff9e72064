/// The line before a chunk: its size in hexadecimal and extensions, which are judged and forgotten
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

  init(_ line: ArraySlice<UInt8>) throws(HTTPParseError) {
    let end = line.firstIndex { Octet.hexadecimal($0) == nil } ?? line.endIndex
    let digits = line[..<end]
    guard (1...Self.longestSize).contains(digits.count) else { throw .invalidChunkSize }
    size = digits.reduce(0) { $0 << 4 | Int(Octet.hexadecimal($1) ?? 0) }
    let rest = line[end...]
    extensionBytes = rest.count
    guard let first = rest.first else { return }
    guard !rest.contains(Octet.carriageReturn) else { throw .bareLineBreak }
    // No white space before the semicolon: some readers take it for the end of the line.
    guard first == UInt8(ascii: ";") else { throw .invalidChunkSize }
    guard let name = rest.dropFirst().first, Octet.isTokenCharacter(name),
      rest.allSatisfy(Octet.isFieldCharacter)
    else { throw .invalidChunkExtension }
  }
}
