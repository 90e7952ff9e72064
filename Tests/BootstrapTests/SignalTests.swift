import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Signals to the real program in the middle of a run", .timeLimit(.minutes(5)))
struct SignalTests {
  @Test(
    "serve ends in order: the run is interrupted, its lease free, complete pages stay",
    arguments: [SIGTERM, SIGINT])
  func serveStopped(signal: Int32) async throws {
    try await withBlockedRun { installation, twilio in
      // As much as platforms leave that kill after ten seconds.
      let service = try await installation.serve(
        changes: twilio.asTwilio.merging(["SHUTDOWN_GRACE_SECONDS": "10"]) { $1 })
      async let running = service.sync()
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      service.program.send(signal)
      let answer = try await running
      #expect(answer.status == 503)
      #expect(answer.text("error")?.contains("se está parando") == true)
      #expect(try await service.program.exitStatus() == 0)
      #expect(service.program.output.contains("⚠️ Sincronización horaria interrumpida"))
      try await expectInterrupted(installation)
      let next = try await installation.run("hourly")
      #expect(next.status == 0)
      #expect(try await installation.storedCalls() == 2001)
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    }
  }

  @Test(
    "hourly ends with 128 + the signal, and the next run makes up for it at once",
    arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
  func hourlyStopped(signal: Int32, status: Int32) async throws {
    try await withBlockedRun { installation, twilio in
      let program = try installation.start("hourly", changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      program.send(signal)
      #expect(try await program.exitStatus() == status)
      try await expectInterrupted(installation)
      let next = try await installation.run("hourly")
      #expect(next.status == 0)
      #expect(try await installation.storedCalls() == 2001)
    }
  }

  @Test("hourly --json that is stopped still prints one object")
  func jsonStopped() async throws {
    try await withBlockedRun { installation, twilio in
      let program = try installation.start("hourly", "--json", changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      program.send(SIGTERM)
      #expect(try await program.exitStatus() == 143)
      #expect(program.output.hasPrefix(#"{"success":false,"error":""#))
      #expect(program.output.split(separator: "\n").count == 1)
    }
  }

  @Test("After SIGKILL the next run waits for the lease's end, and then says what became of the first")
  func killed() async throws {
    try await withBlockedRun { installation, twilio in
      let service = try await installation.serve(changes: twilio.asTwilio)
      let running = Task { try await service.sync() }
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      #expect(try await service.end(SIGKILL) == 128 + SIGKILL)
      _ = await running.result
      let refused = try await installation.run("hourly")
      #expect(refused.status == 3)
      let left = try await installation.value(
        "SELECT extract(epoch FROM expires_at - now())::int FROM sync_leases WHERE kind = 'hourly'")
      #expect(try #require(left.flatMap { Int($0) }) <= 120)

      try await installation.sql(
        "UPDATE sync_leases SET expires_at = now() - interval '1 second' WHERE kind = 'hourly'")
      let next = try await installation.run("hourly")
      #expect(next.status == 0)
      #expect(try await installation.storedCalls() == 2001)
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    }
  }

  @Test("A process that was frozen while another took over commits nothing more")
  func frozen() async throws {
    try await withBlockedRun { installation, twilio in
      let program = try installation.start("hourly", changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      await program.freeze()
      try await installation.sql(
        "UPDATE sync_leases SET expires_at = now() - interval '1 second' WHERE kind = 'hourly'")
      let next = try await installation.run("hourly")
      #expect(next.status == 0)
      let rows = try await installation.column("SELECT id || ' ' || xmin FROM calls ORDER BY id")
      let covered = try await installation.coveredUntil()
      twilio.release()
      program.send(SIGCONT)
      #expect(try await program.exitStatus() == 1)
      #expect(program.errors.contains("Otra ejecución tomó el relevo"))
      #expect(try await installation.column("SELECT id || ' ' || xmin FROM calls ORDER BY id") == rows)
      #expect(try await installation.coveredUntil() == covered)
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    }
  }

  @Test("A server without work ends at once", arguments: [SIGTERM, SIGINT])
  func idle(signal: Int32) async throws {
    try await withPrograms { programs in
      let service = try await LiveService(programs, programs.start([], ConfigurationTests.environment))
      #expect(try await service.end(signal) == 0)
      #expect(service.program.output.hasSuffix("👋 Servicio parado\n"))
    }
  }

  @Test("hourly ends with 3 while another run is in progress, and with 1 when Twilio refuses it")
  func exitStatuses() async throws {
    try await withBlockedRun { installation, twilio in
      let first = try installation.start("hourly", changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      let second = try await installation.run("hourly")
      #expect(second.status == 3)
      #expect(second.errors.contains("Ya hay otra ejecución"))
      twilio.release()
      #expect(try await first.exitStatus() == 0)
      try installation.simulation.setFaults("*:401")
      let refused = try await installation.run("hourly")
      #expect(refused.status == 1)
      #expect(refused.errors.hasPrefix("❌ Twilio no acepta las credenciales"))
      #expect(try await installation.runStates() == ["succeeded", "failed"])
    }
  }

  /// An installation with calls on three pages, and a Twilio that answers no second page until it is released.
  private func withBlockedRun(_ body: (Installation, TCPProxy) async throws -> Void) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      twilio.blockSecondPage()
      let result = await Result { try await body(installation, twilio) }
      twilio.close()
      try result.get()
    }
  }

  private func expectInterrupted(_ installation: Installation) async throws {
    #expect(try await installation.runStates() == ["interrupted"])
    #expect(try await installation.storedCalls() == 1000)
    #expect(try await !installation.coverageHasMoved())
    let isFree = try await installation.value(
      "SELECT expires_at < now() FROM sync_leases WHERE kind = 'hourly'")
    #expect(isFree == "t")
  }
}
