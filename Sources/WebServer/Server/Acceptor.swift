import Dispatch

/// The listening socket and the loops that share its connections in turn.
struct Acceptor: ~Copyable {
  /// What the poller carries for it.
  static let key = UInt64.max

  let listener: Socket
  let loops: [EventLoop]
  var next = 0
  var isExhausted = false
  /// Connections that were refused since it was last told.
  var refused = 0
}

extension EventLoop {
  /// Begins to accept connections on this loop.
  func accept(from listener: consuming Socket, for loops: [EventLoop]) {
    guard poller.watch(listener: listener.descriptor, key: Acceptor.key) else { return }
    acceptor = Acceptor(listener: listener, loops: loops)
  }

  /// Accepts what waits, a bounded number, so that connections that are there get their turn.
  func acceptWaiting() {
    for _ in 0..<64 {
      guard acceptor != nil, acceptNext() else { return }
    }
  }

  func stopAccepting() {
    guard let listener = acceptor?.listener.descriptor else { return }
    tellRefused()
    poller.forget(listener)
    acceptor = nil
  }

  /// Tells how many connections were refused. Called now and then: a flood must not flood whoever is told.
  func tellRefused() {
    guard let refused = acceptor?.refused, refused > 0 else { return }
    acceptor?.refused = 0
    duties.onEvent(.connectionsRefused(refused))
  }

  /// - Returns: whether another connection may wait.
  private func acceptNext() -> Bool {
    guard let accepted = acceptor?.listener.accept() else { return false }
    switch consume accepted {
    case .nothingYet:
      return false
    case .lost:
      return true
    case .exhausted(let code):
      pauseAccepting(code)
      return false
    case .connection(let socket, let address):
      acceptor?.isExhausted = false
      hand(socket, from: address)
      return true
    }
  }

  private func hand(_ socket: consuming Socket, from address: SocketAddress) {
    guard count.add() else {
      acceptor?.refused += 1
      return refuse(socket)
    }
    guard let loops = acceptor?.loops, let turn = acceptor?.next else { return }
    acceptor?.next = (turn + 1) % loops.count
    let loop = loops[turn]
    if loop === self {
      adopt(socket, remoteAddress: address.host)
    } else {
      loop.post(.adopt(descriptor: socket.release(), remoteAddress: address.host))
    }
  }

  /// Says why, as far as one attempt goes, and closes.
  private func refuse(_ socket: consuming Socket) {
    let response = duties.refusal(.serviceUnavailable)
    let framing = AnswerFraming(of: response, isHead: false, isHTTP10: false, keepsAlive: false)
    var out: [UInt8] = []
    ResponseEncoder.appendHead(of: response, framing: framing, isHTTP10: false, date: dateLine, to: &out)
    if case .bytes(let bytes) = response.body { out.append(contentsOf: bytes) }
    _ = socket.send(out, from: 0)
    socket.endSending()
  }

  /// Without descriptors the listener would stay readable and keep the loop busy; it rests instead.
  private func pauseAccepting(_ code: Int32) {
    guard let listener = acceptor?.listener.descriptor else { return }
    if acceptor?.isExhausted == false { duties.onEvent(.acceptFailed(.failed(call: "accept", code: code))) }
    acceptor?.isExhausted = true
    poller.forget(listener)
    queue.asyncAfter(deadline: .now() + .milliseconds(100)) { self.resumeAccepting() }
  }

  private func resumeAccepting() {
    guard let listener = acceptor?.listener.descriptor else { return }
    _ = poller.watch(listener: listener, key: Acceptor.key)
  }
}
