import TestSupport
import Testing
import TwilioSimulator

@Suite("Hourly runs beside a resync", .timeLimit(.minutes(30)))
struct HistoryBesideTests {
  @Test("all succeed, one after the other, while the resync goes on and succeeds, too")
  func hourly() async throws {
    try await withHistory { installation in
      let directory = try await installation.directory()
      installation.simulation.put(TestCalls.settled(200, now: installation.simulation.now))
      // Short pages in effect: the resync takes a while, however fast the machine.
      installation.simulation.options.repeatedRows = ChaosProfile.isLong ? 500 : 900
      installation.simulation.setLoad(latencyMilliseconds: 100, concurrencyLimit: nil)
      let service = try await installation.serve()
      let accepted = try await service.ask(
        "POST", HistorySite.route, headers: ["Prefer: respond-async"])
      let location = try #require(accepted.header("Location"))
      var beside = 0
      var longest = Duration.zero
      while true {
        let began = ContinuousClock.now
        let hourly = try await service.sync()
        longest = max(longest, ContinuousClock.now - began)
        #expect(hourly.status == 200 && hourly.integer("totalCalls") == 200)
        let state = try await service.ask("GET", location).text("state")
        guard state == "running" else {
          #expect(state == "succeeded")
          break
        }
        beside += 1
      }
      #expect(beside >= 1)
      #expect(try await installation.column("SELECT DISTINCT state FROM sync_runs") == ["succeeded"])
      try await installation.expectHistory(directory)
      let lines = service.program.output.split(separator: "\n")
      #expect(!lines.contains { $0.contains("Ya hay otra ejecución") })
      print("beside the resync: \(beside) hourly runs, the longest took \(longest)")
    }
  }

  @Test("A second resync is refused while one is in progress, an hourly run is not")
  func conflict() async throws {
    try await withBlockedHistory { installation, twilio in
      let first = try installation.startResync(HistorySite.closed(installation), changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
      let second = try await installation.resync()
      #expect(second.status == 3)
      #expect(second.output.contains("Ya hay otra ejecución"))
      let service = try await installation.serve()
      let third = try await service.ask("POST", HistorySite.route)
      #expect(third.status == 409 && third.integer("runId") == 1)
      #expect(try await service.sync().status == 200)
      #expect(try await installation.run("hourly").status == 0)
      twilio.release()
      #expect(try await first.exitStatus() == 0)
      #expect(
        try await installation.runStates() == Array(repeating: "succeeded", count: 3))
    }
  }
}
