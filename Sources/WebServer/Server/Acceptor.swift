import Dispatch
import Synchronization

/// Accepts connections on one loop's queue and shares them out among all loops in turn.
final class Acceptor {
  /// What the poller carries for the listening socket.
  static let key = UInt64.max

  private unowned let loop: EventLoop
  private let listener: Socket
  private let loops: [EventLoop]
  private var next = 0
  private var isExhausted = false
  /// Connections that were refused since the last report.
  private var refused = 0

  init(on loop: EventLoop, listener: consuming Socket, loops: [EventLoop]) {
    self.loop = loop
    self.listener = listener
    self.loops = loops
    watch()
  }

  /// Accepts the connections that wait, a bounded number, so that those that are there get their turn.
  func acceptWaiting() {
    for _ in 0..<64 {
      guard acceptNext() else { return }
    }
  }

  func stop() {
    reportRefused()
    loop.poller.forget(listener.descriptor)
  }

  /// Reports how many connections were refused. Called now and then: a flood must not flood the log.
  func reportRefused() {
    guard refused > 0 else { return }
    loop.duties.onEvent(.connectionsRefused(refused))
    refused = 0
  }

  private func watch() {
    _ = loop.poller.watch(listener: listener.descriptor, key: Self.key)
  }

  /// - Returns: whether another connection may wait.
  private func acceptNext() -> Bool {
    switch listener.acceptNext() {
    case .nothingYet: return false
    case .lost: return true
    case .exhausted(let code):
      rest(code)
      return false
    case .connection(let socket, let address):
      isExhausted = false
      hand(socket, from: address)
      return true
    }
  }

  private func hand(_ socket: consuming Socket, from address: SocketAddress) {
    let client = ClientAddress(address.host)
    guard admits(client) else {
      refused += 1
      return refuse(socket)
    }
    let chosen = loops[next]
    next = (next + 1) % loops.count
    if chosen === loop {
      loop.adopt(socket, of: client)
    } else {
      chosen.post(.adopt(descriptor: socket.release(), client))
    }
  }

  /// Counts a connection. Who sends nothing gives way to one who may: anybody where all places are taken; where the
  /// client alone has all that are its, one of its own, for another's would be of no use to it.
  private func admits(_ client: ClientAddress) -> Bool {
    switch loop.limit.add(client) {
    case .added: true
    case .full: loop.closeSilent() && loop.limit.add(client) == .added
    case .addressFull: loop.closeSilent(of: client) && loop.limit.add(client) == .added
    }
  }

  /// Sends the reason in one attempt, and closes.
  private func refuse(_ socket: consuming Socket) {
    var out: [UInt8] = []
    loop.appendRefusal(.serviceUnavailable, to: &out)
    _ = socket.transmit(out, from: 0)
    socket.endSending()
  }

  /// Without descriptors the listener would stay readable and keep the loop busy; it rests for a moment instead.
  private func rest(_ code: Int32) {
    if !isExhausted { loop.duties.onEvent(.acceptFailed(.failed(call: "accept", code: code))) }
    isExhausted = true
    loop.poller.forget(listener.descriptor)
    loop.queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [loop] in loop.acceptor?.watch() }
  }
}

/// Counts the connections of all loops together. One address has at most half of the places, and sixteen in any
/// case: a proxy does not need more, and one client alone does not shut all others out. An IPv6 network of 64 bits counts
/// as one address.
package final class ConnectionLimit: Sendable {
  /// What becomes of one more connection.
  package enum Verdict: Sendable {
    case added
    /// There are as many as all together may have.
    case full
    /// There are as many as one address may have.
    case addressFull
  }

  private struct Counts {
    var all = 0
    var byNetwork: [String: Int] = [:]
  }

  private let counts = Mutex(Counts())
  private let limit: Int

  /// Leaves descriptors for everything else the process opens: a flood of connections must not keep it from
  /// its database.
  package init(_ limit: Int, descriptors: Int) {
    self.limit = max(1, min(limit, descriptors - max(32, min(descriptors / 4, 128))))
  }

  /// Counts one more connection, unless there are as many as allowed.
  package func add(_ client: ClientAddress) -> Verdict {
    counts.withLock { counts in
      guard counts.byNetwork[client.network, default: 0] < max(16, limit / 2) else { return .addressFull }
      guard counts.all < limit else { return .full }
      counts.all += 1
      counts.byNetwork[client.network, default: 0] += 1
      return .added
    }
  }

  package func remove(_ client: ClientAddress) {
    counts.withLock { counts in
      counts.all -= 1
      let left = counts.byNetwork[client.network, default: 1] - 1
      counts.byNetwork[client.network] = left > 0 ? left : nil
    }
  }
}
