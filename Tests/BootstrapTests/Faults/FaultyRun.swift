import Bootstrap
import CallDomain
import CallStore
import Postgres
import SyncEngine
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

/// An hourly run in this process by the real engine, store and Twilio client, on a way of its own.
struct FaultyRun {
  let installation: Installation
  let conductor: RunConductor
  private let pool: PostgresPool
  private let handed = HandedPages()
  private let before: StoredState

  /// Pages that were handed over to be committed.
  private final class HandedPages: Sendable {
    let pages = Mutex<[IntakePage]>([])
  }

  /// The store, which notes what is committed.
  private struct NotedLedger: CallLedger {
    let store: CallStore
    let handed: HandedPages

    func commit(_ page: IntakePage, fence: RunFence) async throws(RunFailure) -> PageOutcome {
      handed.pages.withLock { $0.append(page) }
      return try await store.commit(page, fence: fence)
    }

    func coverage(now: Timestamp) async throws(RunFailure) -> Coverage { try await store.coverage(now: now) }

    func unsettled(limit: Int) async throws(RunFailure) -> [UnsettledCall] {
      try await store.unsettled(limit: limit)
    }

    func refused(dueAt now: Timestamp, limit: Int) async throws(RunFailure) -> [CallSID] {
      try await store.refused(dueAt: now, limit: limit)
    }

    func storedCalls(
      after last: CallSID?, since: Timestamp?, limit: Int
    ) async throws(RunFailure) -> [Call] {
      try await store.storedCalls(after: last, since: since, limit: limit)
    }

    func olderCalls(after last: CallSID?, limit: Int) async throws(RunFailure) -> [Call] {
      try await store.olderCalls(after: last, limit: limit)
    }

    func noteGone(fence: RunFence) async throws(RunFailure) -> GoneNotes {
      try await store.noteGone(fence: fence)
    }
  }

  /// - Parameter clock: The process's clock; by default Twilio's, which stands still.
  init(
    _ installation: Installation, _ way: FaultyWay, lease: LeaseTerms = LeaseTerms(),
    clock: (@Sendable () -> Timestamp)? = nil
  ) async throws {
    self.installation = installation
    before = try await StoredState(installation)
    let simulation = installation.simulation
    pool = way.pool(installation)
    let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1), lease: lease)
    let noted = NotedLedger(store: store, handed: handed)
    // Without chance in it the wait before a repeated request is none.
    let engine = EngineClock(
      now: clock ?? { simulation.now },
      sleep: { try await Task.sleep(for: .milliseconds($0)) }, random: { 0 })
    let hourly = HourlySync(
      settings: HourlySync.Settings(), log: try way.log(), gate: RequestGate(maximum: 4, clock: engine),
      calls: noted,
      runs: store, clock: engine)
    conductor = RunConductor(
      hourly: hourly, historical: nil, calls: noted, runs: store, clock: engine, makeToken: makeToken,
      leaseSeconds: LeaseTerms().seconds, heartbeat: LeaseTerms().heartbeat,
      report: { _, _ in })
  }

  /// Runs to the end.
  func outcome() async -> Result<SyncRun, RunFailure> {
    do throws(RunFailure) {
      return try await conductor.start(.hourly, requestedBy: "test").outcome()
    } catch {
      return .failure(error)
    }
  }

  /// Closes the connections and waits until the server is rid of them.
  func end() async throws {
    await pool.close(grace: .zero)
    try await installation.noBackends()
  }

  /// Holds what a failed run has left against what it may leave: each page that was handed over is stored
  /// with its mark, or nothing of it is.
  func expectWholePages() async throws {
    let after = try await StoredState(installation)
    let pages = handed.pages.withLock(\.self)
    let whole = pages.filter { $0.storable.allSatisfy { after.updated[$0.key] == $0.value } }
    let changed = Set(after.updated.filter { before.updated[$0.key] != $0.value }.keys)
    let allowed = whole.reduce(into: Set<String>()) { $0.formUnion($1.storable.keys) }
    try #require(changed.subtracting(allowed) == [], "part of a page is stored")
    try #require(after.watchedOnly == "0")
    let simulation = installation.simulation
    let truth = try SimulatedTruth(simulation, from: simulation.now.adding(hours: -24))
    let taken = truth.entries.filter { $0.began.milliseconds < after.covered }.map(\.sid)
    try #require(taken.allSatisfy { after.updated[$0] != nil }, "more is marked as taken in than is stored")
  }
}

/// What a page changes, as far as it tells whether one is stored.
private struct StoredState {
  /// When each stored call was last changed at Twilio, in milliseconds.
  private(set) var updated: [String: Int64] = [:]
  /// Up to where the log counts as taken in, in milliseconds.
  let covered: Int64
  /// Calls that are to be asked for again and not stored.
  let watchedOnly: String?

  init(_ installation: Installation) async throws {
    let covered = try await installation.value(
      "SELECT (extract(epoch FROM covered_until) * 1000)::bigint FROM sync_state")
    self.covered = covered.flatMap { Int64($0) } ?? 0
    watchedOnly = try await installation.value(
      "SELECT count(*) FROM unsettled_calls WHERE call_id NOT IN (SELECT id FROM calls)")
    let result = try await installation.pool.repeatable(
      PostgresStatement("SELECT id, (extract(epoch FROM twilio_updated_at) * 1000)::bigint FROM calls"))
    for row in result.rows { updated[try row.requiredText(0)] = try row.requiredInt(1) }
  }
}

extension IntakePage {
  /// What is stored of it, with when each call was last changed.
  fileprivate var storable: [String: Int64] {
    let stored: Set = ["outbound-api", "trunking-terminating", "trunking-originating"]
    var storable: [String: Int64] = [:]
    for call in calls where stored.contains(call.direction?.text ?? "") {
      storable[call.sid.text] = call.dateUpdated?.milliseconds
    }
    return storable
  }
}
