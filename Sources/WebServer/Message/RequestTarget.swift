/// What a request asks for: path and query of its target (RFC 9112 section 3.2).
///
/// The path is refused rather than interpreted where two readers could understand it differently:
/// dot segments, `%2F`, `%5C`, control characters and invalid UTF-8, also percent-encoded, have no target.
package struct RequestTarget: Hashable, Sendable {
  /// One `name=value` of the query, decoded; without `=` the value is empty.
  package struct QueryItem: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The path, percent-decoded; begins with a slash, or is `*` (RFC 9112 section 3.2.4).
  package let path: String
  /// The path as it was sent.
  package let rawPath: String
  /// The query's items in order, percent-decoded, `+` meaning space.
  package let query: [QueryItem]
  /// The query as it was sent, without the question mark; nil when there is no question mark.
  package let rawQuery: String?

  /// Reads an origin-form target such as `/api/sync-runs?limit=5`.
  /// - Returns: nil when it is not valid (see the type).
  package init?(_ text: String) {
    self.init(originForm: Array(text.utf8)[...])
  }

  init?(originForm bytes: ArraySlice<UInt8>) {
    guard bytes.first == UInt8(ascii: "/") else { return nil }
    let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    guard let path = TargetDecoding.path(bytes[..<mark]) else { return nil }
    self.path = path.decoded
    self.rawPath = path.raw
    guard mark < bytes.endIndex else {
      query = []
      rawQuery = nil
      return
    }
    let rest = bytes[(mark + 1)...]
    guard let items = TargetDecoding.query(rest) else { return nil }
    query = items
    rawQuery = String(decoding: rest, as: UTF8.self)
  }

  private init(asterisk: Void) {
    path = "*"
    rawPath = "*"
    query = []
    rawQuery = nil
  }

  /// `OPTIONS *`: the server as a whole (RFC 9112 section 3.2.4).
  package static let asterisk = RequestTarget(asterisk: ())

  /// The value of the first query item of this name.
  package func value(_ name: String) -> String? {
    query.first { $0.name == name }?.value
  }
}
