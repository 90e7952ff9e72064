/// A whole request, its body included, as a handler gets it.
package struct HTTPRequest: Hashable, Sendable {
  package let method: HTTPMethod
  package let target: RequestTarget
  package let headers: HTTPHeaders
  /// The content, already freed from chunked coding; bounded by `HTTPLimits.body`.
  package let body: [UInt8]
  /// The address of the other end of the connection without its port, such as `127.0.0.1` or `::1`.
  package let remoteAddress: String?

  package init(
    method: HTTPMethod = .get, target: RequestTarget, headers: HTTPHeaders = [:], body: [UInt8] = [],
    remoteAddress: String? = nil
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
  }
}

/// Answers one request. Runs as a task of its own: a slow one delays nobody else, and a client that hangs
/// up does not cancel it.
package typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse
