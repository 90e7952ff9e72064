/// An error answer of Twilio (facts 3.1 and 3.2).
package struct APIProblem: Error, Hashable, Sendable {
  /// The HTTP status.
  package let status: Int
  /// Twilio's own number, nil where it gives none.
  package let code: Int?
  /// For people.
  package let message: String

  /// `{"code":20003,"message":"Authenticate","more_info":"…","status":401}`.
  package var json: [UInt8] {
    var writer = JSONWriter()
    writer.raw("{")
    if let code { writer.member("code", code) }
    writer.member("message", message)
    if let code { writer.member("more_info", "https://www.twilio.com/docs/errors/\(code)") }
    writer.member("status", status)
    writer.dropTrailingComma()
    writer.raw("}")
    return writer.bytes
  }
}

extension APIProblem {
  static let unauthenticated = APIProblem(status: 401, code: 20003, message: "Authenticate")
  static let tooManyRequests = APIProblem(status: 429, code: 20429, message: "Too Many Requests")
  static let internalError = APIProblem(
    status: 500, code: 20500, message: "An internal server error has occurred")
  static let unavailable = APIProblem(status: 503, code: 20503, message: "Service is temporarily unavailable")
  static let badPageToken = APIProblem(status: 400, code: 21481, message: "Invalid Page Token")
  static let outsideRetention = APIProblem(
    status: 400, code: 20004, message: "The requested StartTime is outside the retention window")
  static let wrongMethod = APIProblem(
    status: 405, code: nil, message: "The simulator knows GET only; HEAD, POST and DELETE are not imitated")

  static func notFound(_ path: String) -> APIProblem {
    APIProblem(status: 404, code: 20404, message: "The requested resource \(path) was not found")
  }

  static func invalid(_ sentence: String) -> APIProblem {
    APIProblem(status: 400, code: 20001, message: sentence)
  }
}
