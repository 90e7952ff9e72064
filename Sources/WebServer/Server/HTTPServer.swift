import Dispatch
import Synchronization

/// An HTTP/1.1 server: accepts connections, hands requests to a handler and sends its answers.
///
/// Started once and stopped once; it must be stopped before it is dropped.
package final class HTTPServer: Sendable {
  private enum State {
    case new
    case running([EventLoop])
    case stopped
  }

  private let duties: ServerDuties
  private let state = Mutex(State.new)

  /// - Parameters:
  ///   - onEvent: is told what happens, from any thread; must not block.
  ///   - refusal: words the answer to a request that never reaches the handler.
  ///   - immediate: answers on the event loop what needs no waiting and no work, such as a liveness probe;
  ///     nil passes the request on to `handler`.
  ///   - handler: answers everything else, as a task of its own.
  package init(
    configuration: HTTPServerConfiguration, onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in },
    refusal: @escaping @Sendable (HTTPStatus) -> HTTPResponse = { .text($0.reason + "\n", status: $0) },
    immediate: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    handler: @escaping HTTPHandler
  ) {
    duties = ServerDuties(
      configuration: configuration, onEvent: onEvent, refusal: refusal, immediate: immediate,
      handler: handler)
  }

  /// Opens the port and begins to accept connections.
  /// - Returns: the address with the port that was bound.
  /// - Throws: `SocketError` when the address cannot be listened on, or on a second start.
  package func start() async throws(SocketError) -> SocketAddress {
    guard case .new = state.withLock({ $0 }) else { throw .alreadyStarted }
    let configuration = duties.configuration
    let listener = try Socket.listening(
      on: SocketAddress(host: configuration.host, port: configuration.port))
    let address = try listener.localAddress()
    let count = ConnectionCount(
      limit: configuration.limits.connections, descriptors: SystemCall.descriptorLimit)
    var loops: [EventLoop] = []
    for number in 0..<configuration.loops {
      loops.append(try EventLoop(number: number, duties: duties, count: count))
    }
    try begin(loops)
    for loop in loops { loop.start() }
    loops[0].post(.listen(descriptor: listener.release(), loops))
    duties.onEvent(.listening(address))
    return address
  }

  /// Accepts no more, closes idle connections at once, lets requests end within `gracePeriod` and closes
  /// what is left then. Returns when all connections are closed; handlers that are still running are not
  /// cancelled.
  package func stop(gracePeriod: Duration = .seconds(25)) async {
    let before = state.withLock { state in
      defer { state = .stopped }
      return state
    }
    guard case .running(let loops) = before else { return }
    let drained = DispatchGroup()
    for loop in loops {
      drained.enter()
      loop.post(.drain(completion: { drained.leave() }))
      loop.queue.asyncAfter(deadline: .now() + gracePeriod.dispatchInterval) { loop.post(.closeAll) }
    }
    await withCheckedContinuation { continuation in
      drained.notify(queue: .global()) { continuation.resume() }
    }
    duties.onEvent(.stopped)
  }

  private func begin(_ loops: [EventLoop]) throws(SocketError) {
    let isNew = state.withLock { state in
      guard case .new = state else { return false }
      state = .running(loops)
      return true
    }
    guard isNew else { throw .alreadyStarted }
  }
}
