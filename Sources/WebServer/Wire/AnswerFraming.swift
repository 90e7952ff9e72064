/// How an answer's content is delimited, and what that means for the connection (RFC 9112 section 6).
struct AnswerFraming: Hashable, Sendable {
  enum Delimiter: Hashable, Sendable {
    /// The status has no content and no length.
    case none
    case length(Int)
    case chunked
    case connectionEnd
  }

  let delimiter: Delimiter
  /// Whether content follows the head: not after HEAD, not with a status that has none.
  let hasContent: Bool
  let keepsAlive: Bool

  init(of response: HTTPResponse, isHead: Bool, isHTTP10: Bool, keepsAlive: Bool) {
    let keepsAlive = keepsAlive && !response.closesConnection
    let delimiter = Self.delimiter(of: response, isHTTP10: isHTTP10)
    self.delimiter = delimiter
    hasContent = !isHead && delimiter != .none
    self.keepsAlive = keepsAlive && (delimiter != .connectionEnd || !hasContent)
  }

  private static func delimiter(of response: HTTPResponse, isHTTP10: Bool) -> Delimiter {
    if response.status.forbidsContent { return .none }
    return switch response.body {
    case .bytes(let bytes): .length(bytes.count)
    case .stream(let length?, _): .length(max(0, length))
    case .stream(nil, _): isHTTP10 ? .connectionEnd : .chunked
    }
  }
}
