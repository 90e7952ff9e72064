/// A request method, case-sensitive (RFC 9110 section 9.1).
package struct HTTPMethod: Hashable, Sendable {
  /// As the request line spells it.
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package static let get = HTTPMethod("GET")
  package static let head = HTTPMethod("HEAD")
  package static let post = HTTPMethod("POST")
  package static let put = HTTPMethod("PUT")
  package static let patch = HTTPMethod("PATCH")
  package static let delete = HTTPMethod("DELETE")
  package static let options = HTTPMethod("OPTIONS")
  package static let trace = HTTPMethod("TRACE")
  package static let connect = HTTPMethod("CONNECT")
}

/// A whole request, its body included, as a handler gets it.
package struct HTTPRequest: Hashable, Sendable {
  package let method: HTTPMethod
  package let target: RequestTarget
  package let headers: HTTPHeaders
  /// The content, already freed from chunked coding; at most `HTTPLimits.body` bytes.
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

/// Answers one request. Runs as a task of its own: a slow one delays no other request, and a client that hangs
/// up does not cancel it.
package typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse
