import Synchronization

/// Notes where the messages of PostgreSQL's protocol begin that a proxy passes on.
package final class MessageWatch: Sendable {
  private struct State {
    var messages: [TCPProxy.Direction: [Int: ProtocolMessages]] = [:]
    var arrived: [TCPProxy.Direction: Int] = [:]
    var beginnings: [TCPProxy.Direction: [Int]] = [:]
  }

  private let state = Mutex(State())

  /// The proxy's judge from now on, which lets everything pass.
  package init(_ proxy: TCPProxy) {
    proxy.judgeEach { [weak self] connection, direction, bytes in
      self?.note(bytes, direction, of: connection)
      return .forward
    }
  }

  /// For each direction how many bytes came before each message, whichever connection they are of; without
  /// the messages that begin a connection.
  package var beginnings: [TCPProxy.Direction: [Int]] { state.withLock(\.beginnings) }

  private func note(_ bytes: [UInt8], _ direction: TCPProxy.Direction, of connection: Int) {
    state.withLock { state in
      let before = state.arrived[direction, default: 0]
      state.arrived[direction] = before + bytes.count
      let fresh = ProtocolMessages(ofClient: direction == .toServer)
      let found = state.messages[direction, default: [:]][connection, default: fresh].take(bytes)
      state.beginnings[direction, default: []] += found.map { before + $0.offset }
    }
  }
}
