import CSystem
import Dispatch
import Synchronization

/// What a server reports to its operator; the server itself logs nothing.
package enum ServerEvent: Hashable, Sendable {
  /// Connections are accepted at this address.
  case listening(SocketAddress)
  /// So many connections were answered 503 and closed because there are as many as allowed; reported at most
  /// once a second.
  case connectionsRefused(Int)
  /// No connection can be accepted for the moment, such as for want of descriptors; tried again soon.
  case acceptFailed(SocketError)
  /// A request was not understood or not allowed; the client got the error's status.
  case requestRefused(HTTPParseError)
  /// A connection was cut off by a deadline: with 408 while it sent, without a status while it read.
  case deadlinePassed(HTTPStatus?)
  /// No more connections are accepted.
  case stopped
}

/// What the user of a server gave it.
struct ServerDuties: Sendable {
  let configuration: HTTPServerConfiguration
  let onEvent: @Sendable (ServerEvent) -> Void
  let refusal: @Sendable (HTTPStatus) -> HTTPResponse
  let judge: @Sendable (HTTPRequest) -> HTTPResponse?
  let immediate: @Sendable (HTTPRequest) -> HTTPResponse?
  let handler: HTTPHandler
}

/// An HTTP/1.1 server: accepts connections, hands requests to a handler and sends its answers.
///
/// Started once and stopped once; it must be stopped before it is dropped.
package final class HTTPServer: Sendable {
  private enum State {
    case new, stopped
    case running([EventLoop])
  }

  private let duties: ServerDuties
  private let state = Mutex(State.new)

  /// - Parameters:
  ///   - onEvent: is called from any thread; must not block.
  ///   - refusal: words the answer to a request that never reaches the handler.
  ///   - judge: looks at the head of a request whose content is still to come; an answer ends the connection, and
  ///     the content is not read. Called on the event loop.
  ///   - immediate: answers on the event loop what needs no waiting and no work, such as a liveness probe;
  ///     nil passes the request on to `handler`.
  ///   - handler: answers everything else, as a task of its own.
  package init(
    configuration: HTTPServerConfiguration, onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in },
    refusal: @escaping @Sendable (HTTPStatus) -> HTTPResponse = { .text($0.reason + "\n", status: $0) },
    judge: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    immediate: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    handler: @escaping HTTPHandler
  ) {
    duties = ServerDuties(
      configuration: configuration, onEvent: onEvent, refusal: refusal, judge: judge, immediate: immediate,
      handler: handler)
  }

  /// Opens the port and begins to accept connections.
  /// - Returns: the address with the port that was bound.
  /// - Throws: when the address cannot be listened on, and when the server was started or stopped before.
  package func start() async throws(SocketError) -> SocketAddress {
    guard case .new = state.withLock({ $0 }) else { throw .alreadyStarted }
    let configuration = duties.configuration
    let listener = try Socket.listening(
      on: SocketAddress(host: configuration.host, port: configuration.port))
    let address = try listener.localAddress()
    let limit = ConnectionLimit(
      configuration.limits.connections, descriptors: Int(csystem_descriptor_limit()))
    let loops = try (0..<configuration.loops).map { number throws(SocketError) in
      try EventLoop(number: number, duties: duties, limit: limit)
    }
    let isNew = state.withLock { state in
      guard case .new = state else { return false }
      state = .running(loops)
      return true
    }
    guard isNew else { throw .alreadyStarted }
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
}
