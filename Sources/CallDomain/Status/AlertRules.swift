/// One of the alerts (Reference.md, "Alerts"), as `/api/sync-status`, `doctor`, the page and the webhook tell it.
package struct Alert: Hashable, Sendable {
  /// Which alert: promised, and the name of the Prometheus rule.
  package enum Name: String, Sendable, CaseIterable {
    case noCalls = "no_calls"
    case noRun = "no_run"
    case defaultWorkspace = "default_workspace"
    case repeatedFailures = "repeated_failures"
    case gap

    /// How the service stands while it fires.
    package var state: ServiceState { self == .noRun || self == .repeatedFailures ? .broken : .attention }
  }

  package let name: Name
  package let isFiring: Bool
  /// It would fire if these were no quiet times.
  package let isMuted: Bool
  /// Since when it fires, as far as the stored facts tell; nil while it does not fire, or where nothing tells.
  package let since: Timestamp?
  /// What was found, firing or not: one sentence in Spanish, without numbers of leads.
  package let detail: String
  /// What to do about it, in Spanish; nil while it does not fire.
  package let whatToDo: String?

  package init(
    _ name: Name, isFiring: Bool, isMuted: Bool = false, since: Timestamp?, detail: String, whatToDo: String?
  ) {
    self.name = name
    self.isFiring = isFiring
    self.isMuted = isMuted
    self.since = since
    self.detail = detail
    self.whatToDo = whatToDo
  }
}

