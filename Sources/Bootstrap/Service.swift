import CallDomain
import CallStore
import Curl
import Postgres
import Reporting
package import SyncEngine
package import Telemetry
import TwilioClient
import WebAPI

/// Everything that a configuration makes, joined: the graph that `serve` and the commands share.
package struct Service: Sendable {
  let configuration: Configuration
  let logger: Logger
  let pool: PostgresPool
  let store: CallStore
  let conductor: RunConductor
  let gate: MigrationGate
  private let lastLook = LastLook()
  /// By which a migration that this process began is known again.
  private let migrationToken = Clocks.token()
  /// Nil where nobody reads them.
  let metrics: ServiceMetrics?
  /// The runs that end in this process, for one who follows them.
  let ends: AsyncStream<RunEnd>

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
    var database = configuration.database
    database.onActivity = { metrics?.count($0) }
    pool = PostgresPool(database)
    let lease = LeaseTerms()
    let store = CallStore(
      pool: pool, schema: configuration.databaseSchema, defaultWorkspace: configuration.defaultWorkspace,
      lease: lease)
    self.store = store
    gate = MigrationGate(isMigrating: configuration.migratesOnStart)
    let gate = configuration.twilio.map { RequestGate(maximum: $0.concurrency, clock: Clocks.engine) }
    let log = configuration.twilio.map { twilio in
      TwilioCallLog(
        http: CurlClient(maxHandles: twilio.concurrency, onExchange: { metrics?.count($0) }),
        credentials: twilio.credentials, host: twilio.host, userAgent: "twilio-sync/\(Version.text)")
    }
    var hourly: HourlySync?
    var historical: HistoricalSync?
    if let log, let gate {
      hourly = HourlySync(
        settings: configuration.sync, log: log, gate: gate, calls: store, runs: store, clock: Clocks.engine)
      historical = HistoricalSync(
        settings: configuration.history, log: log, gate: gate, calls: store, runs: store, history: store,
        clock: Clocks.engine)
    }
    let (ends, ending) = AsyncStream.makeStream(of: RunEnd.self, bufferingPolicy: .bufferingNewest(16))
    self.ends = ends
    conductor = RunConductor(
      hourly: hourly, historical: historical, calls: store, runs: store, clock: Clocks.engine,
      beat: lease.beat,
      report: { trace, event in
        onEvent(event)
        RunReporter(logger: logger, runID: trace.run, requestID: trace.requestID, metrics: metrics?.sync)
          .report(event)
        if let end = RunEnd(event) { ending.yield(end) }
      },
      onEnd: { metrics?.sync.count($0) })
  }

  /// Starts a run, unless the schema is being migrated.
  ///
  /// - Parameter requestID: The request that asked for it; nil where none did.
  func start(
    _ order: RunOrder, requestedBy: String, requestID: String? = nil
  ) async throws(RunFailure) -> LiveRun {
    guard !gate.isMigrating else {
      throw RunFailure(
        .database(.oldSchema), "El esquema se está migrando.",
        "Repita la petición cuando /ready responda 200.",
        retryAfter: 10)
    }
    // It comes from a header, into which somebody may have put the secret by mistake.
    let requester = Redaction(secrets: configuration.secrets).applied(to: requestedBy)
    let run = try await conductor.start(order, requestedBy: requester, requestID: requestID)
    lastLook.note(Readiness(database: .ok, schema: .ok))
    return run
  }

  /// What the routes can do.
  var actions: ServiceActions {
    ServiceActions(
      kinds: Set(RunKind.allCases),
      start: { order, requestedBy, requestID throws(RunFailure) in
        let live = try await start(order, requestedBy: requestedBy, requestID: requestID)
        return StartedRun(live.run, progress: { live.progress }, outcome: { await live.outcome() })
      },
      readiness: { await readiness() },
      runs: { query throws(RunFailure) in
        try await store.runs(limit: query.limit, before: query.before, kind: query.kind)
      },
      run: { id throws(RunFailure) in try await store.run(id) },
      status: { () throws(RunFailure) in try await status() },
      figures: { () throws(RunFailure) in try await store.pageFigures(now: Clocks.now()) },
      metrics: metrics.map { scrape($0) })
  }

  /// What `/metrics` answers, whether the database is there or not.
  private func scrape(_ metrics: ServiceMetrics) -> @Sendable () async -> String {
    let shared = SharedStatus(milliseconds: Clocks.api.milliseconds, sleep: Clocks.sleep) {
      try? await status()
    }
    return { metrics.text(status: await shared.current(), pool: pool.use) }
  }

  /// How the service stands, by the one evaluation of the alerts.
  func status(now: Timestamp = Clocks.now()) async throws(RunFailure) -> ServiceStatus {
    ServiceStatus(try await store.status(now: now), rules: configuration.alerts.rules, now: now)
  }

  /// Whether a run could start now; answers within a few seconds, whatever the database does.
  func readiness() async -> Readiness {
    if gate.isMigrating { return Readiness(database: .ok, schema: .migrating) }
    let look = Task {
      do throws(RunFailure) {
        try await store.check(within: LastLook.statementLimit)
        return Readiness(database: .ok, schema: .ok)
      } catch {
        return Readiness(error)
      }
    }
    let alarm = Task {
      try await Clocks.sleep(LastLook.limit)
      look.cancel()
    }
    let readiness = await look.value
    alarm.cancel()
    return lastLook.note(readiness, isWorking: pool.use.inUse > 0)
  }

  /// The schema's migration, whose steps go to the log.
  var migrator: Migrator {
    Migrator(
      pool: pool, schema: configuration.databaseSchema, defaultWorkspace: configuration.defaultWorkspace,
      token: migrationToken, now: Clocks.now, sleep: Clocks.sleep,
      onEvent: { MigrationReport.report($0, to: logger) })
  }
}
