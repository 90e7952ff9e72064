/// A status code with its reason phrase (RFC 9110 section 15). Two are equal when their codes are.
package struct HTTPStatus: Hashable, Sendable {
  /// Three digits, 100 to 599.
  package let code: Int
  /// For people; programs read the code.
  package let reason: String

  /// Control characters in `reason` become spaces, so that it cannot split an answer.
  package init(code: Int, reason: String) {
    self.code = code
    self.reason = String(
      decoding: reason.utf8.map { Octet.isFieldCharacter($0) ? $0 : Octet.space }, as: UTF8.self)
  }

  package static func == (left: HTTPStatus, right: HTTPStatus) -> Bool {
    left.code == right.code
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(code) }

  /// Whether an answer of this status never has content: 1xx, 204 and 304 (RFC 9112 section 6.3).
  var forbidsContent: Bool { code < 200 || code == 204 || code == 304 }

  package static let ok = HTTPStatus(code: 200, reason: "OK")
  package static let accepted = HTTPStatus(code: 202, reason: "Accepted")
  package static let noContent = HTTPStatus(code: 204, reason: "No Content")
  package static let seeOther = HTTPStatus(code: 303, reason: "See Other")
  package static let notModified = HTTPStatus(code: 304, reason: "Not Modified")
  package static let badRequest = HTTPStatus(code: 400, reason: "Bad Request")
  package static let unauthorized = HTTPStatus(code: 401, reason: "Unauthorized")
  package static let forbidden = HTTPStatus(code: 403, reason: "Forbidden")
  package static let notFound = HTTPStatus(code: 404, reason: "Not Found")
  package static let methodNotAllowed = HTTPStatus(code: 405, reason: "Method Not Allowed")
  package static let requestTimeout = HTTPStatus(code: 408, reason: "Request Timeout")
  package static let conflict = HTTPStatus(code: 409, reason: "Conflict")
  package static let contentTooLarge = HTTPStatus(code: 413, reason: "Content Too Large")
  package static let uriTooLong = HTTPStatus(code: 414, reason: "URI Too Long")
  package static let expectationFailed = HTTPStatus(code: 417, reason: "Expectation Failed")
  package static let tooManyRequests = HTTPStatus(code: 429, reason: "Too Many Requests")
  package static let headerFieldsTooLarge = HTTPStatus(code: 431, reason: "Request Header Fields Too Large")
  package static let internalServerError = HTTPStatus(code: 500, reason: "Internal Server Error")
  package static let notImplemented = HTTPStatus(code: 501, reason: "Not Implemented")
  package static let badGateway = HTTPStatus(code: 502, reason: "Bad Gateway")
  package static let serviceUnavailable = HTTPStatus(code: 503, reason: "Service Unavailable")
  package static let versionNotSupported = HTTPStatus(code: 505, reason: "HTTP Version Not Supported")
}