/// When an alert fires (Reference.md, "Alerts"): a part of `ServiceStatus`, the one evaluation. The Prometheus rules are
/// held to the same bounds by a test.
package struct AlertRules: Hashable, Sendable {
  /// `SYNC_EVERY_MINUTES`: how often hourly runs come.
  package var everyMinutes = 60
  /// `ALERT_NO_CALLS_HOURS`: the silence that is too long; nil where it goes by `everyMinutes`.
  package var noCallsHours: Int?
  /// `ALERT_NO_RUN_HOURS`: how long there may be no successful hourly run; nil likewise.
  package var noRunHours: Int?
  /// `ALERT_QUIET_TIMES`: when a lack of calls means nothing.
  package var quietTimes = QuietTimes.none

  /// The share of a day's calls in the default workspace above which its alert fires, in percent.
  package static let defaultWorkspacePercent = 20
  /// The least such calls for which it does.
  package static let defaultWorkspaceLeast = 20
  /// So many ended runs of a kind that did not succeed, one after the other, are too many.
  package static let failuresInARow = 3

  package init() {}

  /// Seconds without a new call after which `no_calls` fires.
  package var noCallsSeconds: Int { seconds(noCallsHours) }
  /// Seconds without a successful hourly run after which `no_run` fires.
  package var noRunSeconds: Int { seconds(noRunHours) }

  // By itself two hours where runs come hourly, and never less than an hour more than the time between two.
  private func seconds(_ hours: Int?) -> Int {
    hours.map { $0.multipliedClamped(by: 3600) }
      ?? everyMinutes.multipliedClamped(by: 60).addingClamped(
        max(3600, everyMinutes.multipliedClamped(by: 15)))
  }

  /// All alerts, in the order of `Alert.Name`.
  package func alerts(_ facts: StatusFacts, now: Timestamp) -> [Alert] {
    Alert.Name.allCases.map { name in
      switch name {
      case .noCalls: noCalls(facts, now)
      case .noRun: noRun(facts, now)
      case .defaultWorkspace: defaultWorkspace(facts)
      case .repeatedFailures: repeatedFailures(facts)
      case .gap: gap(facts)
      }
    }
  }

  private func noCalls(_ facts: StatusFacts, _ now: Timestamp) -> Alert {
    let detail =
      facts.newestCall.map { "La última llamada guardada es de \($0.iso8601)." }
      ?? "No hay ninguna llamada de Twilio guardada."
    let last = facts.newestCall ?? facts.installedAt
    let isSilent =
      last.map { quietTimes.loudMilliseconds(from: $0, to: now) > Self.milliseconds(noCallsSeconds) } ?? false
    guard let last, isSilent, !quietTimes.contains(now) else {
      return Alert(.noCalls, isFiring: false, isMuted: isSilent, since: nil, detail: detail, whatToDo: nil)
    }
    return Alert(
      .noCalls, isFiring: true,
      since: last == .epoch
        ? facts.firingSince[.noCalls]
        : quietTimes.moment(after: Self.milliseconds(noCallsSeconds), from: last),
      detail: detail + " Hace más de \(Self.duration(noCallsSeconds)).",
      whatToDo: """
        Compruebe en la consola de Twilio si hubo llamadas. Si las hubo, mire las últimas ejecuciones; si a \
        esta hora no se llama, ponga ALERT_QUIET_TIMES o ALERT_NO_CALLS_HOURS.
        """)
  }

  private func noRun(_ facts: StatusFacts, _ now: Timestamp) -> Alert {
    let success = facts.runs[.hourly]?.lastSuccess
    let detail =
      success.map { "La última ejecución horaria correcta acabó el \($0.iso8601)." }
      ?? "Todavía no ha acabado bien ninguna ejecución horaria."
    guard let last = success ?? facts.installedAt,
      now.milliseconds(since: last) > Self.milliseconds(noRunSeconds)
    else { return Alert(.noRun, isFiring: false, since: nil, detail: detail, whatToDo: nil) }
    let pause = everyMinutes == 60 ? "hora" : Self.duration(everyMinutes.multipliedClamped(by: 60))
    return Alert(
      .noRun, isFiring: true,
      since: last == .epoch ? facts.firingSince[.noRun] : last.adding(seconds: noRunSeconds),
      detail: detail + " Hace más de \(Self.duration(noRunSeconds)).",
      whatToDo: """
        Compruebe que el programador llama cada \(pause) a /api/sync-twilio-hourly con el CRON_SECRET correcto, y \
        ejecute «twilio-sync hourly» a mano: dirá qué falla. La siguiente ejecución recupera lo que falte.
        """)
  }

  private func defaultWorkspace(_ facts: StatusFacts) -> Alert {
    let hundredfold = facts.defaultCallsOfDay.multipliedClamped(by: 100)
    let share = facts.callsOfDay > 0 ? hundredfold / facts.callsOfDay : 0
    let isFiring =
      facts.defaultCallsOfDay >= Self.defaultWorkspaceLeast
      && hundredfold > facts.callsOfDay.multipliedClamped(by: Self.defaultWorkspacePercent)
    return Alert(
      .defaultWorkspace, isFiring: isFiring, since: isFiring ? facts.firingSince[.defaultWorkspace] : nil,
      detail: """
        \(facts.defaultCallsOfDay) de \(facts.callsOfDay) llamadas de las últimas 24 horas (\(share) %) están en \
        el workspace por defecto.
        """,
      whatToDo: isFiring
        ? """
        «twilio-sync phones» y la página de estado («/») dicen qué números son; dé a cada uno su workspace: \
        «twilio-sync phones assign NÚMERO WORKSPACE». Las transferencias sin número esperan la llamada que las explica: \
        si no se ha leído, «twilio-sync historical» la lee.
        """ : nil)
  }

  private func repeatedFailures(_ facts: StatusFacts) -> Alert {
    let failing = RunKind.allCases.filter { kind in
      let ended = facts.runs[kind]?.ended ?? []
      return ended.count >= Self.failuresInARow
        && ended.prefix(Self.failuresInARow).allSatisfy { $0.state != .succeeded }
    }
    guard !failing.isEmpty else {
      return Alert(
        .repeatedFailures, isFiring: false, since: nil,
        detail: "Ningún tipo de ejecución ha fallado \(Self.failuresInARow) veces seguidas.", whatToDo: nil)
    }
    let details = failing.map { kind in
      let reason = facts.runs[kind]?.ended.first?.error.map { ": \($0)" } ?? "."
      return
        "Las \(Self.failuresInARow) últimas ejecuciones de tipo \(kind.rawValue) no acabaron bien\(reason)"
    }
    return Alert(
      .repeatedFailures, isFiring: true, since: failing.compactMap { facts.runs[$0]?.failingSince }.min(),
      detail: details.joined(separator: " "),
      whatToDo: "Haga lo que dice el error, compruébelo con «twilio-sync doctor» y repita la ejecución.")
  }

  private func gap(_ facts: StatusFacts) -> Alert {
    guard let first = facts.gaps.first, let last = facts.gaps.last else {
      let lost = facts.lost.isEmpty ? "" : " que Twilio todavía conserve"
      return Alert(
        .gap, isFiring: false, since: nil, detail: "No falta ningún periodo\(lost).", whatToDo: nil)
    }
    let commands = facts.gaps.prefix(3).map { "«\($0.historicalCommand)»" }.joined(separator: " y ")
    let rest = facts.gaps.count > 3 ? " (y \(facts.gaps.count - 3) más, en /api/sync-status)" : ""
    return Alert(
      .gap, isFiring: true, since: facts.firingSince[.gap],
      detail: (facts.gaps.count == 1 ? "Falta 1 periodo" : "Faltan \(facts.gaps.count) periodos")
        + " entre \(first.start.iso8601) y \(last.end.iso8601).",
      whatToDo: "Ejecute \(commands)\(rest).")
  }

  private static func milliseconds(_ seconds: Int) -> Int64 { Int64(seconds).multipliedClamped(by: 1000) }

  private static func duration(_ seconds: Int) -> String {
    guard seconds % 3600 == 0 else { return "\(seconds / 60) minutos" }
    return seconds == 3600 ? "1 hora" : "\(seconds / 3600) horas"
  }
}
