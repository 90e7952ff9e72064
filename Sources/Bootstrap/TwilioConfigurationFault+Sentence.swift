import TwilioClient

extension TwilioConfigurationFault {
  /// What is wrong and what to do.
  var sentence: String {
    switch self {
    case .noAccountSID: "Falta TWILIO_ACCOUNT_SID; está en la consola de Twilio y empieza por AC."
    case .malformedAccountSID: "TWILIO_ACCOUNT_SID debe ser AC y 32 cifras hexadecimales."
    case .noCredentials:
      "Faltan las credenciales de Twilio; ponga TWILIO_API_KEY y TWILIO_API_SECRET, o TWILIO_AUTH_TOKEN."
    case .keyWithoutSecret: "TWILIO_API_KEY está sin TWILIO_API_SECRET; ponga los dos."
    case .secretWithoutKey: "TWILIO_API_SECRET está sin TWILIO_API_KEY; ponga los dos."
    case .malformedKey: "TWILIO_API_KEY debe ser SK y 32 cifras hexadecimales."
    case .malformedSecret:
      "TWILIO_API_SECRET contiene espacios o caracteres que no son ASCII; cópielo de nuevo."
    case .malformedAuthToken:
      "TWILIO_AUTH_TOKEN contiene espacios o caracteres que no son ASCII; cópielo de nuevo."
    case .regionWithoutEdge: "TWILIO_REGION está sin TWILIO_EDGE; ponga los dos (por ejemplo ie1 y dublin)."
    case .edgeWithoutRegion: "TWILIO_EDGE está sin TWILIO_REGION; ponga los dos (por ejemplo dublin e ie1)."
    case .malformedRegion: "TWILIO_REGION debe ser como ie1: minúsculas y cifras."
    case .malformedEdge: "TWILIO_EDGE debe ser como dublin: minúsculas, cifras y guiones."
    case .baseURLWithRegion:
      "TWILIO_API_BASE_URL no se combina con TWILIO_REGION ni TWILIO_EDGE; quite lo uno o lo otro."
    case .malformedBaseURL: "TWILIO_API_BASE_URL debe ser como https://api.twilio.com."
    case .baseURLWithCredentials: "TWILIO_API_BASE_URL no puede llevar usuario ni contraseña; quítelos."
    case .baseURLWithPath: "TWILIO_API_BASE_URL no puede llevar ruta; deje solo esquema, servidor y puerto."
    case .plainHTTPBeyondLoopback:
      "TWILIO_API_BASE_URL con http:// solo puede ir a esta máquina (127.0.0.1, localhost); use https://."
    }
  }
}
