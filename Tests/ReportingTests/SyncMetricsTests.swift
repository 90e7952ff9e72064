import CallDomain
import Reporting
import Telemetry
import Testing

struct SyncMetricsTests {
  private let registry = MetricRegistry()

  private func makeRun(
    kind: RunKind = .hourly, state: RunState = .succeeded, seconds: Int64? = 4
  ) -> SyncRun {
    let start = Timestamp(seconds: 1_759_694_400)
    var counts = makeCounts()
    counts.createdPhones = 2
    counts.unmatchedCalls = 3
    return SyncRun(
      id: RunID(1), kind: kind, state: state, startedAt: start,
      finishedAt: seconds.map { start.adding(seconds: Int($0)) }, counts: counts, requestedBy: "cli")
  }

  @Test("A run that succeeded counts its outcome, its length and its calls by case")
  func succeeded() throws {
    let metrics = try SyncMetrics(registry: registry)
    metrics.count(makeRun())
    metrics.count(makeRun())
    let text = registry.render()
    for line in [
      #"twilio_sync_runs_total{kind="hourly",outcome="succeeded"} 2"#,
      #"twilio_sync_runs_total{kind="historical",outcome="failed"} 0"#,
      #"twilio_sync_run_duration_seconds_bucket{kind="hourly",le="2.5"} 0"#,
      #"twilio_sync_run_duration_seconds_bucket{kind="hourly",le="5"} 2"#,
      #"twilio_sync_run_duration_seconds_sum{kind="hourly"} 8"#,
      #"twilio_sync_run_duration_seconds_count{kind="reattribute"} 0"#,
      #"twilio_sync_calls_total{kind="hourly",case="1",direction="outbound-api"} 124"#,
      #"twilio_sync_calls_total{kind="hourly",case="2",direction="trunking-terminating"} 30"#,
      #"twilio_sync_calls_total{kind="hourly",case="3",direction="trunking-originating"} 20"#,
      #"twilio_sync_calls_total{kind="hourly",case="none",direction="other"} 0"#,
      "twilio_sync_created_phones_total 4",
      #"twilio_sync_unmatched_transfers_total{kind="hourly"} 6"#,
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
  }

  @Test(
    "A run that failed counts its outcome and length, and no call",
    arguments: [RunState.failed, .interrupted])
  func failed(state: RunState) throws {
    try SyncMetrics(registry: registry).count(makeRun(kind: .historical, state: state))
    let text = registry.render()
    #expect(text.contains("\ntwilio_sync_runs_total{kind=\"historical\",outcome=\"\(state.rawValue)\"} 1\n"))
    #expect(text.contains("\ntwilio_sync_run_duration_seconds_count{kind=\"historical\"} 1\n"))
    #expect(text.contains("\ntwilio_sync_created_phones_total 0\n"))
  }

  @Test("A rehearsal counts nothing, however it ended", arguments: [RunState.succeeded, .failed])
  func rehearsal(state: RunState) throws {
    let metrics = try SyncMetrics(registry: registry)
    let before = registry.render()
    var run = makeRun(kind: .reattribute, state: state)
    run.isRehearsal = true
    metrics.count(run)
    #expect(registry.render() == before)
  }

  @Test("A run that has not ended counts nothing")
  func running() throws {
    let metrics = try SyncMetrics(registry: registry)
    let before = registry.render()
    metrics.count(makeRun(state: .running, seconds: nil))
    #expect(registry.render() == before)
  }
}
