import CallDomain
import Reporting
import Telemetry
import TestSupport
import Testing

struct StatusMetricsTests {
  private let registry = MetricRegistry()
  private let now = Timestamp(seconds: 1_759_694_400)

  private func makeFacts() -> StatusFacts {
    var facts = StatusFacts()
    facts.coveredUntil = now.adding(seconds: -600)
    facts.newestCall = now.adding(seconds: -10_000)
    facts.installedAt = now.adding(seconds: -1_000_000)
    facts.callsOfDay = 100
    facts.defaultCallsOfDay = 30
    facts.unsettledCalls = 4
    facts.givenUpCalls = 2
    facts.refusedCalls = 3
    facts.gaps = [now.adding(seconds: -90_000), now.adding(seconds: -80_000)].map {
      Period(start: $0, end: $0.adding(seconds: 60))
    }
    facts.runs[.hourly] = makeRuns([.succeeded, .failed], inProgress: true, lastSuccess: -600)
    facts.runs[.historical] = makeRuns([.failed, .interrupted, .succeeded], lastSuccess: -7200)
    return facts
  }

  /// - Parameter ended: Newest first.
  private func makeRuns(
    _ ended: [RunState], inProgress: Bool = false, lastSuccess: Int
  ) -> StatusFacts.Runs {
    func run(_ state: RunState) -> SyncRun {
      SyncRun(id: RunID(1), kind: .hourly, state: state, startedAt: now, requestedBy: "cli")
    }
    var runs = StatusFacts.Runs()
    runs.last = inProgress ? run(.running) : ended.first.map(run)
    runs.ended = ended.map(run)
    runs.lastSuccess = now.adding(seconds: lastSuccess)
    return runs
  }

  @Test("Every stored fact has its number")
  func facts() throws {
    let metrics = try StatusMetrics(registry: registry)
    metrics.show(ServiceStatus(makeFacts(), rules: AlertRules(), now: now))
    let text = MetricsText(registry.render())
    #expect(text.faults == [])
    #expect(text.names == registry.names)
    let expected: [String: Double] = [
      "twilio_sync_status_up": 1, "twilio_sync_lag_seconds": 600,
      "twilio_sync_covered_until_timestamp_seconds": 1_759_693_800,
      "twilio_sync_newest_call_timestamp_seconds": 1_759_684_400,
      "twilio_sync_installed_timestamp_seconds": 1_758_694_400,
      "twilio_sync_unsettled_calls": 4, "twilio_sync_given_up_calls": 2, "twilio_sync_refused_calls": 3,
      "twilio_sync_holes": 2,
    ]
    for (name, value) in expected { #expect(text[name] == value, "\(name)") }
    let labelled: [(String, String, String, Double?)] = [
      ("twilio_sync_alert_firing", "alert", "no_calls", 1),
      ("twilio_sync_alert_firing", "alert", "no_run", 0),
      ("twilio_sync_alert_firing", "alert", "default_workspace", 1),
      ("twilio_sync_alert_firing", "alert", "repeated_failures", 0),
      ("twilio_sync_alert_firing", "alert", "gap", 1),
      ("twilio_sync_alert_after_seconds", "alert", "no_calls", 7200),
      ("twilio_sync_alert_after_seconds", "alert", "no_run", 7200),
      ("twilio_sync_alert_after_seconds", "alert", "default_workspace", nil),
      ("twilio_sync_state", "state", "ok", 0), ("twilio_sync_state", "state", "attention", 1),
      ("twilio_sync_state", "state", "broken", 0),
      ("twilio_sync_last_success_timestamp_seconds", "kind", "hourly", 1_759_693_800),
      ("twilio_sync_last_success_timestamp_seconds", "kind", "historical", 1_759_687_200),
      ("twilio_sync_last_success_timestamp_seconds", "kind", "reattribute", nil),
      ("twilio_sync_failures_in_a_row", "kind", "hourly", 0),
      ("twilio_sync_failures_in_a_row", "kind", "historical", 2),
      ("twilio_sync_failures_in_a_row", "kind", "reattribute", 0),
      ("twilio_sync_run_in_progress", "kind", "hourly", 1),
      ("twilio_sync_run_in_progress", "kind", "historical", 0),
      ("twilio_sync_day_calls", "workspace", "default", 30),
      ("twilio_sync_day_calls", "workspace", "assigned", 70),
    ]
    for (name, label, value, number) in labelled {
      #expect(text[name, [label: value]] == number, "\(name) \(value)")
    }
  }

  @Test("Before the first run what is not known is left out, and nothing fires")
  func empty() throws {
    let metrics = try StatusMetrics(registry: registry)
    metrics.show(ServiceStatus(StatusFacts(), rules: AlertRules(), now: now))
    let text = MetricsText(registry.render())
    #expect(text.faults == [])
    let unknown = [
      "twilio_sync_lag_seconds", "twilio_sync_covered_until_timestamp_seconds",
      "twilio_sync_newest_call_timestamp_seconds", "twilio_sync_installed_timestamp_seconds",
      "twilio_sync_last_success_timestamp_seconds",
    ]
    #expect(Set(text.names) == Set(registry.names).subtracting(unknown))
    for alert in Alert.Name.allCases {
      #expect(text["twilio_sync_alert_firing", ["alert": alert.rawValue]] == 0)
    }
  }

  @Test("When nobody can tell the status, it is broken, and nothing of an earlier one stays")
  func unknown() throws {
    let metrics = try StatusMetrics(registry: registry)
    metrics.show(ServiceStatus(makeFacts(), rules: AlertRules(), now: now))
    metrics.show(nil)
    let text = MetricsText(registry.render())
    #expect(text.names == ["twilio_sync_status_up", "twilio_sync_state"])
    #expect(text["twilio_sync_status_up"] == 0 && text["twilio_sync_state", ["state": "broken"]] == 1)
  }
}
