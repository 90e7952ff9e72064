import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A process that froze", .timeLimit(.minutes(30)))
struct FrozenTests {
  /// Where a process is stopped.
  enum Place: String, CaseIterable, CustomTestStringConvertible {
    /// It has asked Twilio and not read the answer.
    case reading
    /// It waits for the commit lock, gets it, and holds it.
    case committing

    var testDescription: String { rawValue }
  }

  @Test("cannot overwrite what its successor wrote", arguments: Place.allCases)
  func overtaken(place: Place) async throws {
    try await withInstallation { installation in
      let frozen = try await freeze(installation, place)
      let waited = try await ContinuousClock().measure { try await installation.endLease() }
      try await succeedAndThaw(installation, frozen, within: .zero)
      print("frozen while \(place.rawValue): its row was locked for \(waited), lease ended by hand")
    }
  }

  @Test(
    "blocks its successor for less than two minutes", .enabled(if: ChaosProfile.isLong),
    arguments: Place.allCases)
  func blocks(place: Place) async throws {
    try await withInstallation { installation in
      let began = ContinuousClock.now
      let frozen = try await freeze(installation, place)
      try await succeedAndThaw(installation, frozen, within: .seconds(120), frozenFor: .seconds(180))
      print("frozen while \(place.rawValue): \(ContinuousClock.now - began) from the start to the end")
    }
  }

  /// Starts a run that reads 40 calls as they were, and stops its process.
  private func freeze(_ installation: Installation, _ place: Place) async throws -> ProgramProcess {
    try await installation.fillDirectory()
    let simulation = installation.simulation
    let now = simulation.now
    simulation.put(TestCalls.settled(40, now: now, price: "-0.02000"))
    let program: ProgramProcess
    switch place {
    case .reading:
      simulation.setLoad(latencyMilliseconds: 500, concurrencyLimit: nil)
      program = try installation.start("hourly")
      // The second request is the listing by start; its answer comes while the process stands still.
      try await eventually("the second request") { simulation.requests.count == 2 }
      program.send(SIGSTOP)
      try await eventually("its answer") { simulation.requests.allSatisfy { $0.status == 200 } }
    case .committing:
      program = try await installation.holdingCommits {
        let program = try installation.start("hourly")
        try await eventually("the wait for the commit lock") {
          try await installation.waiting("wait_event_type = 'Lock' AND wait_event = 'advisory'")
        }
        program.send(SIGSTOP)
        return program
      }
      try await eventually("its transaction stands open") {
        try await installation.waiting("state = 'idle in transaction'")
      }
    }
    simulation.setLoad(latencyMilliseconds: 0, concurrencyLimit: nil)
    // Twilio corrects the prices.
    let later = TestCalls.settled(40, now: now, price: "-0.07000").map { call in
      var call = call
      call.life.priced = call.life.created.adding(seconds: 600)
      return call
    }
    simulation.put(later)
    return program
  }

  /// Runs a successor and lets the frozen one go on.
  private func succeedAndThaw(
    _ installation: Installation, _ frozen: ProgramProcess, within limit: Duration,
    frozenFor wait: Duration = .zero
  ) async throws {
    let began = ContinuousClock.now
    var successor = try await installation.run("hourly")
    while successor.status == 3 && ContinuousClock.now - began < limit {
      try await Task.sleep(for: .seconds(1))
      successor = try await installation.run("hourly")
    }
    #expect(successor.status == 0, "\(successor.output)\(successor.errors)")
    let waited = ContinuousClock.now - began
    print("a successor was blocked for \(waited)")
    #expect(waited < .seconds(120))
    let prices = "SELECT DISTINCT cost::text FROM calls"
    #expect(try await installation.column(prices) == ["0.07000"])
    let written = try await installation.fingerprint()

    try await Task.sleep(until: began + wait)
    frozen.send(SIGCONT)
    let status = try await frozen.exitStatus()
    #expect(status == 1, "\(frozen.output)\(frozen.errors)")
    #expect((frozen.output + frozen.errors).contains("❌"))
    #expect(try await installation.fingerprint() == written)
    #expect(try await installation.column(prices) == ["0.07000"])
    #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    print("the frozen one said: \((frozen.output + frozen.errors).split(separator: "\n").last ?? "")")
  }
}

extension Installation {
  /// Whether one of the programs' connections is in such a state, as `pg_stat_activity` shows it.
  func waiting(_ condition: String) async throws -> Bool {
    try await value(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE usename = '\(TestCluster.role)' AND datname = current_database() AND \(condition)
      """) != "0"
  }
}
