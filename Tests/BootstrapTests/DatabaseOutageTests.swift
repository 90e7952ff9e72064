import TestSupport
import Testing
import TwilioSimulator

@Suite("A database that is away, before the whole program", .timeLimit(.minutes(5)))
struct DatabaseOutageTests {
  static let unreachable = #"{"status":"unready","database":"unreachable","schema":"unknown"}"#
  static let migrating = #"{"status":"unready","database":"ok","schema":"migrating"}"#

  @Test("Down at the start: serve starts, says so, and works once the database is there")
  func downAtStart() async throws {
    try await withPrivateInstallation { installation in
      try await installation.cluster.stop()
      let service = try await installation.serve()
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      let ready = try await service.askOpenly("GET", "/ready")
      #expect(ready.status == 503 && ready.body == Self.unreachable)
      let refused = try await service.sync()
      #expect(refused.status == 503)
      #expect(refused.text("error")?.contains("No se puede usar la base de datos") == true)
      let command = try await installation.run("hourly")
      #expect(command.status == 1)

      try await installation.cluster.start()
      // A pooler turns one more away before it tries the server again.
      try await eventually("a run succeeds") { try await service.sync().status == 200 }
      try await eventually("/ready is 200") { try await service.askOpenly("GET", "/ready").status == 200 }
      #expect(try await installation.runStates() == ["succeeded"])
    }
  }

  @Test("Crashing in the middle of a run: 503, complete pages only, and the next run makes up for it")
  func crashesInRun() async throws {
    try await withPrivateInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      let service = try await installation.serve(changes: twilio.asTwilio)
      twilio.blockSecondPage()
      async let running = service.sync()
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      try await installation.cluster.stop(.immediate)
      twilio.release()
      let failed = try await running
      #expect(failed.status == 503)
      #expect(failed.text("error")?.contains("No se puede usar la base de datos") == true)

      try await installation.cluster.start()
      #expect(try await installation.storedCalls() == 1000)
      #expect(try await !installation.coverageHasMoved())
      // The failed run is still being recorded as such, beside.
      try await eventually("the lease is free") { try await service.sync().status == 200 }
      #expect(try await installation.storedCalls() == 2001)
      #expect(try await installation.runStates().first == "failed")
      twilio.close()
    }
  }

  @Test("A connection cut in the middle of a run is no reason to fail: the page is committed anew")
  func connectionCut() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      let service = try await installation.serve(changes: twilio.asTwilio)
      twilio.blockSecondPage()
      async let running = service.sync()
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      try await installation.cutConnections()
      twilio.release()
      let answer = try await running
      #expect(answer.status == 200 && answer.integer("savedCalls") == 2001)
      twilio.close()
    }
  }

  @Test("MIGRATE_ON_START with the database away: the port opens first, then it migrates")
  func migratesOnStart() async throws {
    try await withPrivateInstallation { installation in
      try await installation.sql("DROP SCHEMA public CASCADE")
      try await installation.sql("CREATE SCHEMA public")
      try await installation.sql("GRANT ALL ON SCHEMA public TO \(TestCluster.role)")
      try await installation.cluster.stop()
      let service = try await installation.serve(changes: ["MIGRATE_ON_START": "true"])
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      let ready = try await service.askOpenly("GET", "/ready")
      #expect(ready.status == 503 && ready.body == Self.migrating)
      let refused = try await service.sync()
      #expect(refused.status == 503 && refused.text("error")?.contains("migrando") == true)
      _ = try await service.program.line(containing: "La migración falló")

      try await installation.cluster.start()
      try await eventually("/ready is 200") { try await service.askOpenly("GET", "/ready").status == 200 }
      #expect(try await service.sync().status == 200)
    }
  }

  @Test("SIGTERM ends serve while it waits for a database to migrate")
  func endsWhileWaiting() async throws {
    try await withPrivateInstallation { installation in
      try await installation.cluster.stop()
      let service = try await installation.serve(changes: ["MIGRATE_ON_START": "true"])
      _ = try await service.program.line(containing: "La migración falló")
      #expect(try await service.end() == 0)
      try await installation.cluster.start()
    }
  }
}
