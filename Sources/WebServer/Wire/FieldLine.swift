/// One field line, `Name: value`, checked (RFC 9112 section 5).
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
  func valueIs(_ word: String) -> Bool { Octet.areSame(value, word.utf8) }

  /// The members of a comma-separated list, without the space around them.
  var members: [ArraySlice<UInt8>] {
    value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Self.trimmed)
  }

  /// Without spaces and tabs at both ends.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let byte = rest.first, byte == Octet.space || byte == Octet.tab { rest.removeFirst() }
    while let byte = rest.last, byte == Octet.space || byte == Octet.tab { rest.removeLast() }
    return rest
  }

  /// The length first: it tells most names from all that matter here.
  private static func known(_ name: ArraySlice<UInt8>) -> Known? {
    switch name.count {
    case 4: Octet.areSame(name, "host".utf8) ? .host : nil
    case 6: Octet.areSame(name, "expect".utf8) ? .expect : nil
    case 10: Octet.areSame(name, "connection".utf8) ? .connection : nil
    case 14: Octet.areSame(name, "content-length".utf8) ? .contentLength : nil
    case 17: Octet.areSame(name, "transfer-encoding".utf8) ? .transferEncoding : nil
    default: nil
    }
  }
}
