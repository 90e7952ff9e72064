package import CallDomain

/// The result of a run as a command prints it: `answer.json` for `--json`, these lines for a person.
package enum RunSummary {
  /// The result of a run that has ended.
  package static func lines(for run: SyncRun) -> [String] {
    guard run.state == .succeeded else {
      return lines(for: RunFailure(.internal, run.error ?? "La ejecución no terminó.", runID: run.id))
    }
    let rows = [
      ("Periodo", run.period.map { "\($0.start.iso8601) - \($0.end.iso8601)" }),
      ("Llamadas", String(run.counts.totalCalls)),
      ("Por caso", cases(run.counts)),
      ("Guardadas", String(run.counts.savedCalls)),
      ("Números creados", String(run.counts.createdPhones)),
      ("Transferencias sin llamada relacionada", String(run.counts.unmatchedCalls)),
      ("Actualizadas fuera del periodo", String(run.counts.refreshedCalls)),
      ("Transferencias reasignadas", String(run.counts.reattributedCalls)),
      ("Peticiones a Twilio", String(run.counts.twilioRequests)),
      ("Duración", run.durationMilliseconds.map(duration)),
      ("Ejecución", String(run.id.number)),
    ]
    return ["✅ \(run.kind.message(totalCalls: run.counts.totalCalls))"]
      + rows.compactMap { name, value in value.map { "  \(name): \($0)" } }
  }

  /// Why a run did not start or did not succeed.
  package static func lines(for failure: RunFailure) -> [String] {
    let run = failure.runID.map { " (ejecución \($0.number))" } ?? ""
    return ["❌ \(failure.message)\(run)"]
  }

  /// How to continue a run that was interrupted; the same run needs the same dates
  /// (contract section 5).
  package static func continuation(of order: RunOrder) -> String {
    "Para continuar: \(commandLine(order))"
  }

  private static func commandLine(_ order: RunOrder) -> String {
    switch order {
    case .hourly: "twilio-sync hourly"
    case .historical(let since, let until, _):
      "twilio-sync historical" + option("--since", since) + option("--until", until)
    case .reattribute(let since, let dryRun):
      "twilio-sync reattribute" + option("--since", since) + (dryRun ? " --dry-run" : "")
    }
  }

  private static func option(_ name: String, _ date: Timestamp?) -> String {
    guard let date else { return "" }
    return " \(name) " + (date == date.startOfDay ? date.isoDate : date.iso8601)
  }

  private static func cases(_ counts: RunCounts) -> String {
    "\(counts.case1Count) caso 1, \(counts.case2Count) caso 2, \(counts.case3Count) caso 3, "
      + "\(counts.skippedCalls) sin guardar"
  }

  /// `0,4 s`, `59,9 s`, then `1:00`, `1:02:03`.
  private static func duration(_ milliseconds: Int64) -> String {
    let tenths = milliseconds / 100
    guard tenths >= 600 else { return "\(tenths / 10),\(tenths % 10) s" }
    return ClockText.text(seconds: tenths / 10)
  }
}
