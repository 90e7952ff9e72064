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
      guard !treatment(direction).isPaused else {
        nap(.milliseconds(5))
        continue
      }
      guard let bytes = TCPProxySocket.receive(from: source, within: 20) else { continue }
      guard !bytes.isEmpty else { break }
      // It may have changed while nothing arrived: what holds is what was said before the bytes came.
      while isAlive, treatment(direction).isPaused { nap(.milliseconds(5)) }
      nap(treatment(direction).delay)
      guard isAlive, pass(bytes, direction, treatment(direction), to: sink) else { return cut() }
      if direction == .toServer && isEnding.load(ordering: .relaxed) { return }
    }
    if isAlive { shutdown(sink, Int32(SHUT_WR)) } else { cut() }
  }

  private func treatment(_ direction: TCPProxy.Direction) -> TCPProxy.Treatment {
    proxy.state.withLock { $0.treatments[direction] } ?? TCPProxy.Treatment()
  }

  /// Whether the connection goes on.
  private func pass(
    _ bytes: [UInt8], _ direction: TCPProxy.Direction, _ treatment: TCPProxy.Treatment, to sink: Int32
  ) -> Bool {
    if isEnding.load(ordering: .relaxed) { return true }
    switch proxy.state.withLock({ $0.judge })(number, direction, bytes) {
    case .forward: break
    case .swallow: return true
    case .end(let count):
      isEnding.store(true, ordering: .relaxed)
      _ = TCPProxySocket.send(bytes.prefix(count), to: server)
      shutdown(server, Int32(SHUT_WR))
      return true
    case .cutBefore: return false
    case .cutAfter:
      // The client first, so that no answer can slip through.
      shutdown(client, Int32(SHUT_RDWR))
      _ = TCPProxySocket.send(bytes[...], to: sink)
      return false
    }
    guard let limit = treatment.cutAfter else { return trickle(bytes[...], treatment, to: sink) }
    proxy.state.withLock { $0.treatments[direction]?.cutAfter = max(0, limit - bytes.count) }
    return trickle(bytes.prefix(limit), treatment, to: sink) && bytes.count < limit
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
    shutdown(server, Int32(SHUT_RDWR))
  }

  private func nap(_ duration: Duration) {
    if duration > .zero { Thread.sleep(forTimeInterval: duration / .seconds(1)) }
  }
}
