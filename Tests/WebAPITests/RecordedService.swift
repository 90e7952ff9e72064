import CallDomain
import Synchronization
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
    var checks = 0
    var events: [APIEvent] = []
  }

  private let notes = Mutex(Notes())
  let clock = ManualClock()
  let secret: String
  private let kinds: Set<RunKind>
  private let start: @Sendable (RunOrder) async throws(RunFailure) -> StartedRun
  private let recorded: Result<[SyncRun], RunFailure>?
  private let readiness: @Sendable () async -> Readiness
  private let status: Result<ServiceStatus, RunFailure>?
  private let figures: Result<PageFigures, RunFailure>?
  private let metrics: (@Sendable () async -> String)?

  init(
    secret: String = "correct-horse-battery", kinds: Set<RunKind> = Set(RunKind.allCases),
    recorded: Result<[SyncRun], RunFailure>? = .success([]),
    status: Result<ServiceStatus, RunFailure>? = nil,
    figures: Result<PageFigures, RunFailure>? = nil,
    readiness: @escaping @Sendable () async -> Readiness = { Readiness(database: .ok, schema: .ok) },
    metrics: (@Sendable () async -> String)? = { "up 1\n" },
    start: @escaping @Sendable (RunOrder) async throws(RunFailure) -> StartedRun = { order in
      StartedRun(makeRunningRun(kind: order.kind), outcome: { .success(makeRun(kind: order.kind)) })
    }
  ) {
    self.secret = secret
    self.kinds = kinds
    self.recorded = recorded
    self.readiness = readiness
    self.status = status
    self.figures = figures
    self.metrics = metrics
    self.start = start
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
  var checks: Int { notes.withLock { $0.checks } }
  var events: [APIEvent] { notes.withLock { $0.events } }

  func makeRoutes(attempts: AttemptLimiter = AttemptLimiter()) -> Routes {
    Routes(
      actions: actions, secret: secret, version: "1.2.3", clock: clock.api, attempts: attempts,
      onEvent: { event in self.notes.withLock { $0.events.append(event) } })
  }

  private var actions: ServiceActions {
    var actions = ServiceActions(
      kinds: kinds,
      start: { order, requestedBy, requestID throws(RunFailure) in
        self.notes.withLock { notes in
          notes.starts.append(Start(order: order, requestedBy: requestedBy))
          notes.requestIDs.append(requestID)
        }
        return try await self.start(order)
      },
      readiness: {
        self.notes.withLock { $0.checks += 1 }
        return await self.readiness()
      })
    if let status { actions.status = { () throws(RunFailure) in try status.get() } }
    if let figures { actions.figures = { () throws(RunFailure) in try figures.get() } }
    actions.metrics = metrics
    guard let recorded else { return actions }
    actions.runs = { query throws(RunFailure) in
      self.notes.withLock { $0.queries.append(query) }
      let matching = try recorded.get().filter { run in
        (query.before.map { run.id < $0 } ?? true) && (query.kind.map { run.kind == $0 } ?? true)
      }
      return Array(matching.prefix(query.limit))
    }
    actions.run = { id throws(RunFailure) in
      self.notes.withLock { $0.asked.append(id) }
      return try recorded.get().first { $0.id == id }
    }
    return actions
  }
}
