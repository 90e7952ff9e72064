import Synchronization
import TestSupport
import Testing
import WebServer

@Suite("Connections over real sockets")
struct ConnectionTests {
  @Test("one connection serves many requests, one after the other")
  func keepAlive() async throws {
    try await withServer { _, port in
      let client = try await RawSocketClient(port: port)
      for number in 0..<50 {
        try await client.send(makeRequest("POST", "/\(number)", body: "x\(number)"))
        #expect(await client.readAnswer()?.text == "POST /\(number) x\(number)")
      }
    }
  }

  @Test("2,000 pipelined requests are answered in order", arguments: [true, false])
  func pipelining(immediately: Bool) async throws {
    let answer: @Sendable (HTTPRequest) -> HTTPResponse = { .text($0.target.path) }
    try await withServer(
      immediate: { immediately ? answer($0) : nil }, handler: { answer($0) },
      { _, port in
        let client = try await RawSocketClient(port: port)
        let requests = (0..<2000).map { makeRequest("GET", "/\($0)") }.joined()
        async let sent: Void = client.send(
          requests + makeRequest("GET", "/last", fields: ["Connection: close"]))
        try await sent
        let received = await client.readToEnd()
        #expect(received.ending == .end)
        let (answers, rest) = ReceivedAnswer.all(in: received.bytes)
        #expect(rest == 0)
        #expect(answers.map(\.text) == (0..<2000).map { "/\($0)" } + ["/last"])
      })
  }

  @Test("a request split at every byte is understood")
  func splitRequest() async throws {
    try await withServer { _, port in
      let client = try await RawSocketClient(port: port)
      let request = Array(makeRequest("POST", "/a%20b?c=d", fields: ["X: y"], body: "content").utf8)
      for split in request.indices {
        try await client.send(Array(request[..<split]))
        try await client.send(Array(request[split...]))
        #expect(await client.readAnswer()?.text == "POST /a b content", "split at \(split)")
      }
      for byte in request { try await client.send([byte]) }
      #expect(await client.readAnswer()?.text == "POST /a b content")
    }
  }

  @Test("500 idle connections do not keep the 501st from being served")
  func idleConnections() async throws {
    // On a busy machine it takes long to open so many.
    try await withServer(deadlines: HTTPDeadlines(header: .seconds(3600))) { _, port in
      var idle: [RawSocketClient] = []
      for _ in 0..<500 { idle.append(try await RawSocketClient(port: port)) }
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      #expect(await client.readAnswer()?.status == 200)
      for client in idle {
        try await client.send(makeRequest())
        #expect(await client.readAnswer()?.status == 200)
      }
    }
  }

  @Test("one connection more than allowed is told 503 and closed, and allowed again later")
  func connectionCap() async throws {
    let events = EventRecorder()
    try await withServer(limits: HTTPLimits(connections: 2), events: events) { _, port in
      let first = try await RawSocketClient(port: port)
      let second = try await RawSocketClient(port: port)
      // Under way, so that neither gives way to the third.
      for client in [first, second] {
        try await client.send(makeRequest() + "GET / HTTP/1.1\r\n")
        #expect(await client.readAnswer()?.status == 200)
      }
      let third = try await RawSocketClient(port: port)
      let refusal = await third.readToEnd()
      #expect(ReceivedAnswer(refusal.bytes[...])?.status == 503)
      try await first.send("Host: x\r\nConnection: close\r\n\r\n")
      #expect(await first.readToEnd().ending == .end)
      let fourth = try await RawSocketClient(port: port)
      try await fourth.send(makeRequest())
      #expect(await fourth.readAnswer()?.status == 200)
    }
    #expect(events.events.contains(.connectionsRefused(1)))
  }

  @Test("When all places are taken one who has been silent for a second gives way to one who sends")
  func silentGivesWay() async throws {
    try await withServer(limits: HTTPLimits(connections: 2), loops: 1) { _, port in
      let silent = [try await RawSocketClient(port: port), try await RawSocketClient(port: port)]
      let end = ContinuousClock.now + Hang.limit
      var answered = false
      while !answered, ContinuousClock.now < end {
        let client = try await RawSocketClient(port: port)
        // The server may close it while it sends.
        try? await client.send(makeRequest())
        answered = await client.readAnswer()?.statusLine == "HTTP/1.1 200 OK"
      }
      #expect(answered)
      #expect(await silent[0].readToEnd().ending == .end)
    }
  }

  @Test("One address has half of the places, and the others the rest")
  func placesOfAnAddress() async throws {
    try await withServer(limits: HTTPLimits(connections: 40)) { _, port in
      var clients: [RawSocketClient] = []
      for _ in 0..<20 {
        let client = try await RawSocketClient(port: port)
        // A request that is under way gives way to nobody.
        try await client.send("GET / HTTP/1.1\r\n")
        clients.append(client)
      }
      let refused = try await RawSocketClient(port: port)
      #expect(await refused.readAnswer()?.statusLine == "HTTP/1.1 503 Service Unavailable")
      clients.removeFirst().close()
    }
  }

