import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync that is killed again and again", .timeLimit(.minutes(60)))
struct HistoryKillTests {
  @Test("goes on where it was: same rows, same counts, and only what was in flight is asked for twice")
  func kills() async throws {
    let calls = ChaosProfile.isLong ? 58_000 : 16_000
    try await withHistory(calls: calls) { installation in
      let directory = try await installation.directory()
      installation.simulation.setLoad(latencyMilliseconds: 150, concurrencyLimit: nil)
      var killer = try await HistoryKiller(installation, seed: ChaosProfile.seed())
      let wanted = ChaosProfile.isLong ? 20 : 4
      while killer.kills < wanted || killer.resumed == 0 { try await killer.round() }
      let hasAdvanced = try await killer.hasAdvanced()
      installation.simulation.setLoad(latencyMilliseconds: 0, concurrencyLimit: nil)
      let last = try await killer.end()
      #expect(last.status == 0, "\(last.errors)")
      #expect(last.errors.contains(#""event":"run_resumed""#) == hasAdvanced)
      let (requests, wasted) = (killer.requests, try await killer.wasted())
      #expect(wasted <= killer.kills * killer.mostInFlight)
      let stored = try await installation.expectHistory(directory)
      #expect(last.result.integer("totalCalls") == calls)
      #expect(last.result.integer("savedCalls") == stored)
      // By the last resync, or by one that had ended before its turn to be killed came.
      let created = try await installation.value(
        "SELECT sum(created_phones) FROM sync_runs WHERE state = 'succeeded'")
      #expect(created == "\(HistorySite.unlisted.count)")
      #expect(last.result.integer("skippedCalls") == calls - stored)
      let states = try await installation.runStates()
      #expect(states.count { $0 == "interrupted" } == killer.kills)
      #expect(states.count == killer.kills + killer.completions + 1 && states.last == "succeeded")
      print(
        """
        killed \(killer.kills) times, \(killer.resumed) runs went on with something: \(requests) requests, \
        \(wasted) of them for nothing (at most \(killer.kills * killer.mostInFlight) were in flight), \
        \(killer.repeated) addresses asked for again; \(stored) rows equal
        """)
    }
  }
}

/// Kills resyncs and counts what they had done.
struct HistoryKiller {
  let installation: Installation
  /// Kills of a run that had not ended.
  private(set) var kills = 0
  /// Runs that ended before their turn to be killed came; the next one is a new resync.
  private(set) var completions = 0
  /// Runs that said that they went on with an earlier one.
  private(set) var resumed = 0
  private var random: TestSupport.SeededRandom

  /// Requests under way with the default `TWILIO_CONCURRENCY` and pages that wait to be committed; and first pages
  /// whose slices are about to be cut, of which each reader but one may have one while the places are all taken.
  let mostInFlight = 4 + 2 + 3

  init(_ installation: Installation, seed: UInt64) async throws {
    self.installation = installation
    random = TestSupport.SeededRandom(seed: seed)
    print("kills of a resync: seed \(seed)")
    // The log does not tell: a kill takes lines of commits with it.
    for statement in [
      "CREATE TABLE used_requests (slice BIGINT)",
      """
      CREATE FUNCTION note_use() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
      'BEGIN INSERT INTO public.used_requests VALUES (OLD.number); RETURN NULL; END'
      """,
      """
      CREATE TRIGGER stored AFTER UPDATE OF next_page ON sync_slices FOR EACH ROW EXECUTE FUNCTION note_use()
      """,
      """
      CREATE TRIGGER cut AFTER DELETE ON sync_slices FOR EACH ROW WHEN (NOT OLD.is_done)
      EXECUTE FUNCTION note_use()
      """,
    ] { try await installation.sql(statement) }
  }

  var requests: Int { installation.simulation.requests.count }

  /// Pages that were asked for and neither stored nor the first of a slice that was cut.
  func wasted() async throws -> Int {
    let used = try await installation.value("SELECT count(*) FROM used_requests")
    return requests - (Int(used ?? "") ?? 0)
  }

  /// Requests with an address that had been asked for before.
  var repeated: Int { requests - Set(installation.simulation.requests.map(\.target)).count }

  /// One run that is killed at a random point.
  mutating func round() async throws {
    let simulation = installation.simulation
    let target = requests + random.number(in: 1...10)
    let program = try start()
    try await eventually("the run's turn to be killed comes") {
      simulation.requests.count >= target || !program.isRunning
    }
    try await Task.sleep(for: .milliseconds(random.number(in: 0...300)))
    program.send(SIGKILL)
    try await program.exitStatus()
    note(program.errors)
    try await installation.noBackends()
    if try await installation.runStates().last == "succeeded" { completions += 1 } else { kills += 1 }
    try await installation.endLease(of: "historical")
  }

  /// A run that is let go on to its end.
  mutating func end() async throws -> Resync {
    let run = try await installation.resync(arguments, changes: Self.format)
    note(run.errors)
    return run
  }

  /// Whether the resync that the next run goes on with has a page.
  func hasAdvanced() async throws -> Bool {
    try await installation.value(
      """
      SELECT bool_or(is_done OR next_page IS NOT NULL) FROM sync_slices s JOIN sync_runs r ON r.id = s.run_id
      WHERE r.state <> 'succeeded'
      """) == "t"
  }

  private mutating func note(_ log: String) {
    resumed += log.split(separator: "\n").count { $0.contains(#""event":"run_resumed""#) }
  }

  private func start() throws -> ProgramProcess {
    try installation.startResync(arguments, changes: Self.format)
  }

  private var arguments: [String] { HistorySite.closed(installation) }
  private static let format: [String: String?] = ["LOG_FORMAT": "json"]
}
