import CallDomain
import WebServer

// The Spanish sentences of this room's refusals: what failed and what to do. Examples in openapi.json repeat some.

extension HTTPStatus {
  /// What a refusal with this status says.
  var sentence: String {
    switch self {
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

/// What is wrong with a query. No sentence repeats what was sent, which could be a secret in the wrong place.
extension RunFailure {
  static func unknownParameter(allowed: [String]) -> RunFailure {
    let names = allowed.isEmpty ? "No se admite ninguno." : "Se admiten: \(allowed.joined(separator: ", "))."
    return RunFailure(.badParameter, "Parámetro desconocido. \(names)")
  }

  static func repeatedParameter(_ name: String) -> RunFailure {
    RunFailure(.badParameter, "El parámetro \(name) está repetido. Indíquelo una sola vez.")
  }

  static func emptyParameter(_ name: String) -> RunFailure {
    RunFailure(.badParameter, "El parámetro \(name) está vacío. Quítelo o indique su valor.")
  }

  static func badTime(_ name: String) -> RunFailure {
    RunFailure(
      .badParameter,
      "El parámetro \(name) no es una fecha válida. "
        + "Use AAAA-MM-DD o una hora ISO 8601, por ejemplo 2025-08-01 o 2025-08-01T06:00:00Z.")
  }

  static func badFlag(_ name: String) -> RunFailure {
    RunFailure(.badParameter, "El parámetro \(name) debe ser true o false.")
  }

  static func badNumber(_ name: String, _ range: ClosedRange<Int64>) -> RunFailure {
    let end = range.upperBound == .max ? "en adelante" : "a \(range.upperBound)"
    return RunFailure(
      .badParameter, "El parámetro \(name) debe ser un número entero (de \(range.lowerBound) \(end)).")
  }

  static func badWord(_ name: String, allowed: [String]) -> RunFailure {
    RunFailure(.badParameter, "El parámetro \(name) debe ser uno de: \(allowed.joined(separator: ", ")).")
  }

  static func badCases(_ name: String) -> RunFailure {
    RunFailure(
      .badParameter, "El parámetro \(name) debe ser 1, 2 o 3, o varios de ellos separados por comas.")
  }

  static func noNumber(_ name: String) -> RunFailure {
    RunFailure(.badParameter, "El parámetro \(name) no es un número: está oculto o es demasiado largo.")
  }

  static func badPlace(_ name: String) -> RunFailure {
    RunFailure(.badParameter, "El parámetro \(name) debe ser el «next» de una respuesta anterior.")
  }

  static let nothingToFind = RunFailure(
    .badParameter, "Eso no es ni el SID de una llamada ni un número.",
    "Escriba un SID (CA y 32 cifras hexadecimales) o un número, en cualquier forma.")

  static let noJSON = RunFailure(
    .badParameter, "El cuerpo debe ser JSON, con la cabecera Content-Type: application/json.")

  static let badAssignment = RunFailure(
    .badParameter, "El cuerpo no es la asignación de un número.",
    "Envíe {\"workspace\": 4}, con \"past\": true para mover también las llamadas de meses anteriores.")

  static let sinceNotBeforeUntil = RunFailure(.badParameter, "El parámetro since debe ser anterior a until.")
}

/// What is said to whoever asks from another site.
let fromOtherSite = "La petición viene de otro sitio. Abra esta dirección directamente."

/// What is said when too many lists are being sent.
let tooManyLists = "Ya se están enviando otros listados. Espere a que acaben."

/// What is said of the number of a run that there is not.
let noRun = "No hay ninguna ejecución con ese número."

/// What is said of an address with something in the place of a call's SID.
let noSID = "Eso no es el SID de una llamada. Se escribe CA y 32 cifras hexadecimales."