  #if os(Linux)
    // Elsewhere the loopback interface has one address.
    @Test("Who comes from an address that has all its places takes no idle connection from another address")
    func floodOfAnAddress() async throws {
      try await withServer(limits: HTTPLimits(connections: 40), loops: 1) { _, port in
        let kept = try await RawSocketClient(port: port)
        func expectKept() async throws {
          try await kept.send(makeRequest())
          #expect(await kept.readAnswer()?.status == 200)
        }
        try await expectKept()
        let end = ContinuousClock.now + .seconds(2)
        var flood: [RawSocketClient] = []
        for _ in 0..<20 {
          let client = try await RawSocketClient(port: port, from: "127.0.0.2")
          // Under way, so that it gives way to nobody.
          try await client.send(makeRequest() + "GET / HTTP/1.1\r\n")
          #expect(await client.readAnswer()?.status == 200)
          flood.append(client)
        }
        // Up to when the kept one has been silent for so long that it might have to go.
        repeat {
          let refused = try await RawSocketClient(port: port, from: "127.0.0.2")
          #expect(await refused.readAnswer()?.status == 503)
        } while ContinuousClock.now < end
        try await expectKept()
        // One of its own that is silent gives way, although the kept one has been silent for longer.
        try await flood[0].send("Host: x\r\n\r\n")
        #expect(await flood[0].readAnswer()?.status == 200)
        var answered = false
        while !answered {
          let client = try await RawSocketClient(port: port, from: "127.0.0.2")
          // The server may close it while it sends.
          try? await client.send(makeRequest())
          answered = await client.readAnswer()?.status == 200
        }
        #expect(await flood[0].readToEnd().ending == .end)
        try await expectKept()
      }
    }
  #endif

  @Test("An IPv6 network of 64 bits has the places of one address, and others have theirs")
  func placesOfANetwork() {
    let limit = ConnectionLimit(40, descriptors: 100_000)
    for number in 0..<20 { #expect(limit.add(ClientAddress("2001:db8:1:2::\(number)")) == .added) }
    #expect(limit.add(ClientAddress("2001:db8:1:2:abcd::1")) == .addressFull)
    for number in 0..<20 { #expect(limit.add(ClientAddress("2001:db8:1:3::\(number)")) == .added) }
    #expect(limit.add(ClientAddress("2001:db8:1:2:abcd::1")) == .addressFull)
    #expect(limit.add(ClientAddress("::ffff:192.0.2.1")) == .full)
    limit.remove(ClientAddress("2001:db8:1:2::7"))
    #expect(limit.add(ClientAddress("2001:db8:1:2:abcd::1")) == .added)
  }

  @Test("a slow handler delays no other connection, nor one on the same loop")
  func slowHandler() async throws {
    let gate = Gate()
    try await withServer(
      loops: 1,
      handler: { request in
        if request.target.path == "/slow" { await gate.pass() }
        return .text(request.target.path)
      },
      { _, port in
        let slow = try await RawSocketClient(port: port)
        try await slow.send(makeRequest("GET", "/slow"))
        await gate.arrived()
        let fast = try await RawSocketClient(port: port)
        for _ in 0..<10 {
          try await fast.send(makeRequest("GET", "/fast"))
          #expect(await fast.readAnswer()?.text == "/fast")
        }
        await gate.open()
        #expect(await slow.readAnswer()?.text == "/slow")
      })
  }

  @Test("a client that hangs up does not cancel the handler", arguments: [true, false])
  func hangUp(byReset: Bool) async throws {
    let gate = Gate()
    let ended = Gate()
    let wasCancelled = Mutex(true)
    try await withServer(
      handler: { _ in
        await gate.pass()
        wasCancelled.withLock { $0 = Task.isCancelled }
        await ended.pass()
        return .text("nobody reads this")
      },
      { _, port in
        let client = try await RawSocketClient(port: port)
        try await client.send(makeRequest())
        await gate.arrived()
        if byReset { client.reset() } else { client.close() }
        await gate.open()
        await ended.arrived()
        #expect(!wasCancelled.withLock { $0 })
        await ended.open()
      })
  }

  @Test("a client that sends 100-continue gets the interim answer before it sends its content")
  func expectation() async throws {
    try await withServer { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(
        "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
      #expect(await client.readAnswer()?.status == 100)
      try await client.send("abc")
      #expect(await client.readAnswer()?.text == "POST /a abc")
    }
  }

  @Test("a client that sends much after a refusal still reads the refusal")
  func lingering() async throws {
    // On a busy machine it takes long to send so much.
    let deadlines = HTTPDeadlines(header: .seconds(600), linger: .seconds(600))
    try await withServer(deadlines: deadlines) { _, port in
      let client = try await RawSocketClient(port: port)
      let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
      try await client.send(Array(head.utf8) + [UInt8](repeating: 65, count: 100_000))
      let received = await client.readToEnd()
      #expect(received.ending == .end)
      #expect(ReceivedAnswer(received.bytes[...])?.status == 413)
    }
  }

  @Test("the handler sees the client's address")
  func remoteAddress() async throws {
    try await withServer(handler: { .text($0.remoteAddress ?? "none") }) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      #expect(await client.readAnswer()?.text == "127.0.0.1")
    }
  }

  @Test("refusals are told as events")
  func events() async throws {
    let events = EventRecorder()
    try await withServer(events: events) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send("nonsense\r\n\r\n")
      #expect(await client.readToEnd().ending == .end)
    }
    #expect(events.events.contains(.requestRefused(.malformedRequestLine)))
    #expect(events.events.last == .stopped)
  }
}
