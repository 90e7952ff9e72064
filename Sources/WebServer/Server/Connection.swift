/// Which connection something is meant for: descriptors are used again, so each use has a number of its own.
struct ConnectionID: Equatable, Sendable {
  /// The use's number and the descriptor, as the poller carries them.
  let key: UInt64

  var descriptor: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: key)) }
}

/// One connection, confined to its loop's queue: bytes in, requests to the handler, answers out in order. How
/// answers are sent is in `Connection+Answering.swift`.
final class Connection {
  /// How the connection ends once everything is sent.
  enum Ending {
    /// At once: the client asked for it and has sent nothing else.
    case close
    /// After the client has read: a close with unread input would destroy the answer (RFC 9112 section 9.6).
    case linger
    case reset
  }

  enum Exchange {
    case reading
    case handling(AnswerContext)
    /// A streamed answer is under way; `remaining` bytes must still come, where a length was announced.
    case streaming(AnswerContext, AnswerFraming, remaining: Int?)
    case finishing(Ending)
    case lingering(dropped: Int)
    case closed
  }

  let id: ConnectionID
  let client: ClientAddress
  unowned let loop: EventLoop
  let socket: Socket
  var parser: RequestParser
  var policy: ConnectionPolicy
  var outbox = Outbox()
  var exchange = Exchange.reading
  var waitingWriters: [CheckedContinuation<HTTPBodyError?, Never>] = []

  /// Whether there may be input; the poller reports each arrival only once.
  private var mayRead = true
  /// Whether the client has announced the end of its input, which then has to be read to.
  private var inputEnds = false
  /// Whether the end of the input has been read.
  private var inputEnded = false

  /// Answers are sent before further pipelined requests are read when more bytes than this wait.
  private static let highWater = 65_536
  /// Reads of 64 KiB until other connections get their turn.
  private static let readsInATurn = 16
  /// Bytes that are dropped after the last answer before the connection is closed all the same.
  private static let longestLinger = 262_144

  init(id: ConnectionID, socket: consuming Socket, client: ClientAddress, loop: EventLoop) {
    self.id = id
    self.socket = socket
    self.client = client
    self.loop = loop
    let configuration = loop.duties.configuration
    parser = RequestParser(limits: configuration.limits, remoteAddress: client.host)
    policy = ConnectionPolicy(deadlines: configuration.deadlines, now: loop.now)
  }

  func handle(_ event: PollerEvent) {
    if event.isReadable || event.inputEnds || event.isBroken { mayRead = true }
    if event.inputEnds { inputEnds = true }
    if event.isBroken {
      switch exchange {
      case .handling, .streaming: return close()
      default: break
      }
    }
    advance()
  }

  /// Goes on until something has to be waited for.
  func advance() {
    var reads = 0
    while true {
      switch exchange {
      case .reading:
        guard readAndParse(&reads) else { return }
      case .handling, .streaming:
        _ = flush()
        return
      case .finishing(let ending):
        guard flush(), outbox.isEmpty else { return }
        finish(ending)
      case .lingering(let dropped):
        guard drop(after: dropped) else { return }
      case .closed:
        return
      }
    }
  }

  // MARK: Reading

  /// - Returns: whether to go on.
  private func readAndParse(_ reads: inout Int) -> Bool {
    if outbox.count >= Self.highWater {
      guard flush(), outbox.isEmpty else { return false }
    }
    let action = parser.next()
    if let announced = parser.announced(), let response = loop.duties.judge(announced.request) {
      turnAway(announced, with: response)
      return true
    }
    switch action {
    case .sendContinue: outbox.bytes.append(contentsOf: ResponseEncoder.interim)
    case .request(let parsed): begin(parsed)
    case .refuse(let error): refuse(error)
    case .needsBytes:
      if inputEnded { return endOfInput() }
      guard mayRead, reads < Self.readsInATurn else {
        if mayRead { loop.unfinished.append(id) }
        settle()
        return false
      }
      reads += 1
      return receive { bytes in parser.feed(bytes) }
    }
    return true
  }

