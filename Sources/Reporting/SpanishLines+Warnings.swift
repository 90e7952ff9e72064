import CallDomain
import Telemetry

extension SpanishLines {
  static func failed(_ kind: RunKind, _ failure: RunFailure) -> String {
    "\(name(kind)) fallida: \(PhoneMask.applied(to: failure.message))"
  }

  static func interrupted(_ kind: RunKind) -> String {
    let next =
      switch kind {
      case .hourly: "la próxima recupera lo que falta"
      case .historical: "para continuar, repita el mismo comando"
      case .reattribute: "puede repetirse sin riesgo"
      }
    return "\(name(kind)) interrumpida: \(next)"
  }

  static func retrying(_ attempt: Int, _ delay: Int64, _ failure: RunFailure) -> String {
    let request = failure.twilioRequestID.map { " (Twilio-Request-Id: \($0))" } ?? ""
    // A whole sentence gives its full stop away.
    let reason = failure.message.hasSuffix(".") ? String(failure.message.dropLast()) : failure.message
    return "\(PhoneMask.applied(to: reason))\(request); reintento \(attempt) en \(seconds(delay)) s"
  }

  static func unreadable(_ count: Int) -> String {
    count == 1
      ? "1 registro de Twilio no tiene un SID válido y no se puede guardar"
      : "\(count) registros de Twilio no tienen un SID válido y no se pueden guardar"
  }

  static func clockOff(_ seconds: Int) -> String {
    let side = seconds < 0 ? "atrasado" : "adelantado"
    return "El reloj de este equipo va \(seconds.magnitude) s \(side) respecto al de Twilio: "
      + "sincronícelo (NTP)"
  }

  static func databaseAway(_ delay: Int64, _ failure: RunFailure) -> String {
    "\(PhoneMask.applied(to: failure.message)) Nuevo intento en \(seconds(delay)) s"
  }

  static func hole(_ period: Period) -> String {
    "Queda sin sincronizar \(text(period)); para recuperarlo: \(period.historicalCommand)"
  }

  static func retentionReached(_ start: Timestamp) -> String {
    "Twilio ya no conserva llamadas anteriores: el histórico empieza el \(start.iso8601)"
  }

  /// Milliseconds as seconds with one decimal, rounded: `1,5`.
  private static func seconds(_ milliseconds: Int64) -> String {
    let tenths = (max(0, milliseconds) + 50) / 100
    return "\(tenths / 10),\(tenths % 10)"
  }
}
