/// What other threads ask of an event loop.
enum LoopMessage: Sendable {
  /// Accept connections from a listening descriptor, now the loop's, and share them out.
  case listen(descriptor: Int32, [EventLoop])
  /// Take over an accepted connection; the descriptor is the loop's from now on.
  case adopt(descriptor: Int32, ClientAddress)
  /// A handler has answered.
  case answer(ConnectionID, HTTPResponse)
  /// A streamed answer goes on; the continuation gets what is wrong, or nil when more can come.
  case write(ConnectionID, [UInt8], CheckedContinuation<HTTPBodyError?, Never>)
  /// A streamed answer has ended.
  case streamEnded(ConnectionID, failed: Bool)
  /// Accept nothing, let requests end, then call the closure.
  case drain(completion: @Sendable () -> Void)
  /// Close all that is open.
  case closeAll
}

extension EventLoop {
  func handle(_ message: LoopMessage) {
    switch message {
    case .listen(let descriptor, let loops):
      acceptor = Acceptor(on: self, listener: Socket(adopting: descriptor), loops: loops)
    case .adopt(let descriptor, let client):
      adopt(Socket(adopting: descriptor), of: client)
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
      isDraining = true
      onDrained = completion
      acceptor?.stop()
      acceptor = nil
      for connection in connections { connection?.drain() }
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
  func stream(to id: ConnectionID, _ body: @escaping @Sendable (HTTPBodyWriter) async throws -> Void) {
    runningHandlers += 1
    let writer = HTTPBodyWriter { bytes throws(HTTPBodyError) in
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

  /// A streamed answer runs even when its client has gone: the work it reports on may depend on it.
  private func take(_ response: HTTPResponse, for id: ConnectionID) {
    if let connection = connection(id) {
      connection.answer(response)
    } else if case .stream(_, let body) = response.body {
      stream(to: id, body)
    }
  }
}
