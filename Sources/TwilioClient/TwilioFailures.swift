package import CallDomain
import Curl

/// What the failures of this room mean, in the words that people read: here one corrects a sentence.
extension RunFailure {
  package init(_ error: TwilioError) {
    if error.kind == .transport(.cancelled) {
      self = .interrupted
      return
    }
    let facts = [
      error.httpStatus.map { "HTTP \($0)" }, error.code.map { "código \($0)" },
      error.requestID.map { "petición \($0)" },
    ].compactMap { $0 }
    let suffix = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
    self.init(
      .twilio(error.fault), error.whatFailed + suffix + ".", error.whatToDo, cause: error.cause,
      retryAfter: error.retryAfter, twilioRequestID: error.requestID)
  }
}

extension TwilioError {
  fileprivate var whatFailed: String {
    switch kind {
    case .unauthorized: "Twilio no acepta las credenciales"
    case .forbidden: "Twilio niega el acceso"
    case .retention: "Twilio ya no guarda llamadas tan antiguas"
    case .badParameter: "Twilio rechaza un parámetro de la consulta"
    case .badPageToken: "Twilio ya no reconoce la página pedida"
    case .notFound: "Twilio no encuentra lo pedido"
    case .throttled: "Twilio recibe demasiadas peticiones a la vez"
    case .server: "Twilio tiene un fallo interno o no está disponible"
    case .redirected: "Twilio responde con una redirección, que no se sigue"
    case .refused: "Twilio rechaza la petición"
    case .transport(let failure): failure.whatFailed
    case .badAnswer(let answer): answer.whatFailed
    case .otherAccount: "La página por la que se iba a seguir es de otra cuenta de Twilio y no se ha pedido"
    case .wrongOrigin: "La página siguiente no es de la lista de llamadas de la cuenta y no se ha pedido"
    }
  }

  fileprivate var whatToDo: String {
    switch kind {
    case .unauthorized:
      "Revise TWILIO_ACCOUNT_SID, la clave de API o el token, y que sean de la misma región."
    case .forbidden: "Revise los permisos de la clave de API y que ningún cortafuegos se interponga."
    case .retention: "Empiece la consulta en una fecha más reciente."
    case .badParameter: "Es un error del programa: comuníquelo con el identificador de la petición."
    case .badPageToken: "La lista se debe pedir de nuevo desde el principio."
    case .notFound: "Revise TWILIO_ACCOUNT_SID y TWILIO_API_BASE_URL."
    case .throttled: "Si se repite, baje TWILIO_CONCURRENCY."
    case .server: "Si se repite, consulte status.twilio.com."
    case .otherAccount:
      "Vuelva a poner en TWILIO_ACCOUNT_SID la cuenta de antes, o empiece de nuevo con «historical --restart»."
    case .redirected, .wrongOrigin: "Revise TWILIO_API_BASE_URL, TWILIO_REGION y TWILIO_EDGE."
    case .refused: "Si se repite, pregunte a Twilio con el identificador de la petición."
    case .transport(let failure): failure.whatToDo
    case .badAnswer: "Si se repite, revise TWILIO_API_BASE_URL y lo que haya entre este servicio y Twilio."
    }
  }
}

extension TwilioError.BadAnswer {
  fileprivate var whatFailed: String {
    switch self {
    case .status: "Twilio responde con un estado inesperado"
    case .contentType: "La respuesta de Twilio no es JSON"
    case .malformed: "La respuesta de Twilio está incompleta o mal formada"
    case .noCalls: "La respuesta de Twilio no contiene la lista de llamadas"
    case .otherCall: "Twilio responde con otra llamada que la pedida"
    case .nextPageIsSame: "Twilio nombra como página siguiente la misma página"
    }
  }
}

extension CurlError.Kind {
  fileprivate var whatFailed: String {
    switch self {
    case .couldNotResolve: "No se encuentra la dirección del servidor de Twilio"
    case .couldNotConnect: "No se puede conectar con Twilio"
    case .proxy: "El proxy de HTTPS_PROXY no lleva hasta Twilio"
    case .tls: "Falla la negociación TLS con Twilio"
    case .untrustedCertificate: "El certificado del servidor de Twilio no es de confianza"
    case .timeout: "Twilio no responde a tiempo"
    case .connectionLost: "Se perdió la conexión con Twilio antes de recibir la respuesta completa"
    case .badAnswer: "Lo que responde en lugar de Twilio no es HTTP"
    case .tooLarge: "La respuesta de Twilio es mayor de lo permitido"
    case .cancelled: "La petición a Twilio se canceló"
    case .badURL, .badRequest: "La petición a Twilio no se puede enviar"
    case .other: "La petición a Twilio falló dentro de libcurl"
    }
  }

  fileprivate var whatToDo: String {
    switch self {
    case .couldNotResolve: "Revise el DNS, TWILIO_REGION y TWILIO_EDGE."
    case .couldNotConnect: "Revise la red, el cortafuegos y TWILIO_API_BASE_URL."
    case .proxy:
      "Revise HTTPS_PROXY (dirección, usuario y contraseña) y que el proxy admite el servidor de Twilio."
    case .tls, .badAnswer: "Revise TWILIO_API_BASE_URL y lo que haya entre este servicio y Twilio."
    case .untrustedCertificate:
      "Revise el reloj, los certificados raíz instalados (o SSL_CERT_FILE) y TWILIO_API_BASE_URL."
    case .timeout, .connectionLost: "Si se repite, revise la red y consulte status.twilio.com."
    case .tooLarge: "Revise qué servidor responde en TWILIO_API_BASE_URL."
    case .cancelled: "El servicio se está deteniendo o nadie esperaba ya la respuesta."
    case .badURL, .badRequest: "Revise TWILIO_API_BASE_URL y las credenciales."
    case .other: "Revise la memoria disponible y la instalación de libcurl."
    }
  }
}
