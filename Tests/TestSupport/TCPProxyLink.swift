import Dispatch
import Foundation
import Synchronization

/// One connection through the proxy; its sockets are closed when both directions have ended.
final class TCPProxyLink: Sendable {
  private let proxy: TCPProxy
  private let number: Int
  private let client: Int32
  private let server: Int32
  private let generation: Int
  private let isCut = Atomic(false)
  /// Nothing more goes to the server, whose answers vanish.
  private let isEnding = Atomic(false)
  /// Nothing passes any more, and nobody is told.
  private let isStalled = Atomic(false)
  /// It asks PostgreSQL to cancel something.
  private let asksToCancel = Atomic(false)

  init(proxy: TCPProxy, number: Int, client: Int32, server: Int32, generation: Int) {
    self.proxy = proxy
    self.number = number
    self.client = client
    self.server = server
    self.generation = generation
  }

  deinit {
    close(client)
    close(server)
  }

  func start() {
    DispatchQueue(label: "proxy to server").async { self.pump(.toServer) }
    DispatchQueue(label: "proxy to client").async { self.pump(.toClient) }
  }

  private func pump(_ direction: TCPProxy.Direction) {
    let (source, sink) = direction == .toServer ? (client, server) : (server, client)
    while isAlive {
      guard !isHeld(direction) else {
        nap(.milliseconds(5))
        continue
      }
      guard let bytes = TCPProxySocket.receive(from: source, within: 20) else { continue }
      guard !bytes.isEmpty else { break }
      // It may have changed while nothing arrived: what holds is what was said before the bytes came.
      while isAlive, isHeld(direction) { nap(.milliseconds(5)) }
      nap(treatment(direction).delay)
      guard isAlive, pass(bytes, direction, treatment(direction), to: sink) else { return cut() }
      if direction == .toServer && isEnding.load(ordering: .relaxed) { return }
    }
    waitForCancelling()
    if isAlive { shutdown(sink, Int32(SHUT_WR)) } else { cut() }
  }

  private func treatment(_ direction: TCPProxy.Direction) -> TCPProxy.Treatment {
    proxy.state.withLock { $0.treatments[direction] } ?? TCPProxy.Treatment()
  }

  private func isHeld(_ direction: TCPProxy.Direction) -> Bool {
    isStalled.load(ordering: .relaxed) || treatment(direction).isPaused
  }

  /// Whether the connection goes on.
  private func pass(
    _ bytes: [UInt8], _ direction: TCPProxy.Direction, _ treatment: TCPProxy.Treatment, to sink: Int32
  ) -> Bool {
    if isEnding.load(ordering: .relaxed) { return true }
    switch proxy.state.withLock({ $0.judge })(number, direction, bytes) {
    case .forward: noteCancelRequest(bytes, direction)
    case .swallow: return true
    case .answer(let bytes): return TCPProxySocket.send(bytes[...], to: client)
    case .end(let count):
      isEnding.store(true, ordering: .relaxed)
      _ = TCPProxySocket.send(bytes.prefix(count), to: server)
      shutdown(server, Int32(SHUT_WR))
      return true
    case .pieces(let places):
      for (begin, end) in zip([0] + places, places + [bytes.count]) where begin < end {
        while isAlive, TCPProxySocket.hasUnread(sink) { nap(.microseconds(50)) }
        guard isAlive, TCPProxySocket.send(bytes[begin..<end], to: sink) else { return false }
      }
      return true
    case .cutBefore: return false
    case .cutAfter:
      noteCancelRequest(bytes, direction)
      // The client first, so that no answer can slip through.
      shutdown(client, Int32(SHUT_RDWR))
      _ = TCPProxySocket.send(bytes[...], to: sink)
      return false
    }
    if let (offset, mischief) = proxy.ambush(direction, of: bytes.count) {
      return TCPProxySocket.send(bytes.prefix(offset), to: sink)
        && strike(mischief, bytes.dropFirst(offset), to: sink)
    }
    guard let limit = treatment.cutAfter else { return trickle(bytes[...], treatment, to: sink) }
    proxy.state.withLock { $0.treatments[direction]?.cutAfter = max(0, limit - bytes.count) }
    return trickle(bytes.prefix(limit), treatment, to: sink) && bytes.count < limit
  }

  /// Does the mischief to the bytes from the one on that was waited for.
  private func strike(_ mischief: TCPProxy.Mischief, _ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
    switch mischief {
    case .cut: return false
    case .vanish:
      proxy.cutAll()
      return false
    case .stall:
      isStalled.store(true, ordering: .relaxed)
      return true
    case .freeze: return true
    case .wait(let duration):
      nap(duration)
      return TCPProxySocket.send(bytes, to: sink)
    case .trickle(let count):
      for byte in bytes.prefix(count) {
        guard isAlive, TCPProxySocket.send([byte], to: sink) else { return false }
      }
      return TCPProxySocket.send(bytes.dropFirst(count), to: sink)
    case .replace(let change):
      return TCPProxySocket.send(bytes.prefix(1).map(change)[...] + bytes.dropFirst(), to: sink)
    }
  }

  private func trickle(_ bytes: ArraySlice<UInt8>, _ treatment: TCPProxy.Treatment, to sink: Int32) -> Bool {
    guard let trickle = treatment.trickle else { return TCPProxySocket.send(bytes, to: sink) }
    var rest = bytes
    while !rest.isEmpty {
      guard isAlive, TCPProxySocket.send(rest.prefix(trickle.bytes), to: sink) else { return false }
      rest = rest.dropFirst(trickle.bytes)
      nap(trickle.step)
    }
    return true
  }

  private var isAlive: Bool {
    !isCut.load(ordering: .relaxed) && proxy.state.withLock(\.generation) == generation
  }

  private func cut() {
    isCut.store(true, ordering: .relaxed)
    shutdown(client, Int32(SHUT_RDWR))
    waitForCancelling()
    shutdown(server, Int32(SHUT_RDWR))
  }

  private func noteCancelRequest(_ bytes: [UInt8], _ direction: TCPProxy.Direction) {
    // Its length and its code (PostgreSQL manual, section 55.7, CancelRequest).
    guard direction == .toServer, bytes.starts(with: [0, 0, 0, 16, 4, 210, 22, 46]) else { return }
    asksToCancel.store(true, ordering: .relaxed)
  }

  /// A request to cancel that a pooler has got is not taken back: PgBouncer 1.18 ends itself for all its clients if who
  /// asked hangs up before it has passed the request on. It hangs up itself when that is done.
  private func waitForCancelling() {
    guard asksToCancel.load(ordering: .relaxed) else { return }
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if TCPProxySocket.receive(from: server, within: 20)?.isEmpty == true { return }
    }
  }

  private func nap(_ duration: Duration) {
    if duration > .zero { Thread.sleep(forTimeInterval: duration / .seconds(1)) }
  }
}
