/// What a request asks for: path and query of its target (RFC 9112 section 3.2).
///
/// A path that two readers could understand differently is refused, not interpreted: dot segments, `%2F`,
/// `%5C`, control characters and invalid UTF-8, also percent-encoded, make no target.
package struct RequestTarget: Hashable, Sendable {
  /// One `name=value` of the query, decoded; without `=` the value is empty.
  package struct QueryItem: Hashable, Sendable {
    package let name: String
    package let value: String
    /// Whether the value was sent with a plus sign before it, which means a space.
    fileprivate let beginsWithPlus: Bool

    /// The value of whoever writes a telephone number without encoding it: its plus sign stays one.
    package var number: String { beginsWithPlus ? "+" + value.dropFirst() : value }
  }

  /// The path, percent-decoded; begins with a slash, or is `*` (RFC 9112 section 3.2.4).
  package let path: String
  /// The path as it was sent.
  package let rawPath: String
  /// The query's items in order, percent-decoded, `+` meaning space.
  package let query: [QueryItem]
  /// The query as it was sent, without the question mark; nil when there is no question mark.
  package let rawQuery: String?

  /// Reads an origin-form target such as `/api/sync-runs?limit=5`; nil when it is not valid.
  package init?(_ text: String) {
    self.init(originForm: Array(text.utf8)[...])
  }

  init?(originForm bytes: ArraySlice<UInt8>) {
    guard bytes.first == UInt8(ascii: "/") else { return nil }
    let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    guard let path = Self.decodedPath(bytes[..<mark]) else { return nil }
    self.path = path
    rawPath = String(decoding: bytes[..<mark], as: UTF8.self)
    guard mark < bytes.endIndex else {
      query = []
      rawQuery = nil
      return
    }
    let rest = bytes[(mark + 1)...]
    guard let items = Self.items(rest) else { return nil }
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

  private static func decodedPath(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.allSatisfy({ Octet.isPathCharacter($0) || $0 == percent }) else { return nil }
    guard bytes.contains(percent) else {
      return hasDotSegment(bytes) ? nil : String(decoding: bytes, as: UTF8.self)
    }
    // A decoded slash or backslash would move a segment's border, a control character has no use in a path.
    let decoded = percentDecoded(bytes, plusIsSpace: false) { byte in
      byte < 32 || byte == 127 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }
    guard let decoded, !hasDotSegment(decoded[...]) else { return nil }
    return String(validating: decoded, as: UTF8.self)
  }

  /// The items of a query, `a=b&c=d`; empty pieces are passed over.
  private static func items(_ bytes: ArraySlice<UInt8>) -> [QueryItem]? {
    guard bytes.allSatisfy({ Octet.isVisible($0) && $0 != UInt8(ascii: "#") }) else { return nil }
    var items: [QueryItem] = []
    for piece in bytes.split(separator: UInt8(ascii: "&")) {
      let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
      guard let name = queryText(piece[..<equals]), let value = queryText(piece[equals...].dropFirst())
      else { return nil }
      let plus = piece[equals...].dropFirst().first == UInt8(ascii: "+")
      items.append(QueryItem(name: name, value: value, beginsWithPlus: plus))
    }
    return items
  }

  private static func queryText(_ bytes: ArraySlice<UInt8>) -> String? {
    percentDecoded(bytes, plusIsSpace: true, refusing: { $0 == 0 })
      .flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// Percent-decoding (RFC 3986 section 2.1); nil when an escape is incomplete or its byte refused.
  private static func percentDecoded(
    _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool, refusing isRefused: (UInt8) -> Bool
  ) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if byte == percent {
        guard index + 1 < bytes.endIndex, let high = Octet.hexadecimal(bytes[index]),
          let low = Octet.hexadecimal(bytes[index + 1]), !isRefused(high << 4 | low)
        else { return nil }
        result.append(high << 4 | low)
        index += 2
      } else {
        result.append(plusIsSpace && byte == UInt8(ascii: "+") ? Octet.space : byte)
      }
    }
    return result
  }

  private static func hasDotSegment(_ path: ArraySlice<UInt8>) -> Bool {
    guard path.contains(UInt8(ascii: ".")) else { return false }
    return path.split(separator: UInt8(ascii: "/")).contains { segment in
      segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
    }
  }

  private static let percent = UInt8(ascii: "%")
}
