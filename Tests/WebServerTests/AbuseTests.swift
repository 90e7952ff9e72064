import TestSupport
import Testing
import WebServer

@Suite("Abuse over real sockets", .timeLimit(.minutes(2)))
struct AbuseTests {
  /// As the grace period of a stop: it returns only when no connection and no handler is left, and the suite's
  /// time limit is over before it gives up.
  private static let never = Duration.seconds(3600)
  /// Deadlines that end nothing either.
  private static let none = HTTPDeadlines(
    header: never, body: never, idle: never, write: never, linger: never)

  @Test(
    "resets after every byte of a request leave neither a connection nor a handler", arguments: [true, false])
  func resetRequests(immediately: Bool) async throws {
    let request = Array(makeRequest("POST", "/a", fields: ["Expect: 100-continue"], body: "content").utf8)
    let immediate: @Sendable (HTTPRequest) -> HTTPResponse? = { _ in immediately ? .text("done") : nil }
    try await withServer(deadlines: Self.none, immediate: immediate) { server, port in
      for count in 0...request.count {
        let client = try await RawSocketClient(port: port)
        try await client.send(Array(request.prefix(count)))
        client.reset()
      }
      await expectService(port)
      await server.stop(gracePeriod: Self.never)
    }
  }

  @Test("resets at every piece of a streamed answer end its writer", arguments: [nil, 400_000])
  func resetAnswers(length: Int?) async throws {
    let piece = [UInt8](repeating: 97, count: 4000)
    let ended = Gate()
    await ended.open()
    let handler: HTTPHandler = { request in
      guard request.target.path == "/stream" else { return await echo(request) }
      return HTTPResponse(
        body: .stream(length: length) { writer in
          for _ in 0..<100 { try? await writer.write(piece) }
          await ended.pass()
        })
    }
    try await withServer(deadlines: Self.none, handler: handler) { server, port in
      for count in 0..<50 {
        let client = try await RawSocketClient(port: port, receiveBuffer: 4096)
        try await client.send(makeRequest("GET", "/stream"))
        if count > 0 { _ = await client.read(count: count * 8000) }
        client.reset()
      }
      await ended.arrived(50)
      await expectService(port)
      await server.stop(gracePeriod: Self.never)
    }
  }

  @Test("half-closes after every byte of a request are answered or refused, and closed")
  func halfClosed() async throws {
    let request = Array(makeRequest("POST", "/a", body: "content").utf8)
    try await withServer { _, port in
      for count in 0...request.count {
        let client = try await RawSocketClient(port: port)
        try await client.send(Array(request.prefix(count)))
        client.endSending()
        let received = await client.readToEnd()
        #expect(received.ending == .end)
        let status = ReceivedAnswer(received.bytes[...])?.status
        #expect(status == (count == 0 ? nil : count < request.count ? 400 : 200), "after \(count) bytes")
      }
    }
  }

  @Test(
    "hundreds of slow heads, slow contents and clients that do not read are cut off, and nobody waits for them"
  )
  func slow() async throws {
    let content = [UInt8](repeating: 97, count: 4_000_000)
    let short = Duration.milliseconds(500)
    let deadlines = HTTPDeadlines(header: short, body: short, write: short, linger: short)
    let handler: HTTPHandler = {
      $0.target.path == "/large" ? HTTPResponse(body: .bytes(content)) : await echo($0)
    }
    let beginnings = [
      "GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
      makeRequest("GET", "/large"),
    ]
    try await withServer(deadlines: deadlines, handler: handler) { server, port in
      var clients: [RawSocketClient] = []
      for index in 0..<300 {
        let client = try await RawSocketClient(port: port, receiveBuffer: 4096)
        try await client.send(beginnings[index % 3])
        clients.append(client)
        // On a busy machine the short deadline may hit a good client, too.
        if index % 10 == 0 { await expectService(port, attempts: 5) }
      }
      // The clients do nothing: deadlines alone have to end them.
      await server.stop(gracePeriod: Self.never)
      for client in clients { client.close() }
    }
  }

  /// A well-behaved client is served.
  private func expectService(_ port: Int, attempts: Int = 1) async {
    var status: Int?
    for _ in 0..<attempts where status != 200 {
      let client = try? await RawSocketClient(port: port)
      try? await client?.send(makeRequest())
      status = await client?.readAnswer()?.status
    }
    #expect(status == 200)
  }
}
