import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("How long the real program keeps connections, and how long it takes to stop", .timeLimit(.minutes(5)))
struct StopTests {
  @Test("KEEP_ALIVE_SECONDS: an idle connection is closed by then, which it is not by itself within a minute")
  func keepAlive() async throws {
    try await withPrograms { programs in
      let environment = ConfigurationTests.environment.changed(by: ["KEEP_ALIVE_SECONDS": "1"])
      let service = try await LiveService(programs, programs.start([], environment))
      var used: RawSocketClient?
      // On a busy machine the second may pass between two requests.
      try await eventually("a connection serves two") {
        let client = try await RawSocketClient(port: service.port)
        for _ in 0..<2 {
          try? await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
          let answer = await client.read { $0.last == UInt8(ascii: "}") ? $0.count : nil }
          guard answer.ending == .satisfied else { return false }
        }
        used = client
        return true
      }
      #expect(await used?.readToEnd(within: .seconds(60)).ending == .end)
      #expect(try await service.end() == 0)
    }
  }

  @Test("A database that comes back before the stop has to end: the run's end is recorded, exit status 0")
  func recordedLate() async throws {
    try await withInstallation { installation in
      let proxy = try TCPProxy(to: .tcp(port: try #require(installation.cluster.tcpPort)))
      let (service, twilio) = try await blockedRun(
        installation, grace: 240, database: installation.url(port: proxy.port))
      // The end is tried for a minute: so it is not for the test to see that it has failed and to let it succeed.
      let away = proxy.accepted + 10
      proxy.judgeEach { connection, _, _ in connection <= away ? .cutBefore : .forward }
      service.program.send(SIGTERM)
      #expect(try await service.program.exitStatus() == 0)
      let said = service.program.output
      #expect(said.contains("Sincronización horaria interrumpida") && said.contains(Self.away), "\(said)")
      #expect(proxy.accepted > away)
      proxy.close()
      #expect(try await installation.runStates() == ["interrupted"])
      let isFree = try await installation.value(
        "SELECT expires_at < now() FROM sync_leases WHERE kind = 'hourly'")
      #expect(isFree == "t")
      twilio.close()
    }
  }

  @Test(
    "A database that does not: the process ends when SHUTDOWN_GRACE_SECONDS are over, and says what is left")
  func cutOff() async throws {
    try await withInstallation { installation in
      let proxy = try TCPProxy(to: .tcp(port: try #require(installation.cluster.tcpPort)))
      let (service, twilio) = try await blockedRun(
        installation, grace: 2, database: installation.url(port: proxy.port))
      proxy.pause()
      service.program.send(SIGTERM)
      #expect(try await service.program.exitStatus() == 143)
      #expect(service.program.output.contains("⚠️ La parada no acabó en 2 s (SHUTDOWN_GRACE_SECONDS)"))
      proxy.close()
      twilio.close()
      #expect(try await installation.runStates() == ["running"])
      try await installation.endLease()
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    }
  }

  private static let away = "Nuevo intento en"

  /// A server in whose run Twilio has stopped to answer after the first page.
  private func blockedRun(
    _ installation: Installation, grace: Int, database: String? = nil
  ) async throws -> (LiveService, TCPProxy) {
    installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
    let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
    twilio.blockSecondPage()
    var changes = twilio.asTwilio
    changes["SHUTDOWN_GRACE_SECONDS"] = "\(grace)"
    if let database { changes["DATABASE_URL"] = database }
    let service = try await installation.serve(changes: changes)
    let answer = try await service.ask("POST", LiveService.route, headers: ["Prefer: respond-async"])
    #expect(answer.status == 202)
    try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
    return (service, twilio)
  }
}
