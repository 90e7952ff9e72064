/// An answer. The server itself writes `Content-Length`, `Transfer-Encoding`, `Connection` and `Date`; of a
/// handler's own ones it keeps `Date` alone.
package struct HTTPResponse: Sendable {
  package var status: HTTPStatus
  package var headers: HTTPHeaders
  package var body: HTTPBody
  /// Whether the connection ends after this answer although the client would keep it.
  package var closesConnection: Bool
  /// Whether nothing is sent at all and the connection is reset.
  private(set) var isAbort = false

  package init(
    status: HTTPStatus = .ok, headers: HTTPHeaders = [:], body: HTTPBody = .bytes([]),
    closesConnection: Bool = false
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.closesConnection = closesConnection
  }

  /// An answer with a text; `type` is its `Content-Type`.
  package static func text(
    _ text: String, status: HTTPStatus = .ok, type: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": type], body: .bytes(Array(text.utf8)))
  }

  /// An answer with the bytes of a JSON text.
  package static func json(_ bytes: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
  }

  /// No answer: the connection is reset. For the simulator, which imitates a broken server.
  package static let abort: HTTPResponse = {
    var response = HTTPResponse(closesConnection: true)
    response.isAbort = true
    return response
  }()
}
