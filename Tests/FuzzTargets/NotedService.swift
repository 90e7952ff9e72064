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
  }

  let notes = Mutex(Notes())
  private let status: ServiceStatus
  private let figures: PageFigures
  private let recorded: SyncRun?

  /// - Parameter run: The run that is recorded, whatever is asked for.
  init(
    status: ServiceStatus = ServiceStatus(StatusFacts(), rules: AlertRules(), now: .epoch),
    figures: PageFigures = PageFigures(), run: SyncRun? = nil
  ) {
    self.status = status
    self.figures = figures
    recorded = run
  }

  /// Answers one request, waiting for it.
  func answer(_ request: HTTPRequest, secret: String) -> HTTPResponse {
    let clock = APIClock(milliseconds: { 0 }, sleep: { _ in }, makeRequestID: { "id" })
    let handler = Routes(actions: actions, secret: secret, version: "1.2.3", clock: clock).handler
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

  private var actions: ServiceActions {
    var actions = ServiceActions(
      start: { order, _, _ throws(RunFailure) in
        self.notes.withLock { $0.orders.append(order) }
        return StartedRun(Self.run(order.kind), outcome: { .success(Self.run(order.kind)) })
      },
      readiness: { Readiness(database: .ok, schema: .ok) })
    actions.runs = { query throws(RunFailure) in
      self.notes.withLock { $0.queries.append(query) }
      return [Self.run(query.kind ?? .hourly)]
    }
    actions.run = { id throws(RunFailure) in
      self.recorded ?? Self.run(.hourly)
    }
    actions.status = { () throws(RunFailure) in self.status }
    actions.figures = { () throws(RunFailure) in self.figures }
    actions.metrics = { "" }
    return actions
  }

  private static func run(_ kind: RunKind) -> SyncRun {
    SyncRun(
      id: RunID(7), kind: kind, state: .succeeded, startedAt: .epoch, finishedAt: .epoch, period: nil,
      counts: RunCounts(), error: nil, requestedBy: "")
  }
}
