package import CallDomain

/// What a command prints of a run that did not succeed; of one that did the log tells everything.
package enum RunSummary {
  /// Why a run did not start or did not succeed.
  package static func lines(for failure: RunFailure) -> [String] {
    let run = failure.runID.map { " (ejecución \($0.number))" } ?? ""
    return ["❌ \(failure.message)\(run)"]
  }

  /// How to go on with a run that did not come to its end; the same run needs the same dates
  /// (contract section 5).
  package static func continuation(of order: RunOrder) -> String {
    "Para \(order.kind == .historical ? "continuar" : "repetir"): \(commandLine(order))"
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
}
