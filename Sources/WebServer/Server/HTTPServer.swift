/// An HTTP/1.1 server: accepts connections, hands requests to a handler and sends its answers.
package final class HTTPServer: Sendable {
  /// - Parameters:
  ///   - onEvent: is told what happens, from any thread; must not block.
  ///   - refusal: words the answer to a request that never reaches the handler.
  ///   - immediate: answers on the event loop what needs no waiting, such as a liveness probe; nil passes
  ///     the request on to `handler`.
  ///   - handler: answers everything else, as a task of its own.
  package init(
    configuration: HTTPServerConfiguration, onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in },
    refusal: @escaping @Sendable (HTTPStatus) -> HTTPResponse = { .text($0.reason + "\n", status: $0) },
    immediate: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    handler: @escaping HTTPHandler
  ) {}

  /// Opens the port and begins to accept connections.
  /// - Returns: the address with the port that was bound.
  package func start() async throws(SocketError) -> SocketAddress {
    throw .alreadyStarted
  }

  /// Accepts no more, closes idle connections at once, lets requests end within `gracePeriod` and closes
  /// what is left then. Returns when all connections are closed.
  package func stop(gracePeriod: Duration = .seconds(25)) async {}
}
