import TwilioClient

extension TwilioConfigurationFault {
  var sentence: (whatFailed: String, whatToDo: String?) {
    switch self {
    case .noAccountSID: ("Falta TWILIO_ACCOUNT_SID.", "Está en la consola de Twilio y empieza por AC.")
    case .malformedAccountSID: ("TWILIO_ACCOUNT_SID debe ser AC y 32 cifras hexadecimales.", nil)
    case .noCredentials:
      ("Faltan las credenciales de Twilio.", "Ponga TWILIO_API_KEY y TWILIO_API_SECRET, o TWILIO_AUTH_TOKEN.")
    case .keyWithoutSecret: ("TWILIO_API_KEY está sin TWILIO_API_SECRET.", "Ponga los dos.")
    case .secretWithoutKey: ("TWILIO_API_SECRET está sin TWILIO_API_KEY.", "Ponga los dos.")
    case .malformedKey: ("TWILIO_API_KEY debe ser SK y 32 cifras hexadecimales.", nil)
    case .malformedSecret:
      ("TWILIO_API_SECRET contiene espacios o caracteres que no son ASCII.", "Cópielo de nuevo.")
    case .malformedAuthToken:
      ("TWILIO_AUTH_TOKEN contiene espacios o caracteres que no son ASCII.", "Cópielo de nuevo.")
    case .regionWithoutEdge:
      ("TWILIO_REGION está sin TWILIO_EDGE.", "Ponga los dos (por ejemplo ie1 y dublin).")
    case .edgeWithoutRegion:
      ("TWILIO_EDGE está sin TWILIO_REGION.", "Ponga los dos (por ejemplo dublin e ie1).")
    case .malformedRegion: ("TWILIO_REGION debe ser como ie1: minúsculas y cifras.", nil)
    case .malformedEdge: ("TWILIO_EDGE debe ser como dublin: minúsculas, cifras y guiones.", nil)
    case .baseURLWithRegion:
      ("TWILIO_API_BASE_URL no se combina con TWILIO_REGION ni TWILIO_EDGE.", "Quite lo uno o lo otro.")
    case .malformedBaseURL: ("TWILIO_API_BASE_URL debe ser como https://api.twilio.com.", nil)
    case .baseURLWithCredentials: ("TWILIO_API_BASE_URL no puede llevar usuario ni contraseña.", "Quítelos.")
    case .baseURLWithPath:
      ("TWILIO_API_BASE_URL no puede llevar ruta.", "Deje solo esquema, servidor y puerto.")
    case .plainHTTPBeyondLoopback:
      (
        "TWILIO_API_BASE_URL con http:// solo puede ir a esta máquina (127.0.0.1, localhost).",
        "Use https://."
      )
    }
  }
}
