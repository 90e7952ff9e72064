import CallDomain
import Synchronization
import TestSupport
import WebAPI
import WebServer

/// A service whose runs and readiness are given, and that notes what the routes ask of it.
final class RecordedService: Sendable {
  struct Start: Hashable, Sendable {
    var order: RunOrder
    var requestedBy: String
  }

  private struct Notes {
    var starts: [Start] = []
    var requestIDs: [String] = []
    var queries: [RunListQuery] = []
    var asked: [RunID] = []
    var searches: [CallSearch] = []
    var explained: [CallSID] = []
    var checks = 0
    var events: [APIEvent] = []
  }

  private let notes = Mutex(Notes())
  let clock = ManualClock()
  let secret: String
  private let start: @Sendable (RunOrder) async throws(RunFailure) -> StartedRun
  private let recorded: Result<[SyncRun], RunFailure>
  private let look: @Sendable () async -> Readiness
  private let known: Result<ServiceStatus, RunFailure>
  private let added: Result<PageFigures, RunFailure>
  private let find: @Sendable (CallSearch) async throws(RunFailure) -> CallList
  private let explanations: Result<[CallSID: Explanation], RunFailure>
  private let refusals: [CallSID: String]
  private let listed: Result<[ListedPhone], RunFailure>
  private let metrics: @Sendable () async -> String

  init(
    secret: String = "correct-horse-battery",
    recorded: Result<[SyncRun], RunFailure> = .success([]),
    status: Result<ServiceStatus, RunFailure> = .success(
      ServiceStatus(StatusFacts(), rules: AlertRules(), now: exampleEnd)),
    figures: Result<PageFigures, RunFailure> = .success(PageFigures()),
    calls: @escaping @Sendable (CallSearch) async throws(RunFailure) -> CallList = { search in
      CallList(search: search, calls: [], next: nil)
    },
    explanations: Result<[CallSID: Explanation], RunFailure> = .success([:]),
    refusals: [CallSID: String] = [:], phones: Result<[ListedPhone], RunFailure> = .success([]),
    readiness: @escaping @Sendable () async -> Readiness = { Readiness(database: .ok, schema: .ok) },
    metrics: @escaping @Sendable () async -> String = { "up 1\n" },
    start: @escaping @Sendable (RunOrder) async throws(RunFailure) -> StartedRun = { order in
      StartedRun(makeRunningRun(kind: order.kind), outcome: { .success(makeRun(kind: order.kind)) })
    }
  ) {
    self.secret = secret
    self.recorded = recorded
    look = readiness
    known = status
    added = figures
    find = calls
    self.explanations = explanations
    self.refusals = refusals
    listed = phones
    self.metrics = metrics
    self.start = start
  }

  /// A service with a healthy status, one recorded run and one stored call.
  static func complete() -> RecordedService {
    let explanation = makeExplanation()
    return RecordedService(
      recorded: .success([makeRun()]),
      calls: { search in CallList(search: search, calls: [explanation.facts.call], next: nil) },
      explanations: .success([explanation.facts.call.sid: explanation]))
  }

  /// A service whose start fails.
  convenience init(failingStart failure: RunFailure) {
    self.init(start: { _ throws(RunFailure) in throw failure })
  }

  /// A service whose run starts, and ends as given.
  convenience init(progress: (@Sendable () -> SyncRun)? = nil, ending: Result<SyncRun, RunFailure>) {
    self.init(start: { order in
      StartedRun(makeRunningRun(kind: order.kind), progress: progress, outcome: { ending })
    })
  }

  var starts: [Start] { notes.withLock { $0.starts } }
  /// The ids of the requests that started something.
  var requestIDs: [String] { notes.withLock { $0.requestIDs } }
  var queries: [RunListQuery] { notes.withLock { $0.queries } }
  var asked: [RunID] { notes.withLock { $0.asked } }
  var searches: [CallSearch] { notes.withLock { $0.searches } }
  /// The calls of which an explanation was asked for.
  var explained: [CallSID] { notes.withLock { $0.explained } }
  var checks: Int { notes.withLock { $0.checks } }
  var events: [APIEvent] { notes.withLock { $0.events } }

  func makeRoutes(
    attempts: AttemptLimiter = AttemptLimiter(), secrets: CallerSecrets? = nil, zone: ClockZone = .utc
  ) -> Routes {
    Routes(
      service: self, secrets: secrets ?? CallerSecrets(secret), version: "1.2.3", clock: clock.api,
      zone: zone,
      attempts: attempts,
      onEvent: { event in self.notes.withLock { $0.events.append(event) } })
  }
}

extension RecordedService: SyncService {
  func start(
    _ order: RunOrder, requestedBy: String, requestID: String?
  ) async throws(RunFailure) -> any LiveRun {
    notes.withLock { notes in
      notes.starts.append(Start(order: order, requestedBy: requestedBy))
      notes.requestIDs.append(requestID ?? "")
    }
    return try await start(order)
  }

