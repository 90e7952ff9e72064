import CallDomain
import WebServer

extension HTTPResponse {
  /// An answer with JSON in UTF-8.
  static func answer(_ json: String, status: HTTPStatus = .ok) -> HTTPResponse {
    .text(json, status: status, type: "application/json; charset=utf-8")
  }

  /// The answer with the headers that all answers carry, where it has none of its own: never
  /// cached, never taken for another type, never framed or embedded, nothing loaded by it, and no address
  /// of ours told to others.
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
    // For browsers that do not know frame-ancestors; and no other site's page may embed an answer.
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
  ]
}
