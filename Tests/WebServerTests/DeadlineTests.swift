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
      let client = try await RawSocketClient(port: port)
      try await client.send("GET / HTTP/1.1\r\nX: ")
      // Fewer bytes than any limit allows, and no pause long enough to look idle.
      var received = await client.readToEnd(within: .milliseconds(20))
      var bytes = received.bytes
      for _ in 0..<500 where received.ending == .deadline {
        // The answer may be there before the close.
        try await client.send("y")
        received = await client.readToEnd(within: .milliseconds(20))
        bytes += received.bytes
      }
      #expect(received.ending == .end)
      #expect(ReceivedAnswer(bytes[...])?.status == 408)
    }
    #expect(events.events.contains(.deadlinePassed(.requestTimeout)))
  }

  @Test("content that does not come is answered 408")
  func slowBody() async throws {
    try await withServer(deadlines: HTTPDeadlines(body: short)) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
      let received = await client.readToEnd()
      #expect(ReceivedAnswer(received.bytes[...])?.status == 408)
      #expect(received.ending == .end)
    }
  }

  @Test("an idle connection is closed without a word", arguments: [true, false])
  func idle(afterARequest: Bool) async throws {
    try await withServer(deadlines: HTTPDeadlines(idle: .seconds(1))) { _, port in
      var client = try await RawSocketClient(port: port)
      if afterARequest {
        // On a busy machine the deadline may pass before the request is there.
        var status: Int?
        for _ in 0..<50 where status == nil {
          client = try await RawSocketClient(port: port)
          try? await client.send(makeRequest())
          status = await client.readAnswer()?.status
        }
        #expect(status == 200)
      }
      let received = await client.readToEnd()
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
    try await withServer(deadlines: HTTPDeadlines(write: short), events: events, handler: handler) {
      _, port in
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
    let all = HTTPDeadlines(header: short, body: short, idle: .seconds(1), write: short, linger: short)
    let handler: HTTPHandler = { request in
      if request.target.path == "/slow" { await gate.pass() }
      return .text("done")
    }
    try await withServer(deadlines: all, handler: handler) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest("GET", "/slow"))
      await gate.arrived()
      // Two idle connections in turn are cut off meanwhile, so that the deadline has certainly passed.
      for _ in 0..<2 {
        let other = try await RawSocketClient(port: port)
        #expect(await other.readToEnd().ending == .end)
      }
      await gate.open()
      #expect(await client.readAnswer()?.text == "done")
    }
  }
}
