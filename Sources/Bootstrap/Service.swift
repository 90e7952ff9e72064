package import CallDomain
import CallStore
import Curl
import Postgres
import Reporting
package import SyncEngine
import Synchronization
package import Telemetry
import TwilioClient
package import WebAPI

/// Everything that a configuration makes, joined: the graph that `serve` and the commands share.
package struct Service: Sendable {
  let configuration: Configuration
  let logger: Logger
  let pool: PostgresPool
  let store: CallStore
  let conductor: RunConductor
  let gate: MigrationGate
  private let lastLook = LastLook()
  private let notReady: CauseReport
  /// By which a migration that this process began is known again.
  private let migrationToken = Clocks.token()
  /// Nil where nobody reads them.
  let metrics: ServiceMetrics?
  /// The status for all who scrape.
  private let scraped: SharedStatus
  /// The runs that end in this process, for one who follows them.
  let ends: AsyncStream<SyncRun>

  /// Connects to nothing yet.
  ///
  /// - Parameter onEvent: Told what happens in runs, before the log is.
  package init(
    _ configuration: Configuration, logger: Logger, metrics: ServiceMetrics? = nil,
    onEvent: @escaping @Sendable (SyncEvent) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.logger = logger
    self.metrics = metrics
    notReady = CauseReport("not_ready", "No puede empezar ninguna ejecución", to: logger)
    var database = configuration.database
    database.onActivity = { metrics?.count($0) }
    pool = PostgresPool(database)
    let lease = LeaseTerms()
    let store = CallStore(
      pool: pool, schema: configuration.databaseSchema, defaultWorkspace: configuration.defaultWorkspace,
      lease: lease)
    self.store = store
    let migration = MigrationGate(isMigrating: configuration.migratesOnStart)
    self.gate = migration
    let gate = configuration.twilio.map { RequestGate(maximum: $0.concurrency, clock: Clocks.engine) }
    let log = configuration.twilio.map { twilio in
      TwilioCallLog(
        http: CurlClient(
          maxHandles: twilio.concurrency, network: configuration.network, onExchange: { metrics?.count($0) }),
        credentials: twilio.credentials, host: twilio.host, userAgent: Version.userAgent,
        hiding: { configuration.redaction.applied(toValue: $0) })
    }
    var hourly: HourlySync?
    var historical: HistoricalSync?
    var audit: AuditRun?
    if let log, let gate {
      hourly = HourlySync(
        settings: configuration.sync, log: log, gate: gate, calls: store, runs: store, clock: Clocks.engine)
      historical = HistoricalSync(
        settings: configuration.history, log: log, gate: gate, calls: store, runs: store, history: store,
        clock: Clocks.engine)
      audit = AuditRun(log: log, gate: gate, audits: store, runs: store, clock: Clocks.engine)
    }
    let (ends, ending) = AsyncStream.makeStream(of: SyncRun.self, bufferingPolicy: .bufferingNewest(16))
    self.ends = ends
    let rules = configuration.alerts.rules
    let unknown = CauseReport(
      "status_unknown", "/metrics no puede decir cómo está el servicio (twilio_sync_status_up 0)", to: logger)
    scraped = SharedStatus(milliseconds: Clocks.api.milliseconds, sleep: Clocks.sleep) {
      do throws(RunFailure) {
        let now = Clocks.now()
        let status = ServiceStatus(try await store.status(now: now), rules: rules, now: now)
        unknown.forget()
        return status
      } catch {
        // Nobody else cancels it.
        let failure = Task.isCancelled ? RunFailure.slowStatus : error
        if !migration.isMigrating { unknown.report(failure) }
        return nil
      }
    }
    conductor = RunConductor(
      hourly: hourly, historical: historical, audit: audit, calls: store, runs: store, phones: store,
      clock: Clocks.engine, makeToken: Clocks.token, leaseSeconds: lease.seconds, heartbeat: lease.heartbeat,
      report: { trace, event in
        onEvent(event)
        RunReporter(
          logger: logger, runID: trace.run, requestID: trace.requestID, isRehearsal: trace.isRehearsal,
          metrics: metrics?.sync
        ).report(event)
      },
      onEnd: { run in
        metrics?.sync.count(run)
        ending.yield(run)
      })
  }

  /// Begins the audit that follows an hourly run (`AUDIT_DAILY`); nil where none is due or it cannot begin.
  func startDailyAudit(now: Timestamp) async -> (any LiveRun)? {
    guard configuration.auditsDaily else { return nil }
    do throws(RunFailure) {
      guard let period = try await store.dueAudit(now: now) else { return nil }
      return try await start(
        .audit(since: period.start, until: period.end, isDaily: true), requestedBy: SyncRun.dailyRequester)
    } catch {
      // Another audit is in progress, or the service stops: the next hourly run asks again.
      if error.code != .alreadyRunning, error.code != .stopping {
        RefusalReport.report(error, of: .audit, requestID: nil, to: logger)
      }
      return nil
    }
  }

  /// The schema's migration, whose steps go to the log.
  var migrator: Migrator {
    Migrator(
      pool: pool, schema: configuration.databaseSchema, defaultWorkspace: configuration.defaultWorkspace,
      token: migrationToken, now: Clocks.now, sleep: Clocks.sleep,
      onEvent: { MigrationReport.report($0, to: logger) })
  }
}

