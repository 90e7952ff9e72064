import TestSupport
import Testing
import TwilioSimulator

@Suite("A clock that differs from Twilio's, in the whole program", .timeLimit(.minutes(5)))
struct ClockTests {
  @Test("90 seconds apart: one warning, and the run goes on", arguments: [-90, 90])
  func warned(skew: Int) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      // The simulator's skew is Twilio's; ours is the opposite.
      try installation.simulation.setFaults("*:date=\(skew)")
      let service = try await installation.serve()
      #expect(try await service.sync().status == 200)
      let warning = try await service.program.line(containing: "El reloj de este equipo")
      let side = skew > 0 ? "atrasado" : "adelantado"
      #expect(warning.contains(/va [89]\d s/) && warning.contains(side))
      #expect(service.program.output.matches(of: /El reloj de este equipo/).count == 1)
    }
  }

  @Test("Ten minutes apart: the run fails with a sentence and moves nothing", arguments: [-600, 600])
  func failed(skew: Int) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults("*:date=\(skew)")
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect([500, 502].contains(answer.status))
      #expect(answer.text("error")?.contains("Ponga el reloj en hora") == true)
      #expect(installation.simulation.requests.count == 1)
      #expect(try await installation.storedCalls() == 0)
      #expect(try await !installation.coverageHasMoved())
      try installation.simulation.setFaults("")
      #expect(try await service.sync().integer("savedCalls") == 3)
    }
  }

  @Test("A Date header without a date is no reason to stop")
  func missing() async throws {
    try await withInstallation { installation in
      try installation.simulation.setFaults("*:no-date")
      let answer = try await installation.serve().sync()
      #expect(answer.status == 200)
    }
  }
}
