import CallDomain
import WebServer

extension HTTPResponse {
  /// 401 with the one body that the contract fixes, and one `WWW-Authenticate` a challenge.
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

  /// Any other refusal of a request as such; without a sentence the status's own is given.
  static func refusal(_ status: HTTPStatus, _ text: String? = nil) -> HTTPResponse {
    answer(refusalValue(status, text).json, status: status)
  }

  /// What such a refusal says.
  static func refusalValue(_ status: HTTPStatus, _ text: String? = nil) -> AnswerValue {
    .object([
      AnswerField("success", .bool(false)), AnswerField("error", .text(text ?? sentence(for: status))),
    ])
  }

  private static func sentence(for status: HTTPStatus) -> String {
    switch status {
    case .notFound: "La ruta no existe. Revise la dirección."
    case .methodNotAllowed: "El método no está permitido en esta ruta. Use uno de los de la cabecera Allow."
    case .tooManyRequests:
      "Demasiados intentos con credenciales incorrectas. Revise el secreto y espere lo que indica Retry-After."
    case .requestTimeout: "La petición tardó demasiado en llegar. Envíela de nuevo."
    case .contentTooLarge: "El cuerpo de la petición es demasiado grande. Envíela sin cuerpo."
    case .uriTooLong: "La dirección es demasiado larga. Acórtela."
    case .headerFieldsTooLarge: "Las cabeceras son demasiado grandes. Envíe menos."
    case .expectationFailed: "La cabecera Expect no se admite. Quítela."
    case .notImplemented: "El servidor no conoce lo que pide la petición. Use GET o POST sin codificaciones."
    case .serviceUnavailable: "El servidor no puede atender más peticiones. Inténtelo de nuevo más tarde."
    case .versionNotSupported: "La versión de HTTP no se admite. Use HTTP/1.1."
    case .internalServerError: "Error interno. Inténtelo de nuevo y, si persiste, revise los registros."
    default: "La petición no es válida. Revísela."
    }
  }
}