  func readiness() async -> Readiness {
    notes.withLock { $0.checks += 1 }
    return await look()
  }

  func runs(_ query: RunListQuery) async throws(RunFailure) -> [SyncRun] {
    notes.withLock { $0.queries.append(query) }
    let matching = try recorded.get().filter { run in
      (query.before.map { run.id < $0 } ?? true) && (query.kind.map { run.kind == $0 } ?? true)
    }
    return Array(matching.prefix(query.limit))
  }

  func run(_ id: RunID) async throws(RunFailure) -> SyncRun? {
    notes.withLock { $0.asked.append(id) }
    return try recorded.get().first { $0.id == id }
  }

  func status() async throws(RunFailure) -> ServiceStatus { try known.get() }
  func figures(_ scope: PageScope) async throws(RunFailure) -> PageFigures { try added.get() }
  func workspaceNames() async throws(RunFailure) -> [WorkspaceID: String] { try added.get().names }

  func calls(_ search: CallSearch) async throws(RunFailure) -> CallList {
    notes.withLock { $0.searches.append(search) }
    return try await find(search)
  }

  func explanation(of sid: CallSID) async throws(RunFailure) -> Explanation? {
    notes.withLock { $0.explained.append(sid) }
    return try explanations.get()[sid]
  }

  func refusal(of sid: CallSID) async throws(RunFailure) -> String? { refusals[sid] }
  func phones() async throws(RunFailure) -> [ListedPhone] { try listed.get() }
  func metricsText() async -> String { await metrics() }
}

/// A run whose progress and end are given.
struct StartedRun: LiveRun {
  let run: SyncRun
  private let current: @Sendable () -> SyncRun
  private let ending: @Sendable () async -> Result<SyncRun, RunFailure>

  /// Without `progress`, the run as it was recorded counts as its progress.
  init(
    _ run: SyncRun, progress: (@Sendable () -> SyncRun)? = nil,
    outcome: @escaping @Sendable () async -> Result<SyncRun, RunFailure>
  ) {
    self.run = run
    current = progress ?? { run }
    ending = outcome
  }

  var progress: SyncRun { current() }
  func outcome() async -> Result<SyncRun, RunFailure> { await ending() }
}

/// 2025-10-05T20:00:00.000Z, the moment at which the example's period ends.
let exampleEnd = Timestamp(milliseconds: 1_759_694_400_000)

/// A run; by default one that succeeded.
func makeRun(
  id: Int64 = 7, kind: RunKind = .hourly, state: RunState = .succeeded,
  startedAt: Timestamp = exampleEnd, finishedAt: Timestamp? = exampleEnd.adding(seconds: 2),
  period: Period? = Period(start: exampleEnd.adding(minutes: -75), end: exampleEnd),
  counts: RunCounts = makeCounts(), error: String? = nil, requestedBy: String = "vercel-cron/1.0"
) -> SyncRun {
  SyncRun(
    id: RunID(id), kind: kind, state: state, startedAt: startedAt, finishedAt: finishedAt, period: period,
    counts: counts, error: error, requestedBy: requestedBy)
}

/// A reattribution that moved calls, or rehearsed it: `sums` sums, of which the first has two currencies and the second
/// knows as little as can be.
func makeMovingRun(isRehearsal: Bool = false, sums: Int = 2) -> SyncRun {
  var run = makeRun(kind: .reattribute, period: nil)
  run.isRehearsal = isRehearsal
  run.moves = (0..<sums).map { number in
    MoveSum(
      month: nil, number: nil, from: nil, to: WorkspaceID(Int64(number)), calls: 1, minutes: 0, cost: [])
  }
  run.moves[0] = MoveSum(
    month: "2025-10", number: makeNumber("+34911679868"), from: WorkspaceID(1), to: WorkspaceID(4),
    calls: 1234, minutes: 31,
    cost: [
      MoveSum.Cost(priceUnit: "EUR", sum: "0.90"), MoveSum.Cost(priceUnit: "USD", sum: "0.40300"),
    ])
  run.counts.reattributedCalls = 1235
  return run
}

/// A run that has just been recorded.
func makeRunningRun(id: Int64 = 7, kind: RunKind = .hourly) -> SyncRun {
  makeRun(id: id, kind: kind, state: .running, finishedAt: nil, period: nil, counts: RunCounts())
}

/// The counts of that run.
func makeCounts(total: Int = 87, cases: (Int, Int, Int) = (62, 15, 10)) -> RunCounts {
  var counts = RunCounts()
  counts.totalCalls = total
  counts.savedCalls = cases.0 + cases.1 + cases.2
  (counts.case1Count, counts.case2Count, counts.case3Count) = cases
  counts.twilioRequests = 3
  return counts
}
