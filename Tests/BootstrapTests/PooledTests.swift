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

  // The end of a session reaches it at any moment afterwards; the pooler goes on lending it until then.
  @Test("Sessions that end behind a pooler before or during a run cost none", arguments: [false, true])
  func sessionsEnd(duringRun: Bool) async throws {
    try await withInstallation { installation in
      _ = try await installation.cluster.bouncer()
      let service = try await installation.serve(
        changes: ["DATABASE_URL": installation.url(port: installation.cluster.poolerPort)])
      #expect(try await service.sync().status == 200)
      for _ in 0..<10 {
        if !duringRun { try await installation.cutConnections() }
        async let running = service.sync()
        if duringRun { try await installation.cutConnections() }
        let answer = try await running
        #expect(answer.status == 200, "\(answer.body)")
      }
    }
  }
}
