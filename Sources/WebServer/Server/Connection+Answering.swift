extension Connection {
  /// The handler's answer has come.
  func answer(_ response: HTTPResponse) {
    respond(with: response)
    advance()
  }

  /// Puts the answer to the current request into the outbox.
  func respond(with response: HTTPResponse) {
    guard case .handling(let context) = exchange else { return }
    guard !response.isAbort else {
      exchange = .finishing(.reset)
      return
    }
    let framing = AnswerFraming(
      of: response, isHead: context.isHead, isHTTP10: context.isHTTP10,
      keepsAlive: policy.keepsAlive(asked: context.keepsAlive))
    append(response, framing, isHTTP10: context.isHTTP10)
    if case .stream(let length, let body) = response.body, framing.hasContent {
      let presence = ClientPresence()
      exchange = .streaming(
        Streaming(context: context, framing: framing, presence: presence, remaining: length))
      loop.stream(to: id, presence: presence, body)
    } else {
      end(context, framing)
    }
  }

  /// Answers what never reaches the handler, and ends the connection.
  func refuse(_ status: HTTPStatus) {
    let response = loop.duties.refusal(status)
    let framing = AnswerFraming(of: response, isHead: false, isHTTP10: false, keepsAlive: false)
    append(response, framing, isHTTP10: false)
    policy.enter(.handling, at: loop.now)
    exchange = .finishing(.linger)
  }

  /// Sends what waits, as far as the client takes it.
  /// - Returns: false when the connection broke and is closed.
  func flush() -> Bool {
    var advanced = false
    while !outbox.isEmpty {
      switch socket.send(outbox.bytes, from: outbox.sent) {
      case .bytes(let count):
        outbox.advance(by: count)
        advanced = true
      case .full:
        policy.sendingWaits(advanced: advanced, at: loop.now)
        if advanced { resumeWriters() }
        return true
      case .failed:
        close()
        return false
      }
    }
    policy.sendingEnded()
    resumeWriters()
    return true
  }

  /// The next bytes of a streamed answer.
  func write(_ bytes: [UInt8], _ continuation: CheckedContinuation<HTTPBodyError?, Never>) {
    guard case .streaming(var streaming) = exchange else {
      return continuation.resume(returning: .clientGone)
    }
    if let remaining = streaming.remaining {
      guard bytes.count <= remaining else {
        exchange = .finishing(.reset)
        continuation.resume(returning: .tooLong)
        return advance()
      }
      streaming.remaining = remaining - bytes.count
      exchange = .streaming(streaming)
    }
    if streaming.framing.delimiter == .chunked {
      ResponseEncoder.appendChunk(bytes, to: &outbox.bytes)
    } else {
      outbox.bytes.append(contentsOf: bytes)
    }
    waitingWriters.append(continuation)
    _ = flush()
  }

  /// The closure of a streamed answer has returned or thrown.
  func streamEnded(failed: Bool) {
    guard case .streaming(let streaming) = exchange else { return }
    if failed {
      exchange = .finishing(.reset)
    } else if streaming.remaining ?? 0 > 0 {
      exchange = .finishing(.linger)
    } else {
      if streaming.framing.delimiter == .chunked { ResponseEncoder.appendLastChunk(to: &outbox.bytes) }
      end(streaming.context, streaming.framing)
    }
    advance()
  }

  private func append(_ response: HTTPResponse, _ framing: AnswerFraming, isHTTP10: Bool) {
    ResponseEncoder.appendHead(
      of: response, framing: framing, isHTTP10: isHTTP10, date: loop.dateLine, to: &outbox.bytes)
    if framing.hasContent, case .bytes(let bytes) = response.body {
      outbox.bytes.append(contentsOf: bytes)
    }
  }

  private func end(_ context: AnswerContext, _ framing: AnswerFraming) {
    if framing.keepsAlive {
      policy.enter(.idle, at: loop.now)
      exchange = .reading
    } else {
      let isExpected = !context.keepsAlive && !parser.hasUnreadBytes
      exchange = .finishing(isExpected ? .close : .linger)
    }
  }

  /// Lets the writers of a streamed answer go on when little enough waits.
  private func resumeWriters() {
    guard !waitingWriters.isEmpty, outbox.count <= Self.lowWater else { return }
    for writer in waitingWriters { writer.resume(returning: nil) }
    waitingWriters = []
  }

  private static let lowWater = 16_384
}
