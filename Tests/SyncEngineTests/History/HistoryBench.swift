import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

/// A historical run with ports in memory: an account that lists calls page by page as Twilio does, and
/// tables that remember slices from one run to the next, as the database does.
final class HistoryBench: Sendable {
  struct Script: Sendable {
    var now = makeTime("2026-03-01T12:00:00Z")
    var settings = HistoricalSync.Settings(start: makeTime("2025-08-01T00:00:00Z"), workers: 4)
    var calls: [Call] = []
    var pageSize = 10
    /// Whether bounds count as whole days, as they may at Twilio, by the run's and the request's number from 1.
    var takesWholeDays: @Sendable (_ run: Int64, _ request: Int) -> Bool = { _, _ in false }
    /// Whether calls at the very moment of an upper bound are listed.
    var includesUpperBound = false
    /// Whether a list that fills its last page ends with an empty one.
    var emptyLastPage = false
    /// The last calls of a page that are listed again on the next one, as where new calls push them there.
    var pushedCalls = 0
    /// What a page's commit did, by its number from 1.
    var outcome: @Sendable (Int) -> PageOutcome = { _ in PageOutcome() }
    /// Calls that no commit leaves in the table, without a word.
    var missing: Set<CallSID> = []
    /// What closing finds lost.
    var lost: [Period] = []
    /// What began earlier is refused with 20004.
    var retentionStart: Timestamp?
    /// Whether no page token is valid.
    var forgetsPageTokens = false
    /// Asked before a further page of a listing is answered, with the size of its pages.
    var onNext: @Sendable (Int) throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// What the last page of a listing, by its number from 0, names as its next.
    var afterLast: @Sendable (Int) -> String? = { _ in nil }
    /// Asked before each request is answered, by its number from 1.
    var onRequest: @Sendable (Int) async throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// Commits, by their number from 1, that are confirmed and then forgotten.
    var forgetsCommits: Set<Int> = []
    /// Asked before each commit of a page, by its number from 1.
    var onCommit: @Sendable (Int) async throws(RunFailure) -> Void = { _ throws(RunFailure) in }
  }

  struct State: Sendable {
    var requests: [CallQuery] = []
    var requestCount = 0
    var pagesAnswered = 0
    var pagesTaken = 0
    /// The most pages that were answered and neither committed nor given up.
    var mostPagesHeld = 0
    var commits = 0
    var stored: [CallSID: Int] = [:]
    /// Whether pages were committed as the last word.
    var lastWords: Set<Bool> = []
    var replaced: Set<Int> = []
    var progress: HistoryProgress?
    var request: HistoryRequest?
    var closed: [Period] = []
    var asked: [Period] = []
    var finished: [SyncRun] = []
    var events: [SyncEvent] = []
    var pauses: [Int64] = []
    var elapsed: Int64 = 0
    var runs: Int64 = 0
  }

  let script: Script
  /// The calls as Twilio lists them, newest first.
  let log: [Call]
  private let state = Mutex(State())

  init(_ adjust: (inout Script) -> Void = { _ in }) {
    var script = Script()
    adjust(&script)
    self.script = script
    log = script.calls.sorted { ($0.callDate ?? .epoch, $0.sid) > ($1.callDate ?? .epoch, $1.sid) }
  }

  var notes: State { state.withLock { $0 } }

  func note<Value: Sendable>(_ change: (inout sending State) -> sending Value) -> Value {
    state.withLock(change)
  }

  var clock: EngineClock {
    EngineClock(
      now: { self.script.now.adding(milliseconds: self.notes.elapsed) },
      sleep: { milliseconds in
        // The lease's heartbeat, which is not needed here.
        if milliseconds == EngineBench.heartbeat { return try await Latch().wait() }
        try Task.checkCancellation()
        self.note {
          $0.pauses.append(milliseconds)
          $0.elapsed += milliseconds
        }
      }, random: { 0.5 })
  }

  func makeConductor() -> RunConductor {
    let gate = RequestGate(maximum: script.settings.workers, clock: clock)
    let historical = HistoricalSync(
      settings: script.settings, log: self, gate: gate, calls: self, runs: self, history: self, clock: clock)
    return RunConductor(
      hourly: nil, historical: historical, calls: self, runs: self, clock: clock, makeToken: makeToken,
      leaseSeconds: 90, heartbeat: EngineBench.heartbeat,
      report: { _, event in self.note { $0.events.append(event) } })
  }

  /// Does a run to its end.
  func run(
    since: Timestamp? = nil, until: Timestamp? = nil, restart: Bool = false
  ) async throws -> Result<SyncRun, RunFailure> {
    try await makeConductor().start(
      .historical(since: since, until: until, restart: restart), requestedBy: "test"
    ).outcome()
  }
}
