package import CallDomain
package import Telemetry

/// The metrics of what is stored: the same from every replica, and after a restart.
package struct StatusMetrics: Sendable {
  private let isUp: Gauge
  private let state: Gauge
  private let alerts: Gauge
  private let patience: Gauge
  private let lag: Gauge
  private let coveredUntil: Gauge
  private let newestCall: Gauge
  private let installed: Gauge
  private let lastSuccess: Gauge
  private let failures: Gauge
  private let inProgress: Gauge
  private let dayCalls: Gauge
  private let unsettled: Gauge
  private let givenUp: Gauge
  private let refused: Gauge
  private let gaps: Gauge
  private let auditDifferences: Gauge

  /// Registers the names; a registry takes them once.
  package init(registry: MetricRegistry) throws(TelemetryError) {
    isUp = try registry.gauge(
      "twilio_sync_status_up", help: "1 when the stored status could be read, 0 when the database is away.")
    state = try registry.gauge(
      "twilio_sync_state", help: "1 for the state in which the service is, 0 for the others.",
      labels: ["state"])
    alerts = try registry.gauge(
      "twilio_sync_alert_firing",
      help: "1 while the alert fires, with the hours and quiet times that are configured.", labels: ["alert"])
    patience = try registry.gauge(
      "twilio_sync_alert_after_seconds",
      help: "How long there may be no new call, or no successful hourly run, until the alert fires.",
      labels: ["alert"])
    lag = try registry.gauge(
      "twilio_sync_lag_seconds", help: "How far hourly runs are behind: now less covered until.")
    coveredUntil = try registry.gauge(
      "twilio_sync_covered_until_timestamp_seconds", help: "Up to when hourly runs have taken in the log.")
    newestCall = try registry.gauge(
      "twilio_sync_newest_call_timestamp_seconds", help: "The call_date of the newest stored Twilio call.")
    installed = try registry.gauge(
      "twilio_sync_installed_timestamp_seconds", help: "When the schema was first applied.")
    lastSuccess = try registry.gauge(
      "twilio_sync_last_success_timestamp_seconds",
      help: "When the last successful run ended, by kind, wherever it ran.", labels: ["kind"])
    failures = try registry.gauge(
      "twilio_sync_failures_in_a_row",
      help: """
        Runs that did not succeed since the last that did, by kind, wherever they ran; \
        \(AlertRules.failuresInARow) stands for any more.
        """, labels: ["kind"])
    inProgress = try registry.gauge(
      "twilio_sync_run_in_progress", help: "1 while a run of the kind is in progress anywhere.",
      labels: ["kind"])
    dayCalls = try registry.gauge(
      "twilio_sync_day_calls", help: "Stored calls of the last 24 hours, by workspace: default or assigned.",
      labels: ["workspace"])
    unsettled = try registry.gauge(
      "twilio_sync_unsettled_calls", help: "Calls that are asked for again, because they may still change.")
    givenUp = try registry.gauge(
      "twilio_sync_given_up_calls",
      help:
        "Calls without a final status or a price that nobody asks for and that no resync has asked for again."
    )
    refused = try registry.gauge(
      "twilio_sync_refused_calls", help: "Calls that the database does not take and that are set aside.")
    gaps = try registry.gauge(
      "twilio_sync_holes",
      help: "Periods that no hourly run will take in, until a historical run does.")
    auditDifferences = try registry.gauge(
      "twilio_sync_audit_differences",
      help: "Calls that are missing, different or misattributed by the newest audit of their day.")
  }

  /// Shows how the service stands; nil, when nobody can tell, is broken and leaves nothing else.
  package func show(_ status: ServiceStatus?) {
    isUp.set(status == nil ? 0 : 1)
    let now = status?.state ?? .broken
    state.replace(with: Self.values(ServiceState.allCases) { ($0.rawValue, $0 == now ? 1 : 0) })
    let facts = status?.facts
    alerts.replace(with: Self.values(status?.alerts ?? []) { ($0.name.rawValue, $0.isFiring ? 1 : 0) })
    let bounds = status.map {
      [(Alert.Name.noCalls, $0.rules.noCallsSeconds), (.noRun, $0.rules.noRunSeconds)]
    }
    patience.replace(with: Self.values(bounds ?? []) { ($0.0.rawValue, Double($0.1)) })
    lag.show(status?.lagSeconds.map(Double.init))
    coveredUntil.show(facts?.coveredUntil)
    newestCall.show(facts?.newestCall)
    installed.show(facts?.installedAt)
    let runs =
      facts.map { facts in RunKind.allCases.map { ($0, facts.runs[$0] ?? StatusFacts.Runs()) } } ?? []
    lastSuccess.replace(
      with: Self.values(runs) { kind, runs in runs.lastSuccess.map { (kind.rawValue, $0.unixSeconds) } })
    failures.replace(
      with: Self.values(runs) { kind, runs in
        (kind.rawValue, Double(runs.ended.prefix { $0.state != .succeeded }.count))
      })
    inProgress.replace(
      with: Self.values(runs) { kind, runs in (kind.rawValue, runs.last?.state == .running ? 1 : 0) })
    dayCalls.replace(
      with: facts.map {
        [
          ["default"]: Double($0.defaultCallsOfDay),
          ["assigned"]: Double($0.callsOfDay - $0.defaultCallsOfDay),
        ]
      } ?? [:])
    unsettled.show(facts.map { Double($0.unsettledCalls) })
    givenUp.show(facts.map { Double($0.givenUpCalls) })
    refused.show(facts.map { Double($0.refusedCalls) })
    gaps.show(facts.map { Double($0.gaps.count) })
    auditDifferences.show(
      facts.map { Double($0.differingAudits.reduce(0) { $0.addingClamped($1.differences) }) })
  }

  private static func values<Item>(
    _ items: [Item], _ value: (Item) -> (String, Double)?
  ) -> [[String]: Double] {
    Dictionary(items.compactMap { value($0).map { ([$0.0], $0.1) } }) { first, _ in first }
  }
}

extension Gauge {
  fileprivate func show(_ value: Double?) {
    replace(with: value.map { [[]: $0] } ?? [:])
  }

  fileprivate func show(_ moment: Timestamp?) {
    show(moment.map(\.unixSeconds))
  }
}

extension Timestamp {
  fileprivate var unixSeconds: Double { Double(milliseconds) / 1000 }
}
