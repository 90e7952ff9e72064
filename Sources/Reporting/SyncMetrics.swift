package import CallDomain
import SyncEngine
package import Telemetry

/// The metrics of runs: their names, and what is counted when.
package struct SyncMetrics: Sendable {
  private let runs: Counter
  private let duration: Histogram
  private let calls: Counter
  private let createdPhones: Counter
  private let unmatchedTransfers: Counter
  private let refreshedCalls: Counter
  private let reattributedCalls: Counter
  private let retries: Counter
  private let unreadableRecords: Counter

  /// Registers the names; a registry takes them once.
  package init(registry: MetricRegistry) throws(TelemetryError) {
    let kinds = RunKind.allCases.map { [$0.rawValue] }
    let outcomes = Self.outcomes.map(\.rawValue)
    runs = try registry.counter(
      "twilio_sync_runs_total", help: "Runs of this process that ended, by kind and outcome.",
      labels: ["kind", "outcome"],
      starting: kinds.flatMap { kind in outcomes.map { kind + [$0] } })
    duration = try registry.histogram(
      "twilio_sync_run_duration_seconds", help: "How long runs of this process took, by kind.",
      labels: ["kind"],
      bounds: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600], starting: kinds)
    calls = try registry.counter(
      "twilio_sync_calls_total",
      help: "Calls in the periods of successful runs; a call in two periods counts twice.",
      labels: ["kind", "case", "direction"],
      starting: kinds.flatMap { kind in Self.cases.map { kind + [$0.name, $0.direction] } })
    createdPhones = try registry.counter(
      "twilio_sync_created_phones_total", help: "Numbers that successful runs created in workspace_phones.")
    unmatchedTransfers = try registry.counter(
      "twilio_sync_unmatched_transfers_total", help: "Transfers without a related call, by kind of run.",
      labels: ["kind"], starting: kinds)
    refreshedCalls = try registry.counter(
      "twilio_sync_refreshed_calls_total", help: "Rows outside the period that were added or changed.")
    reattributedCalls = try registry.counter(
      "twilio_sync_reattributed_calls_total",
      help: "Calls, stored before the run began, that went to another workspace.")
    retries = try registry.counter(
      "twilio_sync_twilio_retries_total", help: "Requests to Twilio that were sent again.")
    unreadableRecords = try registry.counter(
      "twilio_sync_unreadable_records_total", help: "Records from Twilio without a valid SID.")
  }

  /// Counts a run that has ended; one that is still running is ignored, and so is a rehearsal.
  package func count(_ run: SyncRun) {
    guard Self.outcomes.contains(run.state), !run.isRehearsal else { return }
    let kind = run.kind.rawValue
    runs.add(1, kind, run.state.rawValue)
    if let milliseconds = run.durationMilliseconds { duration.observe(Double(milliseconds) / 1000, kind) }
    guard run.state == .succeeded else { return }
    count(run.counts, kind: kind)
  }

  /// Counts what is counted as it happens; other events change nothing.
  func count(_ event: SyncEvent) {
    switch event {
    case .retrying: retries.add()
    case .unreadableRecords(let count): unreadableRecords.add(count)
    default: break
    }
  }

  private func count(_ counts: RunCounts, kind: String) {
    for one in Self.cases { calls.add(counts[keyPath: one.count], kind, one.name, one.direction) }
    createdPhones.add(counts.createdPhones)
    unmatchedTransfers.add(counts.unmatchedCalls, kind)
    refreshedCalls.add(counts.refreshedCalls)
    reattributedCalls.add(counts.reattributedCalls)
  }

  private static let outcomes: [RunState] = [.succeeded, .failed, .interrupted]

  private struct Case: Sendable {
    let name: String
    let direction: String
    let count: any KeyPath<RunCounts, Int> & Sendable
  }

  private static let cases = [
    Case(name: "1", direction: "outbound-api", count: \.case1Count),
    Case(name: "2", direction: "trunking-terminating", count: \.case2Count),
    Case(name: "3", direction: "trunking-originating", count: \.case3Count),
    Case(name: "none", direction: "other", count: \.skippedCalls),
    Case(name: "refused", direction: "any", count: \.refusedCalls),
  ]
}
