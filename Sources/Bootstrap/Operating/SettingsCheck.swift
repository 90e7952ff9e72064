import CallDomain
import Postgres

/// The configuration as `doctor` sees it: each part by itself, so that a fault in one hides no other.
struct SettingsCheck {
  /// What concerns Twilio; nil where it is faulty.
  let twilio: Configuration?
  /// What concerns the database; nil where it is faulty.
  let database: Configuration?
  let findings: [Finding]
  let secrets: [String]

  init(environment: [String: String]) {
    secrets =
      Settings(environment).secrets + PostgresConfiguration(environment["DATABASE_URL"] ?? "").passwords
    var faults: [RunFailure] = []
    func read(_ needs: Configuration.Needs) -> Configuration? {
      do throws(ConfigurationFaults) {
        return try Configuration(environment: environment, needs: needs)
      } catch {
        for fault in error.all where !faults.contains(fault) { faults.append(fault) }
        return nil
      }
    }
    _ = read([.address, .log])
    _ = read(.server)
    twilio = read(.twilio)
    let hourly = read(.hourly)
    _ = read(.history)
    var database = read(.database)
    let alerts = read(.alerts)
    if let alerts { database?.alerts = alerts.alerts }
    self.database = database
    let settings = faults.map { fault in
      Finding(
        .fault, check: "configuración", detail: fault.whatFailed,
        whatToDo: fault.whatToDo ?? "Corríjalo y repita.")
    }
    findings =
      (settings.isEmpty
        ? [Finding(.ok, check: "configuración", detail: "Todas las variables se entienden.")] : settings)
      + Self.notifications(alerts, hourly)
  }

  // Nothing is said of an address that is faulty itself.
  private static func notifications(_ alerts: Configuration?, _ hourly: Configuration?) -> [Finding] {
    guard let alerts = alerts?.alerts, let hourly, hourly.alerts.heartbeat == nil else { return [] }
    return [
      Finding(
        .warning, check: "avisos",
        detail: alerts.webhook == nil
          ? "Nadie recibe las alertas ni nota que el servicio calla."
          : "Nadie de fuera nota que el servicio calla.",
        whatToDo: alerts.webhook == nil
          ? "Ponga ALERT_WEBHOOK_URL (un chat) y HEARTBEAT_URL (un monitor que espera una señal cada hora)."
          : "Ponga HEARTBEAT_URL, la dirección de un monitor que espera una señal cada hora.")
    ]
  }
}
