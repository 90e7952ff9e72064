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
