import CallDomain
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("A clock that jumps in the middle of a run", .timeLimit(.minutes(60)))
struct ClockJumpTests {
  /// The process's clock, which jumps when it has been looked at so many times.
  private final class JumpingClock: Sendable {
    private let simulation: Simulation
    private let (look, milliseconds): (Int, Int64)
    private let looks = Atomic(0)

    init(_ simulation: Simulation, look: Int, bySeconds seconds: Int64) {
      self.simulation = simulation
      (self.look, milliseconds) = (look, seconds * 1000)
    }

    var count: Int { looks.load(ordering: .relaxed) }

    func now() -> Timestamp {
      let isAfter = looks.add(1, ordering: .relaxed).newValue > look
      return Timestamp(milliseconds: simulation.now.milliseconds + (isAfter ? milliseconds : 0))
    }
  }

  @Test(
    "The run fails with a sentence or is right, and the next one makes up for it",
    arguments: [3 * 86_400, -3 * 86_400, 3600, -3600, 120, -120])
  func jump(seconds: Int) async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    try await withInstallation(simulator: FaultSite.simulator) { installation in
      let site = try await FaultSite(installation, seed: seed)
      var counter = FaultTally()
      let looks = try await round(site, look: .max, seconds, &counter)
      for look in FaultProfile.places(among: looks, some: 2, many: looks, &random) {
        try await round(site, look: look, seconds, &counter)
      }
      print("clock jumps by \(seconds) s: seed \(seed), of \(looks) looks at it: \(counter)")
    }
  }

  /// How often the run looked at the clock.
  @discardableResult
  private func round(
    _ site: FaultSite, look: Int, _ seconds: Int, _ counter: inout FaultTally
  ) async throws -> Int {
    var looks = 0
    try await site.round(
      "the clock jumps by \(seconds) s after look \(look)", isHarmless: abs(seconds) < 300,
      blaming: [.twilio],
      &counter
    ) { installation in
      let clock = JumpingClock(installation.simulation, look: look, bySeconds: Int64(seconds))
      return Obstacle(
        way: FaultyWay(installation), hasStruck: { clock.count > look }, end: { looks = clock.count },
        clock: { clock.now() })
    }
    return looks
  }
}
