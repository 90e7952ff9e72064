import TestSupport
import Testing
import TwilioSimulator

// What can be promised depends on the way. Over TLS, which is the only way to Twilio but to a loopback
// address, a changed byte ends the connection. Without TLS nobody can tell a digit from another one; what
// holds the bytes together is watched, though: JSON and HTTP, and the frames of PostgreSQL's messages.
@Suite("A network that changes bytes of a run", .timeLimit(.minutes(60)))
struct CorruptionTests {
  @Test(
    "To the database over TLS any bit: whole pages only, right rows, and the next run makes up for it",
    .enabled(if: PostgresCluster.speaksTLS && !PostgresBouncer.isWanted, "needs TLS, and no pooler"))
  func encrypted() async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    let certificates = try TestCertificates()
    try await withPrivateInstallation(simulator: FaultSite.simulator) { installation in
      try await installation.cluster.stop()
      try installation.cluster.useTLS(certificates.issue(for: "localhost"))
      try await installation.cluster.start()
      let site = try await FaultSite(installation, seed: seed)
      let options = "sslmode=require&gssencmode=disable"
      var counter = FaultTally()
      for (direction, count) in try await site.bytes(of: .database, options: options) {
        for offset in FaultProfile.places(among: count, some: 2, many: 150, &random) {
          let strike = Strike(.database, direction, offset, flipping: random.number(in: 0...7))
          try await site.round(strike, options: options, &counter)
        }
      }
      print("changed bytes, database over TLS: seed \(seed): \(counter)")
      #expect(counter.struck > 0)
    }
  }

  @Test("To the database without TLS any bit of a message's type or length")
  func frames() async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    try await withInstallation(simulator: FaultSite.simulator) { installation in
      let site = try await FaultSite(installation, seed: seed)
      var counter = FaultTally()
      for (direction, messages) in try await site.messages() {
        for place in FaultProfile.places(among: messages.count, some: 2, many: 250, &random) {
          let offset = messages[place] + random.number(in: 0...4)
          let strike = Strike(.database, direction, offset, flipping: random.number(in: 0...7))
          try await site.round(strike, &counter)
        }
      }
      print("changed frames, database: seed \(seed): \(counter)")
      #expect(counter.struck > 0)
    }
  }

  @Test("From Twilio any byte that no JSON and no HTTP may hold")
  func control() async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    try await withInstallation(simulator: FaultSite.simulator) { installation in
      let site = try await FaultSite(installation, seed: seed)
      var counter = FaultTally()
      for (direction, count) in try await site.bytes(of: .twilio) {
        for offset in FaultProfile.places(among: count, some: 2, many: 300, &random) {
          var strike = Strike(.twilio, direction, offset, .replace(with: { _ in 1 }), name: "control byte")
          strike.deadline = .seconds(1)
          try await site.round(strike, &counter)
        }
      }
      print("control bytes, Twilio: seed \(seed): \(counter)")
      #expect(counter.struck > 0)
    }
  }
}

extension Strike {
  /// One bit of a byte is changed. A message that then seems longer than it is may be waited for.
  fileprivate init(
    _ peer: FaultyWay.Peer, _ direction: TCPProxy.Direction, _ offset: Int, flipping bit: Int
  ) {
    let mask = UInt8(1) << UInt8(bit)
    self.init(peer, direction, offset, .replace(with: { $0 ^ mask }), name: "bit \(bit) changed")
    deadline = .seconds(1)
  }
}

extension FaultSite {
  /// Where the messages between a run and the database begin.
  fileprivate func messages() async throws -> [TCPProxy.Direction: [Int]] {
    var found: [TCPProxy.Direction: [Int]] = [:]
    try await round { installation in
      let proxy = try TCPProxy(to: .tcp(port: installation.cluster.programPort ?? 0))
      let watch = MessageWatch(proxy)
      var way = FaultyWay(installation)
      way.lead(.database, to: proxy.port)
      let run = try await FaultyRun(installation, way)
      _ = try await run.outcome().get()
      try await run.end()
      found = watch.beginnings
      proxy.close()
    }
    return found
  }
}