  private func begin(_ parsed: ParsedRequest) {
    policy.enter(.handling, at: loop.now)
    let request = parsed.request
    exchange = .handling(
      AnswerContext(
        isHead: request.method == .head, isHTTP10: parsed.isHTTP10, keepsAlive: parsed.keepsAlive))
    if request.target == .asterisk {
      // OPTIONS for the server as a whole serves as a ping (RFC 9110 section 9.3.7).
      respond(with: HTTPResponse(status: .noContent))
    } else if let response = loop.duties.immediate(request) {
      respond(with: response)
    } else {
      loop.answer(request, on: id)
    }
  }

  /// Answers a request whose content is not read, and ends the connection.
  private func turnAway(_ parsed: ParsedRequest, with response: HTTPResponse) {
    // What has come of it all the same would be kept for as long as the client leaves the connection open.
    parser.stop()
    policy.enter(.handling, at: loop.now)
    exchange = .handling(
      AnswerContext(isHead: parsed.request.method == .head, isHTTP10: parsed.isHTTP10, keepsAlive: false))
    respond(with: response)
  }

  private func refuse(_ error: HTTPParseError) {
    loop.duties.onEvent(.requestRefused(error))
    refuse(error.status)
  }

  /// The client has sent all it wanted to.
  private func endOfInput() -> Bool {
    if parser.phase == .betweenRequests {
      exchange = .finishing(.close)
    } else {
      refuse(.incompleteRequest)
    }
    return true
  }

  /// Waits for more of a request.
  private func settle() {
    guard flush() else { return }
    switch parser.phase {
    case .betweenRequests: policy.enter(.idle, at: loop.now)
    case .head: policy.enter(.head, at: loop.now)
    case .body: policy.enter(.body, at: loop.now)
    case .refused: break
    }
  }

  /// One read; an empty socket and the end of the input are remembered.
  /// - Returns: false when the connection broke and is closed.
  private func receive(_ take: (ArraySlice<UInt8>) -> Void) -> Bool {
    switch socket.receive(into: &loop.scratch) {
    case .bytes(let count):
      // A read that does not fill the buffer has emptied the socket; the next event reports more.
      mayRead = count == loop.scratch.count || inputEnds
      take(loop.scratch[..<count])
    case .nothingYet: mayRead = false
    case .end: inputEnded = true
    case .failed:
      close()
      return false
    }
    return true
  }

  // MARK: Ending

  /// Looks at the deadlines.
  func tick() {
    switch policy.tick(at: loop.now) {
    case .none: break
    case .close: close()
    case .reset:
      loop.duties.onEvent(.deadlinePassed(nil))
      reset()
    case .refuse(let status):
      loop.duties.onEvent(.deadlinePassed(status))
      refuse(status)
      advance()
    }
  }

  /// Ends with the current request, at once when there is none.
  func drain() {
    if policy.drain() == .close { close() }
  }

  /// Closes with FIN; a writer that still waits gets `clientGone`.
  func close() {
    if case .closed = exchange { return }
    exchange = .closed
    for writer in waitingWriters { writer.resume(returning: .clientGone) }
    waitingWriters = []
    loop.remove(id)
  }

  /// Closes with RST.
  private func reset() {
    socket.resetOnClose()
    close()
  }

  private func finish(_ ending: Ending) {
    switch ending {
    case .close: close()
    case .reset: reset()
    case .linger:
      guard !inputEnded else { return close() }
      socket.endSending()
      policy.enter(.lingering, at: loop.now)
      exchange = .lingering(dropped: 0)
    }
  }

  /// Reads what the client still sends and drops it.
  private func drop(after dropped: Int) -> Bool {
    guard mayRead else { return false }
    var count = 0
    guard receive({ count = $0.count }) else { return false }
    exchange = .lingering(dropped: dropped + count)
    if inputEnded || dropped + count > Self.longestLinger { close() }
    return true
  }
}
