import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

/// A conductor with ports in memory: an account that lists calls as Twilio does, ledgers that note what
/// they are told, a clock that moves only by the pauses of retries.
///
/// What a test does not expect is an issue: a single call's reading, a second begin, a commit without the
/// fence that was given out.
final class EngineBench: Sendable {
  /// What the ports do; the defaults are an empty account and a database that works.
  struct Script: Sendable {
    var now = makeTime("2026-03-01T12:00:00Z")
    var calls: [Call] = []
    var pageSize = 1000
    /// Whether bounds count as whole days, as they may at Twilio.
    var takesWholeDays = false
    /// How far Twilio's clock is ahead of ours.
    var skew: Int? = 0
    /// Seconds by which our clock is put back once the run has begun.
    var putBack = 0
    var unreadable = 0
    var coverage = Coverage(
      coveredUntil: makeTime("2026-03-01T11:00:00Z"), newestCall: nil, listedNumbers: 17)
    var settings = HourlySync.Settings()
    /// What kind of run begins.
    var kind = RunKind.hourly
    var isRehearsal = false
    /// The calls that wait to be asked for again, the longest waiting first.
    var unsettled: @Sendable () -> [UnsettledCall] = { [] }
    /// Calls that were set aside and have rested.
    var refused: [CallSID] = []
    /// What Twilio says of one call.
    var onCall: @Sendable (CallSID) throws(RunFailure) -> Call? = { sid throws(RunFailure) in
      Issue.record("nobody expected that \(sid) is asked for")
      throw RunFailure(.twilio(.permanent), "unexpected")
    }
    /// What becomes of calls that an audit found gone.
    var onGone: @Sendable () throws(RunFailure) -> GoneNotes = { () throws(RunFailure) in GoneNotes() }
    /// Stored calls after a SID, since a moment, at most so many.
    var onStored: @Sendable (CallSID?, Timestamp?, Int) throws(RunFailure) -> [Call] = { _, _, _ in
      Issue.record("nobody expected that stored calls are read")
      return []
    }
    /// Calls of an older program, in the order of their SIDs.
    var older: [Call] = []
    /// What the last page of a listing, by its number from 0, names as its next.
    var afterLast: @Sendable (Int) -> String? = { _ in nil }
    /// Asked before a listing is answered.
    var onList: @Sendable (CallQuery) throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// Asked before a further page of a listing is answered, with the size of its pages.
    var onNext: @Sendable (Int) throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// Milliseconds until `onList` and `onNext` throw.
    var failureTakes: Int64 = 0
    /// Asked before each request is answered, by its number from 1.
    var onRequest: @Sendable (Int) async throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// Asked before each commit, by its number from 1.
    var onCommit: @Sendable (Int) async throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// What a commit did, by its number and its page.
    var outcome: @Sendable (Int, IntakePage) -> PageOutcome = { _, page in
      var outcome = PageOutcome()
      outcome.changed = Set(page.calls.filter { $0.attributionCase != nil }.map(\.sid))
      return outcome
    }
    var onCheck: @Sendable () throws(RunFailure) -> Void = { () throws(RunFailure) in }
    var onBegin: @Sendable (_ token: Int64) throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// Asked when a lease is freed of which nobody knows whether it was taken, by the number of the attempt.
    var onRelease: @Sendable (Int) throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    var onRenew: @Sendable (Int) throws(RunFailure) -> Bool = { _ throws(RunFailure) in true }
    var onFinish: @Sendable (Int) throws(RunFailure) -> Void = { _ throws(RunFailure) in }
    /// What a run's moves come to, by what it rehearsed.
    var sums: @Sendable ([CallMove]) -> [MoveSum] = { _ in [] }
  }

  struct Notes: Sendable {
    var requests: [CallQuery] = []
    /// Calls that were asked for one by one.
    var asked: [CallSID] = []
    var requestCount = 0
    var pages: [IntakePage] = []
    var commitAttempts = 0
    var periods: [Period] = []
    var renewals = 0
    var finishAttempts = 0
    var finished: [SyncRun] = []
    /// What `onEnd` was told.
    var ends: [SyncRun] = []
    var events: [SyncEvent] = []
    var pauses: [Int64] = []
    var elapsed: Int64 = 0
    var listings: [(calls: [Call], pageSize: Int)] = []
    var begun = 0
    /// What the run has rehearsed.
    var rehearsed: [CallMove] = []
    var released: [Int64] = []
  }

  static let heartbeat: Int64 = 20_000
  static let fence = RunFence(kind: .hourly, run: RunID(7), token: 3)

  let script: Script
  /// A signal renews the lease.
  let heartbeats = Latch()
  /// Signalled after each renewal.
  let renewed = Latch()
  /// Signalled when a lease was freed.
  let freed = Latch()
  /// Signalled after each end that was recorded.
  let recorded = Latch()
  private let state = Mutex(Notes())

  init(_ adjust: (inout Script) -> Void = { _ in }) {
    var script = Script()
    adjust(&script)
    self.script = script
  }

  var notes: Notes { state.withLock { $0 } }

  func note<Value: Sendable>(_ change: (inout sending Notes) -> sending Value) -> Value {
    state.withLock(change)
  }

  func makeConductor() -> RunConductor {
    let clock = EngineClock(
      now: { self.script.now.adding(milliseconds: self.notes.elapsed) },
      sleep: { try await self.sleep($0) }, random: { 0.5 })
    let hourly = HourlySync(
      settings: script.settings, log: self, gate: RequestGate(maximum: 4, clock: clock), calls: self,
      runs: self,
      clock: clock)
    return RunConductor(
      hourly: hourly, historical: nil, calls: self, runs: self, clock: clock, makeToken: makeToken,
      leaseSeconds: 90, heartbeat: Self.heartbeat,
      report: { trace, event in
        #expect(trace.run == Self.fence.run && trace.isRehearsal == self.script.isRehearsal)
        self.note { $0.events.append(event) }
      },
      onEnd: { run in self.note { $0.ends.append(run) } })
  }

  /// Does an hourly run to its end.
  func run() async throws -> Result<SyncRun, RunFailure> {
    try await makeConductor().start(.hourly, requestedBy: "test").outcome()
  }

  private func sleep(_ milliseconds: Int64) async throws {
    if milliseconds == Self.heartbeat { return try await heartbeats.wait() }
    try Task.checkCancellation()
    note {
      $0.pauses.append(milliseconds)
      $0.elapsed += milliseconds
    }
  }
}

extension Timestamp {
  func adding(milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: self.milliseconds + milliseconds)
  }
}
