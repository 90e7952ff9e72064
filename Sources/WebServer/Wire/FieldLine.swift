/// One field line, `Name: value`, judged (RFC 9112 section 5).
struct FieldLine {
  /// The fields that the parser itself reads.
  enum Known {
    case host, contentLength, transferEncoding, connection, expect
  }

  let name: ArraySlice<UInt8>
  /// Without the space around it.
  let value: ArraySlice<UInt8>
  let known: Known?
  /// With its line end, for the limit of the section.
  let lineBytes: Int

  init(_ line: ArraySlice<UInt8>) throws(HTTPParseError) {
    // RFC 9112 sections 2.2 and 5.2: a line that begins with white space is folded or worse.
    guard let first = line.first, first != Octet.space, first != Octet.tab else { throw .foldedField }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(Octet.isTokenCharacter)
    else { throw line.contains(Octet.carriageReturn) ? .bareLineBreak : .invalidFieldName }
    let value = Self.trimmed(line[(colon + 1)...])
    guard value.allSatisfy(Octet.isFieldCharacter) else {
      throw value.contains(Octet.carriageReturn) ? .bareLineBreak : .invalidFieldValue
    }
    name = line[..<colon]
    self.value = value
    known = Self.known(name)
    lineBytes = line.count + 2
  }

  /// Whether the field says whose message this is or where it ends.
  var decidesFraming: Bool {
    known == .host || known == .contentLength || known == .transferEncoding
  }

  /// Whether the value is this word in any case.
  func valueIs(_ word: StaticString) -> Bool {
    Self.same(value, word)
  }

  /// The members of a comma-separated list, without the space around them.
  var members: [ArraySlice<UInt8>] {
    value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Self.trimmed)
  }

  static func same(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
    word.utf8CodeUnitCount == bytes.count
      && zip(bytes, word.description.utf8).allSatisfy { Octet.lowercase($0) == Octet.lowercase($1) }
  }

  /// Without spaces and tabs at both ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let byte = rest.first, byte == Octet.space || byte == Octet.tab { rest.removeFirst() }
    while let byte = rest.last, byte == Octet.space || byte == Octet.tab { rest.removeLast() }
    return rest
  }

  /// The length first: most names differ in it from all that matter here.
  private static func known(_ name: ArraySlice<UInt8>) -> Known? {
    switch name.count {
    case 4: same(name, "host") ? .host : nil
    case 6: same(name, "expect") ? .expect : nil
    case 10: same(name, "connection") ? .connection : nil
    case 14: same(name, "content-length") ? .contentLength : nil
    case 17: same(name, "transfer-encoding") ? .transferEncoding : nil
    default: nil
    }
  }
}

/// How much of the limits a section of fields has used.
struct FieldSection: Sendable {
  private(set) var bytes = 0
  private(set) var fields = 0

  mutating func count(_ field: FieldLine, limits: HTTPLimits) throws(HTTPParseError) {
    fields += 1
    bytes += field.lineBytes
    guard bytes <= limits.headerSection else { throw .headerSectionTooLarge }
    guard fields <= limits.headerFields else { throw .tooManyFields }
  }
}
