import CallDomain
import WebServer

extension ResponseDescription {
  /// Those that are components, in the order of their status.
  static let shared = (refusals + [.bearer, .bearerOrBasic].flatMap(secretRefusals) + [failed])
    .reduce(into: [ResponseDescription]()) { shared, response in
      if !shared.contains(where: { $0.component == response.component }) { shared.append(response) }
    }

  /// What the server itself refuses, on every path and before any route sees the request.
  static let refusals: [ResponseDescription] = [
    refusal(.badRequest, "The request is no valid HTTP/1.1.", "BadRequest"),
    refusal(.requestTimeout, "The request took too long to arrive.", "RequestTimeout"),
    refusal(
      .contentTooLarge, "The request's content is larger than 64 KiB; none is needed.", "ContentTooLarge"),
    refusal(.uriTooLong, "The request line is longer than 8 KiB.", "UriTooLong"),
    refusal(.expectationFailed, "`Expect` asks for something else than `100-continue`.", "ExpectationFailed"),
    refusal(.headerFieldsTooLarge, "More than 100 headers, or 32 KiB of them.", "HeadersTooLarge"),
    refusal(.notImplemented, "An unknown transfer coding, or `CONNECT`.", "NotImplemented"),
    refusal(.serviceUnavailable, "Too many connections at once.", "TooManyConnections"),
    refusal(.versionNotSupported, "Another version than HTTP/1.1 or HTTP/1.0.", "VersionNotSupported"),
  ]

  /// What a route that needs the secret answers without it.
  static func secretRefusals(_ access: RouteAccess) -> [ResponseDescription] {
    [
      .json(
        .unauthorized, "The secret is missing or wrong.", "Unauthorized",
        example: ["error": "Unauthorized"], headers: [HeaderDescription.challenge(access)],
        component: access == .bearer ? "Unauthorized" : "UnauthorizedReader"),
      .error(
        .tooManyRequests,
        "Too many wrong secrets from this address or from all. The connection is closed. A right secret never gets this.",
        "Demasiados intentos con credenciales incorrectas. Revise el secreto y espere lo que indica Retry-After.",
        headers: [HeaderDescription.retryAfter], component: "TooManyAttempts"),
    ]
  }

  /// What no route expects.
  static let failed = error(
    .internalServerError, "Anything else.",
    "Error interno. Inténtelo de nuevo y, si persiste, revise los registros.", component: "InternalError")

  /// The database, where a route only reads it.
  static let databaseUnavailable = error(
    .serviceUnavailable,
    "The database is out of reach or its schema is another; or too many connections at once.",
    "No se puede conectar con la base de datos; compruebe que esté en marcha y DATABASE_URL.")

  private static func refusal(_ status: HTTPStatus, _ text: String, _ component: String)
    -> ResponseDescription
  {
    json(
      status, text, "Error", example: HTTPResponse.refusalValue(status), component: component)
  }
}
