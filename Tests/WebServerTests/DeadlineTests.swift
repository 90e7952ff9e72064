import TestSupport
import Testing
import WebServer

@Suite("Deadlines over real sockets")
struct DeadlineTests {
  private let short = Duration.milliseconds(200)

  @Test("a client that sends a byte now and then is cut off by the header deadline with 408")
  func slowHeader() async throws {
    let events = EventRecorder()
    try await withServer(deadlines: HTTPDeadlines(header: short), events: events) { _, port in
      // Fewer bytes than any limit allows, and no pause long enough to look idle.
      let received = try await answer(port, to: "GET / HTTP/1.1\r\nX: ", then: "y")
      #expect(received.ending == .end)
      #expect(ReceivedAnswer(received.bytes[...])?.status == 408)
    }
    #expect(events.events.contains(.deadlinePassed(.requestTimeout)))
  }

  @Test(
    "a client that begins with something else and then waits is cut off by the header deadline with 408",
    arguments: ["G", "\r", "\r\n", "\u{16}\u{3}\u{1}\u{2}\0"])
  func oddBeginning(bytes: String) async throws {
    try await withServer(deadlines: HTTPDeadlines(header: short)) { _, port in
      let received = try await answer(port, to: bytes, then: "")
      #expect(received.ending == .end)
      #expect(ReceivedAnswer(received.bytes[...])?.status == 408)
    }
  }

  @Test("empty lines now and then before a request are no request, however slow")
  func emptyLines() async throws {
    try await withServer(deadlines: HTTPDeadlines(header: short)) { _, port in
      let received = try await answer(port, to: "\r\n", then: "\r\n")
      #expect(received.ending == .end)
      // The second one is refused as soon as it comes, unless the deadline was first.
      #expect([400, 408].contains(ReceivedAnswer(received.bytes[...])?.status))
    }
  }

  @Test(
    "a new connection that sends nothing is closed without a word at the header deadline, one that was used is not"
  )
  func silent() async throws {
    try await withServer(deadlines: HTTPDeadlines(header: .seconds(1), idle: .seconds(600))) { _, port in
      let used = try await used(port)
      for _ in 0..<3 {
        let received = try await RawSocketClient(port: port).readToEnd()
        #expect(received.bytes.isEmpty)
        #expect(received.ending == .end)
      }
      try await used.send(makeRequest())
      #expect(await used.readAnswer()?.status == 200)
    }
  }

  /// What comes back to bytes that are sent with pauses. On a busy machine the deadline of a new connection may
  /// pass before the first of them is there; then it is tried again.
  private func answer(_ port: Int, to first: String, then further: String) async throws
    -> RawSocketClient.Received
  {
    var bytes: [UInt8] = []
    var received = RawSocketClient.Received(bytes: [], ending: .deadline)
    for _ in 0..<50 where bytes.isEmpty {
      let client = try await RawSocketClient(port: port)
      try? await client.send(first)
      repeat {
        received = await client.readToEnd(within: .milliseconds(20))
        bytes += received.bytes
        // The answer may be there before the close.
        if received.ending == .deadline { try? await client.send(further) }
      } while received.ending == .deadline
    }
    return RawSocketClient.Received(bytes: bytes, ending: received.ending)
  }

  /// A connection that has had an answer, on a busy machine too.
  private func used(_ port: Int) async throws -> RawSocketClient {
    var used: RawSocketClient?
    for _ in 0..<50 where used == nil {
      let client = try await RawSocketClient(port: port)
      try? await client.send(makeRequest())
      if await client.readAnswer()?.status == 200 { used = client }
    }
    return try #require(used)
  }

  @Test("content that does not come is answered 408")
  func slowBody() async throws {
    try await withServer(deadlines: HTTPDeadlines(header: .seconds(600), body: short)) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
      let received = await client.readToEnd()
      #expect(ReceivedAnswer(received.bytes[...])?.status == 408)
      #expect(received.ending == .end)
    }
  }

  @Test("an idle connection is closed without a word")
  func idle() async throws {
    try await withServer(deadlines: HTTPDeadlines(idle: .seconds(1))) { _, port in
      let received = try await used(port).readToEnd()
      #expect(received.bytes.isEmpty)
      #expect(received.ending == .end)
    }
  }

  @Test("a client that does not read its answer is reset by the write deadline")
  func slowReader() async throws {
    let content = [UInt8](repeating: 97, count: 30_000_000)
    let events = EventRecorder()
    let ended = Gate()
    let handler: HTTPHandler = { _ in
      HTTPResponse(
        body: .stream(length: content.count) { writer in
          await #expect(throws: HTTPBodyError.clientGone) { try await writer.write(content) }
          await ended.pass()
        })
    }
    try await withServer(
      deadlines: HTTPDeadlines(header: .seconds(600), write: short), events: events, handler: handler
    ) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      await ended.arrived()
      await ended.open()
      #expect(events.events.contains(.deadlinePassed(nil)))
      #expect(await client.readToEnd().ending == .reset)
    }
  }

  @Test("a handler may take longer than every deadline")
  func slowHandler() async throws {
    let gate = Gate()
    let all = HTTPDeadlines(header: .seconds(1), body: short, idle: short, write: short, linger: short)
    let handler: HTTPHandler = { request in
      if request.target.path == "/slow" { await gate.pass() }
      return .text("done")
    }
    try await withServer(deadlines: all, handler: handler) { _, port in
      var client = try await RawSocketClient(port: port)
      try? await client.send(makeRequest("GET", "/slow"))
      while await gate.arrivals == 0 {
        // On a busy machine the deadline of a new connection may pass before its request is there.
        guard await client.readToEnd(within: .milliseconds(20)).ending != .deadline else { continue }
        client = try await RawSocketClient(port: port)
        try? await client.send(makeRequest("GET", "/slow"))
      }
      // Two new connections in turn are cut off meanwhile, so that the longest deadline has certainly passed.
      for _ in 0..<2 {
        let other = try await RawSocketClient(port: port)
        #expect(await other.readToEnd().ending == .end)
      }
      await gate.open()
      #expect(await client.readAnswer()?.text == "done")
    }
  }
}
