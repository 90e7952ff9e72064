import Synchronization

extension TCPProxy {
  /// What happens when a certain byte arrives, once.
  package enum Mischief: Sendable {
    /// The connection is cut before that byte.
    case cut
    /// So is every other, and new ones are cut at once, until `mend`.
    case vanish
    /// The connection stays open, and from that byte on nothing passes in either direction.
    case stall
    /// So with every connection, those to come included, until `mend`.
    case freeze
    /// That byte and what follows it come so much later.
    case wait(Duration)
    /// That byte and what came with it, up to so many bytes, arrive one by one.
    case trickle(Int)
    /// Another byte arrives in its place.
    case replace(with: @Sendable (UInt8) -> UInt8)
  }

  /// A byte that is waited for, of all that pass in one direction, whichever connection they are of.
  struct Ambush: Sendable {
    let direction: Direction
    /// Bytes that still pass before it.
    var remaining: Int
    let mischief: Mischief
    var hasStruck = false
  }

  /// Does `mischief` when so many more bytes have passed.
  package func strike(_ direction: Direction, afterBytes count: Int, _ mischief: Mischief) {
    state.withLock { $0.ambush = Ambush(direction: direction, remaining: count, mischief: mischief) }
  }

  /// Whether the byte waited for has come.
  package var hasStruck: Bool { state.withLock { $0.ambush?.hasStruck ?? false } }

  /// Cuts every connection and lets new ones pass undisturbed.
  package func mend() {
    state.withLock { state in
      state.ambush = nil
      state.isAway = false
      for direction in [Direction.toServer, .toClient] { state.treatments[direction] = Treatment() }
      state.generation += 1
    }
  }

  /// Counts bytes that have arrived.
  ///
  /// - Returns: Where among them the one waited for is, and what happens there; nil when it is not.
  func ambush(_ direction: Direction, of count: Int) -> (offset: Int, mischief: Mischief)? {
    state.withLock { state in
      state.arrived[direction, default: 0] += count
      guard var ambush = state.ambush, !ambush.hasStruck, ambush.direction == direction else { return nil }
      let offset = ambush.remaining
      ambush.hasStruck = offset < count
      ambush.remaining -= count
      state.ambush = ambush
      guard ambush.hasStruck else { return nil }
      switch ambush.mischief {
      case .vanish: state.isAway = true
      case .freeze:
        for direction in [Direction.toServer, .toClient] { state.treatments[direction]?.isPaused = true }
      default: break
      }
      return (offset, ambush.mischief)
    }
  }
}
