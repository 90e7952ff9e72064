package import CallDomain
import Curl
import Postgres
import Reporting
package import Telemetry
import WebAPI
import WebServer

/// The metrics of a process that serves: one registry, and what the rooms are given to tell it.
package struct ServiceMetrics: Sendable {
  package let registry = MetricRegistry()
  let sync: SyncMetrics
  private let status: StatusMetrics
  private let twilio: TwilioMetrics
  private let database: DatabaseMetrics
  private let http: HTTPMetrics

  /// Registers every name.
  ///
  /// - Parameter startedAt: When the process began.
  package init(startedAt: Timestamp) throws(TelemetryError) {
    status = try StatusMetrics(registry: registry)
    sync = try SyncMetrics(registry: registry)
    twilio = try TwilioMetrics(registry: registry)
    database = try DatabaseMetrics(registry: registry)
    http = try HTTPMetrics(registry: registry)
    try ProcessMetrics.register(in: registry, startedAt: startedAt)
  }

  /// What Prometheus reads.
  ///
  /// - Parameter status: Nil when nobody can tell it.
  func text(status: ServiceStatus?, pool: PostgresPool.Use) -> String {
    self.status.show(status)
    database.showPool(maximum: pool.maximum, inUse: pool.inUse, idle: pool.idle, waiting: pool.waiting)
    return registry.render()
  }

  func count(_ exchange: CurlExchange) {
    twilio.count(status: exchange.status, seconds: exchange.duration.seconds)
  }

  func count(_ activity: PostgresActivity) {
    switch activity {
    case .connectFailed(let error): database.countFailure(Self.reason(error))
    case .roundTrip(let statements, let duration, let failure):
      database.countRoundTrip(statements: statements, seconds: duration.seconds)
      if let failure { database.countFailure(Self.reason(failure)) }
    }
  }

  func count(_ event: APIEvent) {
    guard case .answered(let request) = event else { return }
    http.count(
      route: request.route, method: request.method, status: request.status,
      milliseconds: request.milliseconds)
  }

  func count(_ event: ServerEvent) {
    switch event {
    case .requestRefused(let error): http.countUnreadable(status: error.status.code)
    case .connectionsRefused(let connections): http.countRefused(connections: connections)
    case .listening, .acceptFailed, .deadlinePassed, .stopped: break
    }
  }

  private static func reason(_ error: PostgresError) -> DatabaseMetrics.Reason {
    error.kind == .cancelled ? .cancelled : error.isUnavailable ? .unavailable : .refused
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// One look at the stored status for all who scrape. A scrape never waits long for a database that is away.
package struct SharedStatus: Sendable {
  /// Milliseconds for which an answer is used, also that nobody can tell.
  package static let lifetime: Int64 = 5000
  /// Milliseconds after which nobody can tell. Prometheus waits for ten seconds.
  package static let limit: Int64 = 4000

  private let answer: SharedAnswer<ServiceStatus?>

  /// - Parameters:
  ///   - milliseconds: A clock that never goes back; only differences count.
  ///   - sleep: Waits that many milliseconds; throws when its task is cancelled.
  ///   - read: Asks once; ends soon when its task is cancelled.
  package init(
    milliseconds: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) async throws -> Void,
    read: @escaping @Sendable () async -> ServiceStatus?
  ) {
    answer = SharedAnswer(lifetime: Self.lifetime, milliseconds: milliseconds) {
      await within(Self.limit, sleep: sleep, read) ?? nil
    }
  }

  /// The status of the look in progress, of one that is young enough, or of a new one.
  package func current() async -> ServiceStatus? {
    await answer.current()
  }
}
