import CallDomain
import WebServer

extension HTTPResponse {
  /// An answer with JSON in UTF-8.
  static func answer(_ json: String, status: HTTPStatus = .ok) -> HTTPResponse {
    .text(json, status: status, type: "application/json; charset=utf-8")
  }

  /// A refusal of a request as such; without a sentence the status's own is given.
  static func refusal(_ status: HTTPStatus, _ text: String? = nil) -> HTTPResponse {
    let fields = [
      AnswerField("success", .bool(false)), AnswerField("error", .text(text ?? status.sentence)),
    ]
    return answer(AnswerValue.object(fields).json, status: status)
  }

  /// 401 with the one body that clients of the first version know, and one `WWW-Authenticate` a challenge.
  static func unauthorized(challenges: [String]) -> HTTPResponse {
    var response = answer(#"{"error":"Unauthorized"}"#, status: .unauthorized)
    for challenge in challenges { response.headers.add("WWW-Authenticate", challenge) }
    return response
  }

  /// 429 after too many wrong secrets; the connection is closed.
  static func tooManyAttempts(retryAfter: Int) -> HTTPResponse {
    var response = refusal(.tooManyRequests)
    response.headers.set("Retry-After", String(retryAfter))
    response.closesConnection = true
    return response
  }

  /// 405 with the methods that the path has.
  static func methodNotAllowed(_ allow: [HTTPMethod]) -> HTTPResponse {
    var response = refusal(.methodNotAllowed)
    response.headers.set("Allow", allow.map(\.text).joined(separator: ", "))
    return response
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
