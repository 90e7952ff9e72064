import CallDomain
import TestSupport
import Testing
import TwilioSimulator

/// A day and more of calls, all but those of the last hour stored already, and copies of that database for one round after
/// the other: a run that meets a fault, then one that meets none.
struct FaultSite {
  /// Between two seconds: a call that ends with a run's period belongs to the next run.
  private static let now = makeTime("2026-03-02T12:07:00.500Z")

  private let prepared: Installation
  private let directory: [PhoneRow]

  /// A simulator whose clock stands still where nobody moves it.
  static var simulator: SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    configuration.clock = .fixed(now)
    return configuration
  }

  /// - Parameter seed: Of the calls.
  init(_ installation: Installation, seed: UInt64) async throws {
    prepared = installation
    var varied = VariedCalls(seed: seed, rates: .init(latePriced: 0, neverPriced: 10, neverFinal: 20))
    let early = varied.calls(
      everySeconds: 600, from: Self.now.adding(minutes: -430), until: Self.now.adding(minutes: -131))
    // All have begun for a clock that is two minutes slow, too.
    let late = varied.calls(
      everySeconds: 120, from: Self.now.adding(minutes: -131), until: Self.now.adding(minutes: -3))
    // One that never ends and stands alone, so that it is asked for by itself.
    let lone = TestCalls.open(1, now: Self.now.adding(minutes: -1800))
    installation.simulation.put(lone + early + late)
    try await installation.fillDirectory()
    directory = try await installation.directory()
    for minutes in [1800, 360, 60] {
      installation.simulation.setClock(.fixed(Self.now.adding(minutes: -minutes)))
      let run = try await FaultyRun(installation, FaultyWay(installation))
      _ = try await run.outcome().get()
      try await run.end()
    }
  }

  /// Does `body` with a copy of the database, at the time of the next run.
  func round(_ body: (Installation) async throws -> Void) async throws {
    let database = try await prepared.cluster.database(copying: prepared.database)
    let installation = Installation(
      cluster: prepared.cluster, database: database, simulator: prepared.simulator)
    installation.simulation.setClock(.fixed(Self.now))
    let result = await Result { try await body(installation) }
    let failed = if case .failure = result { true } else { false }
    try await database.finish(keep: failed)
    try result.get()
  }

  /// Runs once more without a fault: then the tables equal one pass over all calls.
  func expectCleanRun(on installation: Installation) async throws {
    try await installation.endLease()
    installation.simulation.advanceClock(bySeconds: 60)
    let run = try await FaultyRun(installation, FaultyWay(installation))
    _ = try await run.outcome().get()
    try await run.end()
    try await expectOnePass(on: installation)
  }

  /// Holds the tables against one pass over all calls as they are now.
  func expectOnePass(on installation: Installation) async throws {
    let truth = try SimulatedTruth(installation.simulation, from: Self.now.adding(hours: -24))
    let comparison = try await TableComparison(installation, truth, isExpected: { _ in true })
    try #require(comparison.missing == [])
    try #require(comparison.different == [])
    try #require(comparison.unknown == [])
    try await installation.expectPlainAttribution(truth, directory: directory)
    let watched = try await installation.column(
      "SELECT call_id FROM unsettled_calls WHERE given_up_at IS NULL ORDER BY 1")
    try #require(watched == truth.unsettled)
  }
}

extension SimulatedTruth {
  /// The SIDs of calls that are to be asked for again.
  fileprivate var unsettled: [String] {
    entries.filter { entry in
      guard entry.ended != nil else { return true }
      return entry.columns["status"] == "completed" && entry.columns["cost"] == nil
        && entry.columns["duration"] != "0"
    }.map(\.sid).sorted()
  }
}
