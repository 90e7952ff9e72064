import TestSupport
import Testing
import WebServer

@Suite("A request is judged by its head before its content is read")
struct JudgeTests {
  private static let judge: @Sendable (HTTPRequest) -> HTTPResponse? = { request in
    request.headers.all("Pass").isEmpty ? .text("no\n", status: .unauthorized) : nil
  }

  private func exchange(
    _ head: String, then content: String? = nil
  ) async throws -> (answer: ReceivedAnswer?, after: RawSocketClient.Received?) {
    var answer: ReceivedAnswer?
    var after: RawSocketClient.Received?
    try await withServer(judge: Self.judge, handler: { .text("\($0.body.count)") }) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(head)
      if let content {
        let interim = await client.read { $0.firstRange(of: Array("100 Continue\r\n\r\n".utf8))?.upperBound }
        if interim.ending == .satisfied { try await client.send(content) }
      }
      answer = await client.readAnswer()
      client.endSending()
      after = await client.readToEnd()
    }
    return (answer, after)
  }

  @Test(
    "Who may not pass is answered at once, without its content, and the connection ends",
    arguments: [
      "Content-Length: 60000\r\n", "Content-Length: 60000\r\nExpect: 100-continue\r\n",
      "Transfer-Encoding: chunked\r\n", "Content-Length: 1\r\n",
      "Content-Length: 60000\r\nConnection: close\r\n",
    ])
  func turnedAway(fields: String) async throws {
    let (answer, after) = try await exchange("POST / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
    #expect(answer?.statusLine == "HTTP/1.1 401 Unauthorized")
    #expect(answer?.headers["connection"] == "close")
    #expect(after?.bytes.isEmpty == true && after?.ending == .end)
  }

  @Test("Who sends its content all the same is let finish, and the connection ends")
  func sendsAllTheSame() async throws {
    try await withServer(judge: Self.judge, handler: { _ in .text("yes") }) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65000\r\n\r\n")
      #expect(await client.readAnswer()?.statusLine == "HTTP/1.1 401 Unauthorized")
      try await client.send(String(repeating: "a", count: 65_000))
      #expect(await client.readToEnd().ending == .end)
    }
  }

  @Test("Who may pass is asked for the content and answered")
  func passes() async throws {
    let head = "POST / HTTP/1.1\r\nHost: x\r\nPass: 1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    let (answer, _) = try await exchange(head, then: "hello")
    #expect(answer?.statusLine == "HTTP/1.1 200 OK")
    #expect(answer?.body.elementsEqual("5".utf8) == true)
  }
}
