import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync that is begun anew", .timeLimit(.minutes(5)))
struct RestartTests {
  /// Runs a test in which Twilio has lowered all prices that are stored, those of yesterday's last hour, and left
  /// their stamps (`date_updated`) as they were: by the rules of versions the stored ones count.
  private func withLoweredPrices(
    calls: Int, _ body: (Installation, _ arguments: [String]) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      let today = installation.simulation.now.startOfDay
      let days = [today.adding(hours: -24), today].map { String($0.iso8601.prefix(10)) }
      let arguments = ["--since", days[0], "--until", days[1]]
      installation.simulation.put(TestCalls.settled(calls, now: today, price: "-0.02000"))
      #expect(try await installation.resync(arguments).status == 0)
      installation.simulation.put(TestCalls.settled(calls, now: today, price: "-0.01000"))
      try await body(installation, arguments)
    }
  }

  private func prices(_ installation: Installation) async throws -> [String?] {
    try await installation.column(
      "SELECT DISTINCT concat_ws(' ', cost, raw_data->>'price') FROM calls ORDER BY 1")
  }

  @Test("takes a price that Twilio corrected under the same stamp; without --restart the stored one stays")
  func correctedPrice() async throws {
    try await withLoweredPrices(calls: 20) { installation, arguments in
      #expect(try await installation.resync(arguments).status == 0)
      #expect(try await prices(installation) == ["0.02000 -0.02000"])
      let anew = try await installation.resync(arguments + ["--restart"])
      #expect(anew.status == 0 && !anew.isContinued, "\(anew.errors)")
      #expect(try await prices(installation) == ["0.01000 -0.01000"])
    }
  }

  @Test("and interrupted takes what Twilio says also when it goes on without --restart")
  func goesOn() async throws {
    try await withLoweredPrices(calls: 1100) { installation, arguments in
      try installation.simulation.setFaults("next/*:401")
      #expect(try await installation.resync(arguments + ["--restart"]).status == 1)
      #expect(try await prices(installation) == ["0.01000 -0.01000", "0.02000 -0.02000"])
      try installation.simulation.setFaults("")
      let run = try await installation.resync(arguments)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(try await prices(installation) == ["0.01000 -0.01000"])
    }
  }
}