extension Service: SyncService {
  /// Not while the schema is being migrated.
  package func start(
    _ order: RunOrder, requestedBy: String, requestID: String? = nil
  ) async throws(RunFailure) -> any LiveRun {
    guard !gate.isMigrating else {
      throw RunFailure(
        .database(.oldSchema), "El esquema se está migrando.",
        "Repita la petición cuando /ready responda 200.",
        retryAfter: 10)
    }
    // It comes from a header, into which somebody may have put the secret by mistake.
    let requester = configuration.redaction.applied(toValue: requestedBy)
    let run = try await conductor.start(order, requestedBy: requester, requestID: requestID)
    lastLook.note(Readiness(database: .ok, schema: .ok))
    notReady.forget()
    return run
  }

  package func readiness() async -> Readiness {
    if gate.isMigrating { return Readiness(database: .ok, schema: .migrating) }
    let look = Task { () -> RunFailure? in
      do throws(RunFailure) {
        try await store.check(within: LastLook.statementLimit)
        return nil
      } catch {
        return error
      }
    }
    let alarm = Task {
      try await Clocks.sleep(LastLook.limit)
      look.cancel()
    }
    let failure = await look.value
    alarm.cancel()
    if let failure { notReady.report(failure) } else { notReady.forget() }
    let readiness = failure.map { Readiness($0) } ?? Readiness(database: .ok, schema: .ok)
    return lastLook.note(readiness, isWorking: pool.use.inUse > 0)
  }

  package func runs(_ query: RunListQuery) async throws(RunFailure) -> [SyncRun] {
    try await store.runs(limit: query.limit, before: query.before, kind: query.kind)
  }

  package func run(_ id: RunID) async throws(RunFailure) -> SyncRun? {
    try await store.run(id)
  }

  package func status() async throws(RunFailure) -> ServiceStatus {
    try await status(now: Clocks.now())
  }

  /// By the one evaluation of the alerts.
  func status(now: Timestamp) async throws(RunFailure) -> ServiceStatus {
    ServiceStatus(try await store.status(now: now), rules: configuration.alerts.rules, now: now)
  }

  package func figures(_ scope: PageScope) async throws(RunFailure) -> PageFigures {
    try await store.pageFigures(scope, now: Clocks.now())
  }

  package func workspaceNames() async throws(RunFailure) -> [WorkspaceID: String] {
    try await store.workspaceNames()
  }

  package func calls(_ search: CallSearch) async throws(RunFailure) -> CallList {
    try await store.calls(search.within(now: Clocks.now()))
  }

  package func explanation(of sid: CallSID) async throws(RunFailure) -> Explanation? {
    try await store.explanation(of: sid)
  }

  package func phones() async throws(RunFailure) -> [ListedPhone] {
    try await store.phones(now: Clocks.now())
  }

  package func refusal(of sid: CallSID) async throws(RunFailure) -> String? {
    try await store.refusal(of: sid)
  }

  package func metricsText() async -> String {
    guard let metrics else { return "" }
    return metrics.text(status: await scraped.current(), pool: pool.use)
  }
}

/// What the last look at the database that got an answer said of the schema.
package final class LastLook: Sendable {
  /// How long a look waits for a connection, and for the answer to a statement: what stands and has none by then
  /// is busy. The server then has a moment for its last word.
  package static let statementLimit = Duration.seconds(2)
  /// Milliseconds after which a look is cut off that has not even come to a statement.
  package static let limit: Int64 = 3000

  private let schema = Mutex(Readiness.Schema.unknown)

  /// Nobody has looked yet.
  package init() {}

  /// - Parameter isWorking: Whether connections of ours are at work: only then is a database that leaves a look
  ///   without an answer busy, and not out of reach.
  /// - Returns: What this look amounts to; of a busy database the last one's answer still holds.
  @discardableResult
  package func note(_ look: Readiness, isWorking: Bool = false) -> Readiness {
    schema.withLock { schema in
      if look.database == .busy, isWorking { return Readiness(database: .busy, schema: schema) }
      schema = look.database == .ok ? look.schema : .unknown
      return look.database == .busy ? Readiness(database: .unreachable, schema: .unknown) : look
    }
  }
}

extension RunFailure {
  /// A look at the status that took longer than a scrape waits.
  fileprivate static let slowStatus = RunFailure(
    .database(.busy), "La base de datos no respondió en \(SharedStatus.limit / 1000) segundos.",
    "Compruebe que está en marcha y mire qué la frena (pg_stat_activity).")
}
