import TestSupport
import Testing
import TwilioSimulator

@Suite("A network that fails at any byte of a run", .timeLimit(.minutes(60)))
struct ByteFaultTests {
  @Test(
    "Whole pages only, a sentence, and the next run makes up for it",
    arguments: FaultyWay.Peer.allCases, Strike.Fault.allCases)
  func everywhere(peer: FaultyWay.Peer, fault: Strike.Fault) async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    try await withInstallation(simulator: FaultSite.simulator) { installation in
      let site = try await FaultSite(installation, seed: seed)
      let bytes = try await site.bytes(of: peer)
      var counter = FaultTally()
      for (direction, count) in bytes {
        for offset in FaultProfile.places(among: count, some: 1, many: 100, &random) {
          try await site.round(Strike(peer, direction, offset, fault), &counter)
        }
      }
      print("\(fault.rawValue), \(peer.rawValue): seed \(seed), of \(bytes) bytes: \(counter)")
      #expect(counter.struck > 0)
    }
  }
}
