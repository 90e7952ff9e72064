import CallDomain
import Foundation
import Postgres
import TestSupport
import Testing
import TwilioSimulator

/// Runs a test with a history of two pages in one slice, and a Twilio that answers for no second page until
/// it is released.
func withBlockedHistory(_ body: (Installation, TCPProxy) async throws -> Void) async throws {
  try await withHistory(calls: 1500) { installation in
    let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
    twilio.blockSecondPage()
    let result = await Result { try await body(installation, twilio) }
    twilio.close()
    try result.get()
  }
}

@Suite("A resync that is stopped", .timeLimit(.minutes(10)))
struct HistoryStopTests {
  static let resuming = "🔁 Se reanuda donde se quedó: 0 de 1 tramos hechos"

  @Test(
    "ends with 128 + the signal and tells how to continue; the same command does",
    arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
  func stopped(signal: Int32, status: Int32) async throws {
    try await withBlockedHistory { installation, twilio in
      let directory = try await installation.directory()
      let arguments = HistorySite.closed(installation)
      let errors = try await stop(installation, twilio, signal, status: status)
      #expect(errors.hasSuffix("\nPara continuar: twilio-sync historical --until \(arguments[1])\n"))
      // One page of two is stored, which is more than half of the calls.
      let percent = errors.prefixMatch(of: #/Progreso: (\d+) %, 1000 llamadas, 1 página, /#)?.1
      #expect((1...99).contains(percent.flatMap { Int($0) } ?? 0))
      let before = installation.simulation.requests.count
      let next = try await installation.resync(arguments)
      #expect(next.status == 0 && next.errors.contains(Self.resuming))
      #expect(next.result.integer("totalCalls") == 1500)
      #expect(next.result.integer("twilioRequests") == 1)
      #expect(installation.simulation.requests.count == before + 1)
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
      try await installation.expectHistory(directory)
    }
  }

  @Test("--json that is stopped prints one object and nothing else")
  func json() async throws {
    try await withBlockedHistory { installation, twilio in
      let program = try installation.startResync(changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
      program.send(SIGINT)
      #expect(try await program.exitStatus() == 130)
      #expect(program.output.hasPrefix(#"{"success":false,"error":""#))
      #expect(program.output.split(separator: "\n").count == 1)
      #expect(program.errors.hasSuffix("\nPara continuar: twilio-sync historical\n"))
    }
  }

  @Test("With --restart, or another period, it begins anew")
  func anew() async throws {
    try await withBlockedHistory { installation, twilio in
      let arguments = HistorySite.closed(installation)
      _ = try await stop(installation, twilio, SIGTERM, status: 143)
      let other = try await installation.resync(["--since", "2025-09-01"] + arguments)
      #expect(other.status == 0 && !other.isContinued)
      let anew = try await installation.resync(arguments + ["--restart"])
      #expect(anew.status == 0 && !anew.isContinued)
      #expect(anew.result.integer("totalCalls") == 1500)
      #expect(anew.result.integer("twilioRequests") == 2)
      // It ended well: nothing is left to go on with.
      let last = try await installation.resync(arguments)
      #expect(last.status == 0 && !last.isContinued)
    }
  }

  @Test("begun anew, tells how to continue without beginning anew once more")
  func restarted() async throws {
    try await withBlockedHistory { installation, twilio in
      let arguments = HistorySite.closed(installation)
      let errors = try await stop(installation, twilio, SIGINT, status: 130, restart: true)
      #expect(errors.hasSuffix("\nPara continuar: twilio-sync historical --until \(arguments[1])\n"))
      let next = try await installation.resync(arguments)
      #expect(next.status == 0 && next.isContinued)
      #expect(next.result.integer("twilioRequests") == 1)
      #expect(
        try await installation.column("SELECT history_restart::text FROM sync_runs") == ["true", "true"])
    }
  }

  @Test("before it could begin anew, tells to do so: else the one before it would be gone on with")
  func notYetRestarted() async throws {
    try await withBlockedHistory { installation, twilio in
      let arguments = HistorySite.closed(installation)
      _ = try await stop(installation, twilio, SIGTERM, status: 143)
      let lock = installation.database.pool(direct: true)
      let program = try await lock.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("LOCK TABLE sync_slices"))
        let program = try installation.startResync(arguments + ["--restart"])
        try await eventually("it waits") { try await installation.waiting("wait_event_type = 'Lock'") }
        program.send(SIGINT)
        #expect(try await program.exitStatus() == 130)
        return program
      }
      #expect(
        program.errors.hasSuffix(
          "\nPara continuar: twilio-sync historical --until \(arguments[1]) --restart\n"),
        "\(program.errors)")
      let next = try await installation.resync(arguments + ["--restart"])
      #expect(next.status == 0 && !next.isContinued)
      #expect(next.result.integer("totalCalls") == 1500)
    }
  }

  @Test("Without an end it extends to now and reads the last 48 hours again")
  func openEnd() async throws {
    try await withBlockedHistory { installation, twilio in
      let now = installation.simulation.now
      installation.simulation.put(TestCalls.settled(10, now: now, price: "-0.02000"))
      let program = try installation.startResync(changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
      program.send(SIGTERM)
      #expect(try await program.exitStatus() == 143)
      let prices = "SELECT DISTINCT cost::text FROM calls WHERE call_date > now() - interval '1 day'"
      #expect(try await installation.column(prices) == ["0.02000"])
      // Twilio corrects the prices, and a call comes in.
      let corrected = TestCalls.settled(11, now: now, price: "-0.07000").map { call in
        var call = call
        call.life.priced = call.life.created.adding(seconds: 600)
        return call
      }
      installation.simulation.put(corrected)
      let next = try await installation.resync()
      #expect(next.status == 0)
      #expect(next.result.integer("totalCalls") == 1511)
      #expect(try await installation.column(prices) == ["0.07000"])
    }
  }

  @Test("A run that fails tells how to continue")
  func failed() async throws {
    try await withHistory(calls: 1500) { installation in
      try installation.simulation.setFaults("list/2:401; list/3:401")
      let failed = try await installation.run("historical", "--since", "2025-08-01")
      #expect(failed.status == 1)
      #expect(failed.errors.contains("❌ Twilio no acepta las credenciales"))
      #expect(failed.errors.hasSuffix("\nPara continuar: twilio-sync historical --since 2025-08-01\n"))
      #expect(failed.output.contains("❌ Resincronización histórica fallida"))
    }
  }

  @Test("serve that is stopped leaves a resync with which the next request goes on")
  func serve() async throws {
    try await withBlockedHistory { installation, twilio in
      let route = "\(HistorySite.route)?until=\(HistorySite.closed(installation)[1])"
      let service = try await installation.serve(changes: twilio.asTwilio)
      async let running = service.ask("POST", route)
      try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
      service.program.send(SIGTERM)
      #expect(try await running.status == 503)
      #expect(try await service.program.exitStatus() == 0)
      let next = try await installation.serve()
      let answer = try await next.ask("POST", route)
      #expect(answer.status == 200 && answer.integer("totalCalls") == 1500)
      #expect(next.program.output.contains(Self.resuming))
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    }
  }

  /// Starts a resync, stops it after its first page, and gives what it said on standard error.
  private func stop(
    _ installation: Installation, _ twilio: TCPProxy, _ signal: Int32, status: Int32, restart: Bool = false
  ) async throws -> String {
    let arguments = ["historical"] + HistorySite.closed(installation) + (restart ? ["--restart"] : [])
    let program = try installation.programs.start(
      arguments, installation.environment.changed(by: twilio.asTwilio))
    try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
    program.send(signal)
    #expect(try await program.exitStatus() == status)
    #expect(program.output.contains("⚠️ Resincronización histórica interrumpida"))
    #expect(try await installation.runStates() == ["interrupted"])
    return program.errors
  }
}
