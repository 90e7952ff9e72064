import CallDomain
import WebServer

extension HTTPResponse {
  /// An answer with JSON in UTF-8.
  static func answer(_ json: String, status: HTTPStatus = .ok) -> HTTPResponse {
    .text(json, status: status, type: "application/json; charset=utf-8")
  }

  /// The answer with the headers that all answers carry, where it has none of its own: never
  /// cached, never taken for another type, never framed, nothing loaded by it.
  var protected: HTTPResponse {
    var response = self
    for (name, value) in Self.protections where response.headers[name] == nil {
      response.headers.set(name, value)
    }
    return response
  }

  private static let protections = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
  ]
}
