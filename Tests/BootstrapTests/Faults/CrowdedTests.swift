import Postgres
import TestSupport
import Testing
import TwilioSimulator

@Suite("A database whose connections are used up", .timeLimit(.minutes(5)))
struct CrowdedTests {
  private static let settings = ["max_connections = 12", "superuser_reserved_connections = 4"]

  @Test("503 with what to do, health as ever; one connection that becomes free is enough for a run")
  func usedUp() async throws {
    try await withPrivateInstallation(settings: Self.settings) { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let url = installation.url(port: installation.cluster.tcpPort)
      // The administrator's connection stands before the others come.
      #expect(try await installation.storedCalls() == 0)
      var crowd = try await crowd(url)
      let service = try await installation.serve(changes: ["DATABASE_URL": url])
      let refused = try await service.sync()
      #expect(refused.status == 503)
      #expect(refused.text("error")?.contains("max_connections") == true, "\(refused.body)")
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      let ready = try await service.askOpenly("GET", "/ready")
      #expect(ready.status == 503 && ready.text("database") == "unreachable")
      let command = try await installation.run("hourly", changes: ["DATABASE_URL": url])
      #expect(command.status == 1 && command.errors.contains("max_connections"))

      try await #require(crowd.popLast()).leave(installation)
      // The server counts a connection a moment longer than it shows it.
      try await eventually("a run begins") {
        let answer = try await service.sync()
        #expect(answer.status == 200 || answer.integer("runId") == nil, "\(answer.body)")
        return answer.status == 200
      }
      #expect(try await installation.runStates() == ["succeeded"])
    }
  }

  /// Somebody else's connection.
  private struct Guest {
    let pool: PostgresPool
    let process: Int64

    /// Goes, and waits until the server has noticed.
    func leave(_ installation: Installation) async throws {
      await pool.close(grace: .zero)
      try await eventually("the server has noticed") {
        try await installation.value("SELECT count(*) FROM pg_stat_activity WHERE pid = \(process)") == "0"
      }
    }
  }

  /// Takes every connection there is for the service's role.
  private func crowd(_ url: String) async throws -> [Guest] {
    var guests: [Guest] = []
    while true {
      let pool = PostgresPool(PostgresConfiguration(url))
      do {
        let answer = try await pool.repeatable(PostgresStatement("SELECT pg_backend_pid()"))
        guests.append(Guest(pool: pool, process: try #require(answer.rows.first).requiredInt(0)))
      } catch let error as PostgresError {
        try #require(error.kind == .tooManyConnections && !guests.isEmpty)
        return guests
      }
    }
  }
}
