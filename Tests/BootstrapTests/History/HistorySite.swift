import CallDomain
import TestSupport
import Testing
import TwilioSimulator

/// A company with a history: calls of every kind since 1 August 2025, the last of them four days ago, so
/// that nothing changes any more while a test looks at them.
enum HistorySite {
  /// A few thousand in every test run, as many as today's users have with `TEST_LONG=1`.
  static let calls = ChaosProfile.isLong ? 58_000 : 4000
  static let start = Timestamp(year: 2025, month: 8, day: 1) ?? Timestamp(seconds: 0)
  static let route = "/api/resync-twilio-historical"
  /// Numbers of the company that nobody has listed yet.
  static let unlisted = OwnNumber.all.suffix(3).map(\.number)

  static func simulator(calls: Int, seed: UInt64) -> SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    configuration.scenario = .history
    configuration.callCount = calls
    configuration.seed = seed
    configuration.clock = .running(offsetSeconds: -4 * 86_400)
    return configuration
  }

  /// Arguments of a resync that reads all of it and whose end does not move.
  static func closed(_ installation: Installation) -> [String] {
    let end = installation.simulation.now.adding(hours: -3 * 24).startOfDay
    return ["--until", String(end.iso8601.prefix(10))]
  }
}

/// Runs a test with an installation whose Twilio has a history.
func withHistory(
  calls: Int = HistorySite.calls, _ body: (Installation) async throws -> Void
) async throws {
  let seed = ChaosProfile.seed()
  print("history of \(calls) calls: seed \(seed)")
  try await withInstallation(simulator: HistorySite.simulator(calls: calls, seed: seed)) { installation in
    installation.simulation.setClock(.real)
    try await installation.fillDirectory()
    let unlisted = HistorySite.unlisted.map { "'\($0)'" }.joined(separator: ", ")
    try await installation.sql("DELETE FROM workspace_phones WHERE phone_number IN (\(unlisted))")
    try await body(installation)
  }
}

/// A `twilio-sync historical --json` that has ended.
struct Resync {
  let status: Int32
  let output: String
  /// The log.
  let errors: String

  /// The one object that it printed.
  var result: JSONText { JSONText(output) }

  /// Whether it said that it goes on with an earlier one.
  var isContinued: Bool { errors.contains("🔁 Se reanuda donde se quedó") }
}

extension Installation {
  func startResync(
    _ arguments: [String] = [], changes: [String: String?] = [:]
  ) throws -> ProgramProcess {
    try programs.start(["historical", "--json"] + arguments, environment.changed(by: changes))
  }

  /// Runs a resync to its end.
  func resync(_ arguments: [String] = [], changes: [String: String?] = [:]) async throws -> Resync {
    let program = try startResync(arguments, changes: changes)
    let status = try await program.exitStatus(within: ChaosProfile.isLong ? .seconds(900) : Hang.limit)
    return Resync(status: status, output: program.output, errors: program.errors)
  }

  /// Holds all rows and numbers against Twilio, whose faults end here, and the plain model.
  ///
  /// - Parameters:
  ///   - directory: The numbers before the first run.
  ///   - start: What began earlier need not be there.
  /// - Returns: How many calls are stored.
  @discardableResult
  func expectHistory(_ directory: [PhoneRow], from start: Timestamp = HistorySite.start) async throws -> Int {
    simulation.options = SimulatorOptions()
    try simulation.setFaults("")
    let end = simulation.now.adding(hours: -24)
    let truth = try SimulatedTruth(simulation, from: HistorySite.start.adding(hours: -24))
    let comparison = try await TableComparison(
      self, truth, isExpected: { start <= $0.began && $0.began < end },
      // What came in during the run goes on changing.
      mayBeBehind: { $0.began >= end })
    comparison.expectNothingWrong()
    try await expectPlainAttribution(truth, directory: directory, isByLead: true)
    return comparison.equal + comparison.behind
  }
}
