import Dispatch
import Foundation
import Synchronization

/// A proxy on the loopback interface that can be told to misbehave; stands before a database or a web server.
///
/// What is told to it holds for all connections, those to come included, until it is told otherwise.
package final class TCPProxy: Sendable {
  /// Where connections are passed on to.
  package enum Target: Sendable {
    /// A port on 127.0.0.1.
    case tcp(port: Int)
    /// A Unix socket.
    case unix(path: String)
  }

  /// Which way bytes go.
  package enum Direction: Sendable, Hashable {
    case toServer, toClient
  }

  /// What is done with bytes that have arrived.
  package enum Verdict: Sendable {
    /// They are passed on.
    case forward
    /// They are not passed on, and the connection is cut.
    case cutBefore
    /// They are passed on, and the connection is cut before any answer.
    case cutAfter
    /// They vanish, and the connection stays open.
    case swallow
    /// So many of them are passed on, and then the end of the connection; the answers vanish. The client
    /// hears of it when the server has hung up, so that the server has done all it will do.
    case end(after: Int)
    /// They vanish, the client gets these, and the connection stays open.
    case answer([UInt8])
    /// They are passed on in pieces that begin at these places, each when whoever is to read them has read what
    /// came before (seen on Linux, over a Unix socket).
    case pieces([Int])
  }

  /// How bytes are treated in one direction.
  struct Treatment: Sendable {
    var delay: Duration = .zero
    /// Nothing is read, as if the network were gone.
    var isPaused = false
    /// Bytes per step, with a pause of `trickleStep` after each; nil for all at once.
    var trickle: (bytes: Int, step: Duration)?
    /// The connection is cut when that many bytes have been passed on.
    var cutAfter: Int?
  }

  struct State: Sendable {
    var treatments: [Direction: Treatment] = [.toServer: Treatment(), .toClient: Treatment()]
    var judge: @Sendable (_ connection: Int, Direction, [UInt8]) -> Verdict = { _, _, _ in .forward }
    var ambush: Ambush?
    var target: Target
    /// How many bytes have arrived.
    var arrived: [Direction: Int] = [:]
    /// New connections are cut at once.
    var isAway = false
    var isClosed = false
    /// Raised to cut all connections open at that moment.
    var generation = 0
    var accepted = 0
  }

  /// The port on 127.0.0.1 to connect to.
  package let port: Int
  let state: Mutex<State>

  /// Listens at once; the target is connected to for each connection.
  package init(to target: Target) throws {
    state = Mutex(State(target: target))
    let listener = try TCPProxySocket.listening()
    port = listener.port
    DispatchQueue(label: "proxy listener").async { [self] in accept(on: listener.descriptor) }
  }

  /// Connections taken so far.
  package var accepted: Int { state.withLock(\.accepted) }

  /// Bytes that have arrived so far, from whichever connection.
  package func arrived(_ direction: Direction) -> Int { state.withLock { $0.arrived[direction] ?? 0 } }

  /// Where connections to come are passed on to, as when an address is given to another server.
  package func lead(to target: Target) {
    state.withLock { $0.target = target }
  }

  /// Waits before passing bytes on.
  package func delay(_ direction: Direction, by duration: Duration) {
    state.withLock { $0.treatments[direction]?.delay = duration }
  }

  /// Reads nothing any more, in one direction or both: the connection is half open.
  package func pause(_ directions: Direction...) {
    setPaused(directions, true)
  }

  /// Undoes `pause`.
  package func resume(_ directions: Direction...) {
    setPaused(directions, false)
  }

  /// Passes on so many bytes at a time, with a pause after each.
  package func trickle(_ direction: Direction, bytes: Int, every step: Duration) {
    state.withLock { $0.treatments[direction]?.trickle = (bytes, step) }
  }

  /// Cuts the connection that passes on so many more bytes.
  package func cut(_ direction: Direction, afterBytes count: Int) {
    state.withLock { $0.treatments[direction]?.cutAfter = count }
  }

  /// Cuts all connections that are open now.
  package func cutAll() {
    state.withLock { $0.generation += 1 }
  }

  /// Asks `judge` about all bytes that arrive.
  package func judge(_ judge: @escaping @Sendable (Direction, [UInt8]) -> Verdict) {
    judgeEach { _, direction, bytes in judge(direction, bytes) }
  }

  /// The same, told which connection they are of: the first one is 1.
  package func judgeEach(
    _ judge: @escaping @Sendable (_ connection: Int, Direction, [UInt8]) -> Verdict
  ) {
    state.withLock { $0.judge = judge }
  }

  /// Cuts everything and takes no more connections.
  package func close() {
    state.withLock { state in
      state.isClosed = true
      state.generation += 1
    }
  }

  private func setPaused(_ directions: [Direction], _ isPaused: Bool) {
    let directions = directions.isEmpty ? [.toServer, .toClient] : directions
    state.withLock { state in
      for direction in directions { state.treatments[direction]?.isPaused = isPaused }
    }
  }

  private func accept(on listener: Int32) {
    defer { Foundation.close(listener) }
    while !state.withLock(\.isClosed) {
      guard TCPProxySocket.isReadable(listener, within: 20) else { continue }
      let client = Foundation.accept(listener, nil, nil)
      guard client >= 0 else { continue }
      let (isAway, target) = state.withLock { ($0.isAway, $0.target) }
      guard !isAway, let server = try? TCPProxySocket.connected(to: target) else {
        Foundation.close(client)
        continue
      }
      TCPProxySocket.sendAtOnce(client)
      if case .tcp = target { TCPProxySocket.sendAtOnce(server) }
      let (number, generation) = state.withLock { state in
        state.accepted += 1
        return (state.accepted, state.generation)
      }
      TCPProxyLink(proxy: self, number: number, client: client, server: server, generation: generation)
        .start()
    }
  }
}
