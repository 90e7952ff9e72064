/// Bytes that wait to be sent.
struct Outbox {
  var bytes: [UInt8] = []
  private(set) var sent = 0

  /// More capacity than this is given back when everything is sent.
  private static let keptCapacity = 2048

  /// How many bytes wait.
  var count: Int { bytes.count - sent }

  var isEmpty: Bool { count == 0 }

  mutating func advance(by sentBytes: Int) {
    sent += sentBytes
    guard isEmpty else { return }
    if bytes.capacity > Self.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    sent = 0
  }
}

extension Connection {
  /// The handler's answer has come.
  func answer(_ response: HTTPResponse) {
    respond(with: response)
    advance()
  }

  /// Puts the answer to the current request into the outbox.
  func respond(with response: HTTPResponse) {
    guard case .handling(let asked) = exchange else { return }
    guard !response.isAbort else {
      exchange = .finishing(.reset)
      return
    }
    var context = asked
    context.keepsAlive = policy.keepsAlive(asked: asked.keepsAlive)
    let framing = AnswerFraming(of: response, to: context)
    ResponseEncoder.append(response, framing, date: loop.dateLine, to: &outbox.bytes)
    if case .stream(let length, let body) = response.body, framing.hasContent {
      exchange = .streaming(asked, framing, remaining: length)
      loop.stream(to: id, body)
    } else {
      end(asked, framing)
    }
  }

  /// Answers what never reaches the handler, and ends the connection.
  func refuse(_ status: HTTPStatus) {
    parser.stop()
    loop.appendRefusal(status, to: &outbox.bytes)
    policy.enter(.handling, at: loop.now)
    exchange = .finishing(.linger)
  }

  /// Sends what waits, as far as the client takes it.
  /// - Returns: false when the connection broke and is closed.
  func flush() -> Bool {
    var advanced = false
    while !outbox.isEmpty {
      switch socket.transmit(outbox.bytes, from: outbox.sent) {
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
    guard case .streaming(let asked, let framing, let remaining) = exchange else {
      return continuation.resume(returning: .clientGone)
    }
    if let remaining {
      guard bytes.count <= remaining else {
        exchange = .finishing(.reset)
        continuation.resume(returning: .tooLong)
        return advance()
      }
      exchange = .streaming(asked, framing, remaining: remaining - bytes.count)
    }
    if framing.delimiter == .chunked {
      ResponseEncoder.appendChunk(bytes, to: &outbox.bytes)
    } else {
      outbox.bytes.append(contentsOf: bytes)
    }
    waitingWriters.append(continuation)
    _ = flush()
  }

  /// The closure of a streamed answer has returned or thrown.
  func streamEnded(failed: Bool) {
    guard case .streaming(let asked, let framing, let remaining) = exchange else { return }
    if failed {
      exchange = .finishing(.reset)
    } else if remaining ?? 0 > 0 {
      exchange = .finishing(.linger)
    } else {
      if framing.delimiter == .chunked { ResponseEncoder.appendLastChunk(to: &outbox.bytes) }
      end(asked, framing)
    }
    advance()
  }

  private func end(_ asked: AnswerContext, _ framing: AnswerFraming) {
    if framing.keepsAlive {
      policy.enter(.idle, at: loop.now)
      exchange = .reading
    } else {
      let isExpected = !asked.keepsAlive && parser.phase == .betweenRequests
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
