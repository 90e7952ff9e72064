/// What came back: a complete answer.
package struct CurlResponse: Sendable {
  /// The HTTP status, whichever it is; redirects are not followed.
  package var status: Int
  /// In the order they came, repeated ones included.
  package var headers: [CurlHeader]
  /// Decompressed, at most as many bytes as the request's cap.
  package var body: [UInt8]

  package init(status: Int, headers: [CurlHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of the first field of this name, in whatever case it is written.
  package func header(_ name: String) -> String? {
    headers.first { $0.isNamed(name) }?.value
  }
}

/// One header field of a request or an answer.
package struct CurlHeader: Hashable, Sendable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A field line as libcurl hands it over, without its line end.
  ///
  /// - Returns: nil for a line without a colon and for the continuation of an obsolete folded
  ///   field (RFC 9112, section 5.2).
  init?(line: some Collection<UInt8>) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let first = line.first,
      first != UInt8(ascii: " "), first != UInt8(ascii: "\t")
    else { return nil }
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var value = Array(line[line.index(after: colon)...].drop(while: isBlank))
    while let last = value.last, isBlank(last) { value.removeLast() }
    self.init(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
  }

  /// Field names do not distinguish case (RFC 9110, section 5.1).
  func isNamed(_ other: String) -> Bool {
    name.utf8.count == other.utf8.count && name.lowercased() == other.lowercased()
  }
}
