import CallDomain
import Testing
import TwilioSimulator

@Suite struct CommandLineTests {
  private func configuration(_ line: String) throws -> SimulatorConfiguration? {
    guard case .run(let configuration) = try SimulatorArguments(line.split(separator: " ").map(String.init))
    else {
      return nil
    }
    return configuration
  }

  @Test("Arguments set what they name")
  func read() throws {
    let configuration = try #require(
      try configuration(
        "--port 0 --seed 9 --scenario history --calls 12 --latency 3 --date-precision day --empty-fields documented "
          + "--concurrency-limit 4 --lag 30 --retention-days 400 --empty-last-page --insert-between-pages 2 "
          + "--ending circle --repeat-rows 1 --faults 1:429 --account-sid ACx --auth-token t --api-key SKx --api-secret s "
          + "--now 2026-03-01T12:00:00Z --freeze"))
    #expect(configuration.port == 0 && configuration.seed == 9 && configuration.scenario == .history)
    #expect(configuration.callCount == 12 && configuration.options.latencyMilliseconds == 3)
    #expect(configuration.options.precision == .day && configuration.options.emptyFields == .documented)
    #expect(configuration.options.concurrencyLimit == 4 && configuration.options.lagSeconds == 30)
    #expect(configuration.options.retentionDays == 400 && configuration.options.emptyLastPage)
    #expect(configuration.options.ending == .circle)
    #expect(configuration.options.insertedBetweenPages == 2 && configuration.options.repeatedRows == 1)
    #expect(try configuration.faults == FaultPlan(text: "1:429", seed: 9))
    let opening = configuration.credentials
    #expect(opening.accountSID == "ACx" && opening.authToken == "t")
    #expect(opening.apiKey == "SKx" && opening.apiSecret == "s")
    #expect(abs(configuration.clock.now.seconds - noon.seconds) <= 1)
    #expect(configuration.clock == .fixed(configuration.clock.now))
  }

  @Test(
    "Wrong arguments are refused with a sentence",
    arguments: [
      "--nothing", "--port", "--port x", "--scenario none", "--now soon", "--faults 1", "--seed -1",
      "--lag", "--lag x", "--lag -1", "--date-precision week",
    ])
  func refused(line: String) {
    #expect(throws: SimulatorError.self) { try configuration(line) }
  }

  @Test("An address that others reach is refused unless allowed")
  func loopback() async {
    var configuration = makeConfiguration()
    configuration.host = "0.0.0.0"
    await #expect(throws: SimulatorError.self) { try await SimulatorServer.start(configuration) }
  }
}
