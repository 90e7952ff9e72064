extension EventLoop {
  func handle(_ message: LoopMessage) {
    switch message {
    case .listen(let descriptor, let loops):
      accept(from: Socket(adopting: descriptor), for: loops)
    case .adopt(let descriptor, let remoteAddress):
      adopt(Socket(adopting: descriptor), remoteAddress: remoteAddress)
    case .answer(let id, let response):
      runningHandlers -= 1
      take(response, for: id)
    case .write(let id, let bytes, let continuation):
      guard let connection = connection(id) else { return continuation.resume(returning: .clientGone) }
      connection.write(bytes, continuation)
    case .streamEnded(let id, let failed):
      runningHandlers -= 1
      connection(id)?.streamEnded(failed: failed)
    case .drain(let completion):
      drain(completion)
    case .closeAll:
      for connection in connections { connection?.close() }
      if isDraining { finish() }
    }
  }

  /// Runs the handler as a task of its own; its answer comes back as a message.
  func answer(_ request: HTTPRequest, on id: ConnectionID) {
    runningHandlers += 1
    Task { [handler = duties.handler] in
      let response = await handler(request)
      post(.answer(id, response))
    }
  }

  /// Runs the closure of a streamed answer as a task of its own.
  func stream(
    to id: ConnectionID, presence: ClientPresence,
    _ body: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
  ) {
    runningHandlers += 1
    let writer = HTTPBodyWriter(isClientGone: { presence.isGone }) { bytes throws(HTTPBodyError) in
      let fault = await withCheckedContinuation { self.post(.write(id, bytes, $0)) }
      if let fault { throw fault }
    }
    Task {
      do {
        try await body(writer)
        post(.streamEnded(id, failed: false))
      } catch {
        post(.streamEnded(id, failed: true))
      }
    }
  }

  /// A streamed answer whose client has gone still runs: the work it reports on may depend on it.
  private func take(_ response: HTTPResponse, for id: ConnectionID) {
    if let connection = connection(id) { return connection.answer(response) }
    guard case .stream(_, let body) = response.body else { return }
    let presence = ClientPresence()
    presence.end()
    stream(to: id, presence: presence, body)
  }

  private func drain(_ completion: @escaping @Sendable () -> Void) {
    isDraining = true
    onDrained = completion
    stopAccepting()
    for connection in connections { connection?.drain() }
  }
}
