import CallDomain
import Dispatch
import Synchronization
import WebAPI
import WebServer

/// A service that starts nothing and notes what the routes ask of it.
final class NotedService: Sendable {
  struct Notes {
    var orders: [RunOrder] = []
    var queries: [RunListQuery] = []
    var searches: [CallSearch] = []
  }

  let notes = Mutex(Notes())
  fileprivate let known: ServiceStatus
  fileprivate let added: PageFigures
  fileprivate let recorded: SyncRun?

  /// - Parameter run: The run that is recorded, whatever is asked for.
  init(
    status: ServiceStatus = ServiceStatus(StatusFacts(), rules: AlertRules(), now: .epoch),
    figures: PageFigures = PageFigures(), run: SyncRun? = nil
  ) {
    known = status
    added = figures
    recorded = run
  }

  /// Answers one request, waiting for it.
  func answer(_ request: HTTPRequest, secret: String) -> HTTPResponse {
    let clock = APIClock(milliseconds: { 0 }, sleep: { _ in }, makeRequestID: { "id" })
    let handler = Routes(service: self, secrets: CallerSecrets(secret), version: "1.2.3", clock: clock)
      .handler
    let answer = Answer()
    let isThere = DispatchSemaphore(value: 0)
    Task {
      let response = await handler(request)
      answer.response.withLock { $0 = response }
      isThere.signal()
    }
    isThere.wait()
    return answer.response.withLock { $0 }
  }

  private final class Answer: Sendable {
    let response = Mutex(HTTPResponse())
  }

  fileprivate static func run(_ kind: RunKind) -> SyncRun {
    SyncRun(
      id: RunID(7), kind: kind, state: .succeeded, startedAt: .epoch, finishedAt: .epoch, period: nil,
      counts: RunCounts(), error: nil, requestedBy: "")
  }
}

extension NotedService: SyncService {
  private struct Ended: LiveRun {
    let run: SyncRun
    var progress: SyncRun { run }
    func outcome() async -> Result<SyncRun, RunFailure> { .success(run) }
  }

  func start(
    _ order: RunOrder, requestedBy: String, requestID: String?
  ) async throws(RunFailure) -> any LiveRun {
    notes.withLock { $0.orders.append(order) }
    return Ended(run: Self.run(order.kind))
  }

  func readiness() async -> Readiness { Readiness(database: .ok, schema: .ok) }

  func runs(_ query: RunListQuery) async throws(RunFailure) -> [SyncRun] {
    notes.withLock { $0.queries.append(query) }
    return [Self.run(query.kind ?? .hourly)]
  }

  func run(_ id: RunID) async throws(RunFailure) -> SyncRun? { recorded ?? Self.run(.hourly) }
  func phones() async throws(RunFailure) -> [ListedPhone] { [] }
  func status() async throws(RunFailure) -> ServiceStatus { known }
  func figures(_ scope: PageScope) async throws(RunFailure) -> PageFigures { added }
  func workspaceNames() async throws(RunFailure) -> [WorkspaceID: String] { added.names }

  func calls(_ search: CallSearch) async throws(RunFailure) -> CallList {
    notes.withLock { $0.searches.append(search) }
    return CallList(search: search, calls: [], next: nil)
  }

  func explanation(of sid: CallSID) async throws(RunFailure) -> Explanation? { nil }
  func refusal(of sid: CallSID) async throws(RunFailure) -> String? { nil }
  func metricsText() async -> String { "" }
}
