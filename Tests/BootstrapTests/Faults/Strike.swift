import CallDomain
import TestSupport
import Testing
import TwilioSimulator

/// A fault at one byte of a run.
struct Strike: CustomStringConvertible {
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

    /// Whether answers stay away, so that only deadline ends the wait.
    var isSilent: Bool { self == .stall || self == .freeze }
    /// Whether everything arrives in the end.
    var isHarmless: Bool { self == .wait || self == .trickle }
  }

  let peer: FaultyWay.Peer
  let direction: TCPProxy.Direction
  let offset: Int
  let mischief: TCPProxy.Mischief
  /// How it is called in the output.
  let name: String
  var deadline = Duration.seconds(60)
  /// Whether the run must succeed.
  var isHarmless = false

  init(_ peer: FaultyWay.Peer, _ direction: TCPProxy.Direction, _ offset: Int, _ fault: Fault) {
    self.init(peer, direction, offset, fault.mischief, name: fault.rawValue)
    if fault.isSilent { deadline = .milliseconds(250) }
    isHarmless = fault.isHarmless
  }

  init(
    _ peer: FaultyWay.Peer, _ direction: TCPProxy.Direction, _ offset: Int, _ mischief: TCPProxy.Mischief,
    name: String
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
  func round(_ strike: Strike, options: String? = nil, _ counter: inout FaultTally) async throws {
    try await round(
      "\(strike)", isHarmless: strike.isHarmless,
      blaming: strike.peer == .twilio ? [.twilio] : [.database, .internal],
      &counter
    ) { installation in
      let proxy = try TCPProxy(to: .tcp(port: Self.port(of: strike.peer, installation)))
      proxy.strike(strike.direction, afterBytes: strike.offset, strike.mischief)
      var way = FaultyWay(installation)
      way.lead(strike.peer, to: proxy.port)
      way.deadline[strike.peer] = strike.deadline
      if let options { way.options = options }
      return Obstacle(
        way: way, hasStruck: { proxy.hasStruck }, end: { proxy.close() })
    }
  }

  /// How many bytes an undisturbed run sends to a peer and gets from it.
  func bytes(of peer: FaultyWay.Peer, options: String? = nil) async throws -> [TCPProxy.Direction: Int] {
    var counted: [TCPProxy.Direction: Int] = [:]
    try await round { installation in
      let proxy = try TCPProxy(to: .tcp(port: Self.port(of: peer, installation)))
      var way = FaultyWay(installation)
      way.lead(peer, to: proxy.port)
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

  private static func port(of peer: FaultyWay.Peer, _ installation: Installation) -> Int {
    peer == .twilio ? installation.simulator.port : installation.cluster.programPort ?? 0
  }
}
