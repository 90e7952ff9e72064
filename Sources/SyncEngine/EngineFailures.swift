import CallDomain

/// What the failures of this room mean, in the words that people read: here one corrects a sentence.
extension RunFailure {
  static let noTwilio = RunFailure(
    .internal, "Falta la configuración de Twilio para esta operación.")

  static let noDirectory = RunFailure(fault: "numbers cannot be assigned here")

  static let stopping = RunFailure(
    .stopping, "El servicio se está parando.", "Repita la petición cuando vuelva a estar en marcha.")

  /// - Parameter seconds: How far our clock is from Twilio's.
  static func clockOff(seconds: Int) -> RunFailure {
    RunFailure(
      .twilio(.clock),
      """
      El reloj de este servidor difiere \(seconds) segundos del de Twilio, y con él el periodo que se pide.
      """, "Ponga el reloj en hora (NTP) y repita.")
  }

  /// - Parameter reason: How the list goes on without an end, after a colon.
  static func endlessListing(_ reason: String) -> RunFailure {
    RunFailure(
      .twilio(.permanent), "La lista de llamadas de Twilio no acaba: \(reason).",
      """
      Lo leído está guardado y el periodo queda sin completar. Repita la ejecución (historical, con --restart); si \
      vuelve a pasar, revise TWILIO_API_BASE_URL y lo que haya entre este servidor y Twilio.
      """)
  }

  /// Twilio says of the whole period, up to now, that it keeps nothing of it.
  static let nothingKept = RunFailure(
    .twilio(.retention),
    "Twilio responde que no guarda ninguna llamada del periodo, ni siquiera las de ahora.",
    "No es creíble: repita y, si vuelve a pasar, pregunte a Twilio. El periodo queda sin leer.")

  static func emptyHistory(since: Timestamp) -> RunFailure {
    RunFailure(
      .badParameter, "El inicio del histórico (\(since.iso8601)) no es anterior a su fin.",
      "Corrija since, until o HISTORY_START.")
  }

  static func badAudit(mostDays: Int) -> RunFailure {
    RunFailure(
      .badParameter,
      "El periodo de la auditoría no tiene ningún día UTC que ya haya acabado, o tiene más de \(mostDays).",
      "Corrija since o until.")
  }

  /// A daily audit takes long; nothing is wrong.
  static let auditPaused = RunFailure(
    .stopping, "La auditoría diaria se detuvo al cabo de 60 segundos, sin ningún fallo.",
    "Sigue donde se quedó después de la próxima ejecución horaria.")
}
