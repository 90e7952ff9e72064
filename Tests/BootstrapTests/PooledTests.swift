import TestSupport
import Testing

@Suite("The way to the database", .timeLimit(.minutes(5)))
struct PooledTests {
  // PgBouncer asks the server over its socket.
  @Test("The programs of these tests go through the pooler when they are to, and straight otherwise")
  func way() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      #expect(try await service.sync().status == 200)
      let ways = try await installation.column(
        """
        SELECT DISTINCT coalesce(host(client_addr), 'socket') FROM pg_stat_activity
        WHERE usename = '\(TestCluster.role)' AND datname = current_database()
        """)
      #expect(ways == [PostgresBouncer.isWanted ? "socket" : "127.0.0.1"])
    }
  }
}
