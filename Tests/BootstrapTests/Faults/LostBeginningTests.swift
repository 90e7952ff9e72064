import TestSupport
import Testing
import TwilioSimulator

@Suite("A run whose beginning is committed and whose answer is lost", .timeLimit(.minutes(5)))
struct LostBeginningTests {
  /// A service on a way on which answers can be lost.
  private func withLostAnswers(
    _ body: (Installation, LiveService, LostAnswers) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let answers = try LostAnswers(to: .tcp(port: try #require(installation.cluster.programPort)))
      let service = try await installation.serve(
        changes: ["DATABASE_URL": installation.url(port: answers.port)])
      try await body(installation, service, answers)
      answers.close()
    }
  }

  @Test("The run goes on, and is recorded once")
  func goesOn() async throws {
    try await withLostAnswers { installation, service, answers in
      answers.lose()
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3, "\(answer.body)")
      #expect(answers.lost == 1)
      #expect(try await installation.runStates() == ["succeeded"])
    }
  }

  @Test("The database away at once after it: 503, and the lease is freed as soon as it is back, not run out")
  func away() async throws {
    try await withLostAnswers { installation, service, answers in
      answers.lose(forGood: true)
      #expect(try await service.sync().status == 503)
      #expect(answers.lost == 1)
      #expect(try await installation.runStates() == ["running"])
      answers.mend()
      try await eventually("the lease is free") {
        try await installation.value("SELECT expires_at FROM sync_leases WHERE kind = 'hourly'")
          == "-infinity"
      }
      #expect(try await service.sync().status == 200)
      #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    }
  }

  @Test(
    "A command goes on as well, and so it does when the answers to its page and its end are lost",
    arguments: [1, 3])
  func command(lost: Int) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let answers = try LostAnswers(to: .tcp(port: try #require(installation.cluster.programPort)))
      answers.lose(lost, sparingRepetitions: true)
      let ended = try await installation.run(
        "hourly", "--json", changes: ["DATABASE_URL": installation.url(port: answers.port)])
      #expect(ended.status == 0 && answers.lost == lost, "\(ended.errors)")
      #expect(ended.output.contains(#""savedCalls":3,"createdPhones":3,"#), "\(ended.output)")
      #expect(try await installation.runStates() == ["succeeded"])
      answers.close()
    }
  }
}
