import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A process that froze", .timeLimit(.minutes(30)))
struct FrozenTests {
  @Test("cannot overwrite what its successor wrote", arguments: FreezingPlace.allCases)
  func overtaken(place: FreezingPlace) async throws {
    try await withInstallation { installation in
      let frozen = try await freeze(installation, place)
      // The server ends an open transaction by itself, and a successor one that is being sent when it is
      // older than any that lives; neither is waited for here.
      try await installation.cutConnections()
      try await installation.endLease()
      try await succeed(installation, within: .zero)
      try await thaw(installation, frozen)
    }
  }

  @Test(
    "blocks its successor for less than two minutes", .enabled(if: ChaosProfile.isLong),
    arguments: FreezingPlace.allCases)
  func blocks(place: FreezingPlace) async throws {
    try await withInstallation { installation in
      let frozen = try await freeze(installation, place)
      let began = ContinuousClock.now
      try await succeed(installation, within: .seconds(120))
      print("frozen while \(place.rawValue): its successor was done after \(ContinuousClock.now - began)")
      #expect(ContinuousClock.now - began < .seconds(120))
      try await Task.sleep(until: began + .seconds(180))
      try await thaw(installation, frozen)
    }
  }

  /// Starts a run that reads calls as they were, and stops its process.
  private func freeze(_ installation: Installation, _ place: FreezingPlace) async throws -> FrozenRun {
    try await installation.fillDirectory()
    let simulation = installation.simulation
    let now = simulation.now
    simulation.put(TestCalls.settled(place.calls, now: now, price: "-0.02000"))
    let frozen = try await installation.freeze(place)
    // Twilio corrects the prices.
    let later = TestCalls.settled(place.calls, now: now, price: "-0.07000").map { call in
      var call = call
      call.life.priced = call.life.created.adding(seconds: 600)
      return call
    }
    simulation.put(later)
    return frozen
  }

  private static let prices = "SELECT DISTINCT cost::text FROM calls"

  /// Runs a successor; until the frozen run's lease is free it is told that another is in progress, and
  /// nothing else.
  private func succeed(_ installation: Installation, within limit: Duration) async throws {
    let began = ContinuousClock.now
    var successor = try await installation.run("hourly")
    while successor.status == 3 && ContinuousClock.now - began < limit {
      try await Task.sleep(for: .seconds(1))
      successor = try await installation.run("hourly")
    }
    #expect(successor.status == 0, "\(successor.output)\(successor.errors)")
    #expect(try await installation.column(Self.prices) == ["0.07000"])
  }

  /// Lets the frozen run go on: it says why it ends, and changes nothing.
  private func thaw(_ installation: Installation, _ frozen: FrozenRun) async throws {
    let written = try await installation.fingerprint()
    frozen.thaw()
    let status = try await frozen.program.exitStatus()
    let said = frozen.program.output + frozen.program.errors
    #expect(status == 1, "\(said)")
    #expect(said.contains("Otra ejecución tomó el relevo de esta"), "\(said)")
    #expect(try await installation.fingerprint() == written)
    #expect(try await installation.column(Self.prices) == ["0.07000"])
    #expect(try await installation.runStates() == ["interrupted", "succeeded"])
    frozen.proxy?.close()
  }
}
