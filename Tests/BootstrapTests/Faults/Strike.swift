import CallDomain
import TestSupport
import Testing
import TwilioSimulator

/// A fault at one byte of a run.
struct Strike: CustomStringConvertible {
  /// What is at the other end.
  enum Peer: String, CaseIterable {
    case twilio, database
  }

  /// What happens there.
  enum Fault: String, CaseIterable {
    case cut, vanish, stall, freeze, wait, trickle

    var mischief: TCPProxy.Mischief {
      switch self {
      case .cut: .cut
      case .vanish: .vanish
      case .stall: .stall
      case .freeze: .freeze
      case .wait: .wait(.milliseconds(50))
      case .trickle: .trickle(2000)
      }
    }

    /// Whether answers stay away, so that only patience ends the wait.
    var isSilent: Bool { self == .stall || self == .freeze }
    /// Whether everything arrives in the end.
    var isHarmless: Bool { self == .wait || self == .trickle }
  }

  let peer: Peer
  let direction: TCPProxy.Direction
  let offset: Int
  let mischief: TCPProxy.Mischief
  /// How it is called in the output.
  let name: String
  var patience = Duration.seconds(60)
  /// Whether the run must succeed.
  var isHarmless = false

  init(_ peer: Peer, _ direction: TCPProxy.Direction, _ offset: Int, _ fault: Fault) {
    self.init(peer, direction, offset, fault.mischief, name: fault.rawValue)
    if fault.isSilent { patience = .milliseconds(250) }
    isHarmless = fault.isHarmless
  }

  init(
    _ peer: Peer, _ direction: TCPProxy.Direction, _ offset: Int, _ mischief: TCPProxy.Mischief, name: String
  ) {
    self.peer = peer
    self.direction = direction
    self.offset = offset
    self.mischief = mischief
    self.name = name
  }

  var description: String { "\(name) at byte \(offset) \(direction), \(peer.rawValue)" }
}

extension FaultSite {
  /// A run that meets the fault and what it leaves, then a clean one.
  func round(_ strike: Strike, options: String? = nil, _ tally: inout FaultTally) async throws {
    do {
      try await round { installation in
        let proxy = try TCPProxy(to: .tcp(port: Self.port(of: strike.peer, installation)))
        var way = FaultyWay(installation)
        if strike.peer == .twilio { way.twilio = proxy.port } else { way.database = proxy.port }
        way.patience = strike.patience
        if let options { way.options = options }
        proxy.strike(strike.direction, afterBytes: strike.offset, strike.mischief)
        let run = try await FaultyRun(installation, way)
        let outcome = await run.outcome()
        tally.struck += proxy.hasStruck ? 1 : 0
        proxy.close()
        try await run.end()
        try await judge(outcome, of: run, strike, &tally)
        try await expectCleanRun(on: installation)
      }
    } catch {
      // What was expected is told already.
      Issue.record("\(strike)\(error is ExpectationFailedError ? "" : ": \(error)")")
    }
  }

  private func judge(
    _ outcome: Result<SyncRun, RunFailure>, of run: FaultyRun, _ strike: Strike, _ tally: inout FaultTally
  ) async throws {
    tally.rounds += 1
    switch outcome {
    case .success:
      tally.succeeded += 1
      try await expectOnePass(on: run.installation)
    case .failure(let failure):
      tally.sentences[failure.message, default: 0] += 1
      try #require(!strike.isHarmless, "\(failure.message)")
      try #require(failure.code == (strike.peer == .twilio ? .twilio : .database), "\(failure.message)")
      try #require(failure.saysWhatToDo, "\(failure.message)")
      try await run.expectWholePages()
    }
  }

  /// How many bytes an undisturbed run sends to a peer and gets from it.
  func bytes(of peer: Strike.Peer, options: String? = nil) async throws -> [TCPProxy.Direction: Int] {
    var counted: [TCPProxy.Direction: Int] = [:]
    try await round { installation in
      let proxy = try TCPProxy(to: .tcp(port: Self.port(of: peer, installation)))
      var way = FaultyWay(installation)
      if peer == .twilio { way.twilio = proxy.port } else { way.database = proxy.port }
      if let options { way.options = options }
      let run = try await FaultyRun(installation, way)
      _ = try await run.outcome().get()
      try await run.end()
      for direction in [TCPProxy.Direction.toServer, .toClient] {
        counted[direction] = proxy.arrived(direction)
      }
      proxy.close()
    }
    return counted
  }

  private static func port(of peer: Strike.Peer, _ installation: Installation) -> Int {
    peer == .twilio ? installation.simulator.port : installation.cluster.programPort ?? 0
  }
}

extension RunFailure {
  /// Whether it is a sentence with something to do in it.
  var saysWhatToDo: Bool {
    message.hasSuffix(".")
      && message.contains(/(?i)\b(compruebe|revise|repita|libere|conceda|conecte|ponga|ejecute)\b/)
  }
}
