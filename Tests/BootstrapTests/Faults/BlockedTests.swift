import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("A database that makes a run wait", .timeLimit(.minutes(10)))
struct BlockedTests {
  /// What somebody else has locked.
  enum Lock: String, CaseIterable {
    /// Nobody reads or writes the table, as during ALTER TABLE.
    case table = "LOCK TABLE calls IN ACCESS EXCLUSIVE MODE"
    /// Nobody writes it, as during CREATE INDEX.
    case writes = "LOCK TABLE calls IN SHARE MODE"
    /// Nobody writes the stored rows, as during an UPDATE that is not committed.
    case rows = "SELECT FROM calls FOR UPDATE"
  }

  @Test(
    "A lock on calls that is given back: the run waits and goes on, and health is well",
    arguments: Lock.allCases)
  func released(lock: Lock) async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      try await installation.storeChangingCalls(service)
      let running = try await installation.holding(lock) {
        let running = Task { try await service.sync() }
        try await eventually("the run waits for the lock") {
          try await installation.waiting("wait_event_type = 'Lock'")
        }
        #expect(try await service.askOpenly("GET", "/health").status == 200)
        #expect(try await service.askOpenly("GET", "/ready").status == 200)
        return running
      }
      let answer = try await running.value
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3, "\(answer.body)")
      #expect(try await installation.value("SELECT count(*) FROM calls WHERE ended_at IS NULL") == "0")
    }
  }

  @Test("While all work waits for a lock /ready is 200 and a second run is refused at once")
  func workWaits() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve(
        changes: ["DATABASE_URL": installation.directURL, "DATABASE_POOL_SIZE": "3"])
      try await installation.storeChangingCalls(service)
      let metrics = try await service.ask("GET", "/metrics")
      #expect(metrics.body.contains("twilio_sync_database_pool_maximum_connections 3"))
      let (running, looking) = try await installation.holding(.table) {
        let running = Task { try await service.sync() }
        let looking = (0..<3).map { _ in Task { try await service.ask("GET", "/api/sync-status") } }
        // Two places are for work; more than two have work to do.
        try await eventually("work has its places") { try await installation.waitingForLocks() == 2 }
        let ready = try await service.askOpenly("GET", "/ready")
        #expect(ready.status == 200 && ready.text("database") == "ok", "\(ready.body)")
        #expect(try await service.sync().status == 409)
        #expect(try await installation.waitingForLocks() == 2)
        return (running, looking)
      }
      #expect(try await running.value.status == 200)
      for look in looking { #expect(try await look.value.status == 200) }
    }
  }

  @Test(
    "While a resync and an hourly run wait for a lock for 15 seconds, /ready is 200 each time",
    .enabled(if: ChaosProfile.isLong))
  func resyncWaits() async throws {
    try await withHistory { installation in
      let service = try await installation.serve()
      #expect(try await service.askOpenly("GET", "/ready").status == 200)
      let historical = Task { try await service.ask("POST", HistorySite.route) }
      try await eventually("pages are stored") { try await installation.storedCalls() > 0 }
      let (words, hourly) = try await installation.holding(.table) {
        let hourly = Task { try await service.sync() }
        try await eventually("work waits") { try await installation.waitingForLocks() > 1 }
        var words: [String: Int] = [:]
        let end = ContinuousClock.now + .seconds(15)
        while ContinuousClock.now < end {
          let ready = try await service.askOpenly("GET", "/ready")
          words["\(ready.status) \(ready.text("database") ?? "")", default: 0] += 1
          try await Task.sleep(for: .milliseconds(500))
        }
        return (words, hourly)
      }
      print("/ready while work waits: \(words)")
      #expect(words.keys.allSatisfy { $0.hasPrefix("200") })
      #expect(try await hourly.value.status == 200)
      #expect(try await historical.value.status == 200)
    }
  }

  @Test("Behind a pooler whose sessions all wait for a lock /ready says busy, and 200")
  func poolerWaits() async throws {
    try await withInstallation { installation in
      _ = try await installation.cluster.bouncer()
      let url = installation.url(port: installation.cluster.poolerPort)
      let service = try await installation.serve(changes: ["DATABASE_URL": url])
      try await installation.storeChangingCalls(service)
      let (running, looking) = try await installation.holding(.table) {
        let running = Task { try await service.sync() }
        let looking = Task { try await service.ask("GET", "/api/sync-status") }
        try await eventually("both of its sessions wait") { try await installation.waitingForLocks() == 2 }
        let ready = try await service.askOpenly("GET", "/ready")
        #expect(ready.status == 200 && ready.body == Self.busy, "\(ready.body)")
        return (running, looking)
      }
      #expect(try await running.value.status == 200)
      #expect(try await looking.value.status == 200)
      try await eventually("/ready says ok") {
        try await service.askOpenly("GET", "/ready").text("database") == "ok"
      }
    }
  }

  private static let busy = #"{"status":"ready","database":"busy","schema":"ok"}"#

  @Test("A network that is gone while work waits is no busy database: /ready says so")
  func networkGone() async throws {
    try await withInstallation { installation in
      let proxy = try TCPProxy(to: .tcp(port: try #require(installation.cluster.tcpPort)))
      let service = try await installation.serve(
        changes: ["DATABASE_URL": installation.url(port: proxy.port)])
      try await installation.storeChangingCalls(service)
      try await installation.holding(.table) {
        let running = Task { try await service.sync() }
        try await eventually("the run waits for the lock") { try await installation.waitingForLocks() > 0 }
        proxy.pause()
        try await eventually("/ready is 503") {
          let ready = try await service.askOpenly("GET", "/ready")
          return ready.status == 503 && ready.body == DatabaseOutageTests.unreachable
        }
        // It keeps its port: behind another test's proxy the same database would be found there.
        proxy.judge { _, _ in .cutBefore }
        proxy.resume()
        #expect(try await running.value.status == 503)
        proxy.close()
      }
    }
  }

  @Test("A lock on calls that is kept: whole pages only, a sentence, and the next run makes up for it")
  func kept() async throws {
    let seed = ChaosProfile.seed()
    try await withInstallation(simulator: FaultSite.simulator) { installation in
      let site = try await FaultSite(installation, seed: seed)
      for lock in [Lock.table, .writes] {
        try await site.round { installation in
          var way = FaultyWay(installation)
          // What reads waits as long as it may; what writes, as long as for other locks.
          if lock == .table { way.deadline[.database] = .seconds(1) }
          let run = try await FaultyRun(installation, way, lease: LeaseTerms(lockMilliseconds: 300))
          let outcome = try await installation.holding(lock) { await run.outcome() }
          try await run.end()
          guard case .failure(let failure) = outcome else {
            Issue.record("\(lock) did not stop the run, seed \(seed)")
            return
          }
          #expect(failure.code == .database && failure.saysWhatToDo)
          #expect(failure.message.contains(/otro programa bloquea las tablas/), "\(failure.message)")
          try await run.expectWholePages()
          try await site.expectCleanRun(on: installation)
        }
      }
    }
  }

  @Test(
    "A lock on calls that is kept before the whole program: 503 within a minute",
    .enabled(if: ChaosProfile.isLong), arguments: Lock.allCases)
  func keptForLong(lock: Lock) async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      try await installation.storeChangingCalls(service)
      let began = ContinuousClock.now
      let answer = try await installation.holding(lock) { try await service.sync() }
      print("\(lock) kept: told after \(ContinuousClock.now - began)")
      #expect(ContinuousClock.now - began < .seconds(60))
      #expect(answer.status == 503 && answer.text("error")?.contains("bloquea las tablas") == true)
      #expect(try await service.sync().integer("savedCalls") == 3)
    }
  }

  @Test(
    "A role's short statement_timeout ends nothing; a statement that somebody cancels all the same says so"
  )
  func statementTimeout() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(1, now: installation.simulation.now))
      try await installation.sql(
        """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$
        """)
      try await installation.sql(
        "CREATE TRIGGER slow BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION slow()")
      let role = "\(TestCluster.role) IN DATABASE \(installation.database.name)"
      try await installation.sql("ALTER ROLE \(role) SET statement_timeout = '2s'")
      let service = try await installation.serve(changes: ["DATABASE_URL": installation.directURL])
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 1, "\(answer.body)")

      let refused = try await installation.holding(.table) {
        let hasEnded = Mutex(false)
        let running = Task {
          defer { hasEnded.withLock { $0 = true } }
          return try await service.sync()
        }
        // Others wait for the table, too, such as the look at the alerts: whoever does is cancelled.
        try await eventually("the run's statement is cancelled") {
          _ = try await installation.value(
            """
            SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
            WHERE usename = '\(TestCluster.role)' AND datname = current_database() AND wait_event_type = 'Lock'
            """)
          return hasEnded.withLock { $0 }
        }
        return try await running.value
      }
      #expect(refused.status == 503, "\(refused.body)")
      #expect(refused.text("error")?.contains("Alguien canceló") == true, "\(refused.body)")
      #expect(try await service.sync().status == 200)
    }
  }
}

extension Installation {
  /// Past any pooler.
  fileprivate var directURL: String { url(port: cluster.tcpPort) }

  /// How many sessions of the service wait for a lock.
  fileprivate func waitingForLocks() async throws -> Int {
    let count = try await value(
      """
      SELECT count(*) FROM pg_stat_activity WHERE usename = '\(TestCluster.role)'
        AND datname = current_database() AND wait_event_type = 'Lock'
      """)
    return count.flatMap { Int($0) } ?? -1
  }

  /// Stores three calls, which then end.
  fileprivate func storeChangingCalls(_ service: LiveService) async throws {
    let now = simulation.now
    simulation.put(TestCalls.open(3, now: now))
    #expect(try await service.sync().status == 200)
    simulation.put(TestCalls.settled(3, now: now))
  }

  /// Does `body` while somebody else holds the lock.
  fileprivate func holding<Value: Sendable>(
    _ lock: BlockedTests.Lock, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async throws -> Value {
    try await pool.withTransaction(opening: [PostgresStatement(lock.rawValue)]) { _ in try await body() }
  }
}
