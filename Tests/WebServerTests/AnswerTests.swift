import TestSupport
import Testing
import WebServer

@Suite("Answers over real sockets")
struct AnswerTests {
  private func exchange(
    _ request: String, toHead: Bool = false, handler: @escaping HTTPHandler
  ) async throws -> (answer: ReceivedAnswer?, after: RawSocketClient.Received) {
    var answer: ReceivedAnswer?
    var after = RawSocketClient.Received(bytes: [], ending: .deadline)
    try await withServer(handler: handler) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(request)
      answer = await client.readAnswer(toHead: toHead)
      client.endSending()
      after = await client.readToEnd()
    }
    return (answer, after)
  }

  @Test("every answer has a date and a length")
  func date() async throws {
    let (answer, after) = try await exchange(makeRequest()) { _ in .text("hello") }
    #expect(answer?.headers["content-length"] == "5")
    #expect(answer?.headers["content-type"] == "text/plain; charset=utf-8")
    #expect(answer?.headers["date"]?.hasSuffix(" GMT") == true)
    #expect(after.bytes.isEmpty)
  }

  @Test("a handler's own date is kept, its framing fields are not")
  func ownFields() async throws {
    let (answer, after) = try await exchange(makeRequest()) { _ in
      HTTPResponse(
        headers: [
          "Date": "yesterday", "Content-Length": "99", "Transfer-Encoding": "chunked", "Connection": "close",
        ], body: .bytes([65]))
    }
    #expect(answer?.headers["date"] == "yesterday")
    #expect(answer?.headers["content-length"] == "1")
    #expect(answer?.headers["transfer-encoding"] == nil)
    #expect(answer?.headers["connection"] == nil)
    #expect(after.bytes.isEmpty)
  }

  @Test("a line break in a value or a reason cannot split an answer")
  func splitting() async throws {
    let (answer, after) = try await exchange(makeRequest()) { request in
      HTTPResponse(
        status: HTTPStatus(code: 299, reason: "a\r\nX-Evil: 1"),
        headers: ["X": "a\r\n\r\nX-Evil: 1", "Y\r\nX-Evil": "1"], body: .bytes([]))
    }
    #expect(answer?.statusLine == "HTTP/1.1 299 a  X-Evil: 1")
    #expect(answer?.headers["x"] == "a    X-Evil: 1")
    #expect(answer?.headers["x-evil"] == nil)
    #expect(after.bytes.isEmpty)
  }

  @Test("HEAD gets the head of the answer to GET, with its length and without content")
  func head() async throws {
    let (answer, after) = try await exchange(makeRequest("HEAD"), toHead: true) { _ in .text("hello") }
    #expect(answer?.headers["content-length"] == "5")
    #expect(after.bytes.isEmpty)
  }

  @Test("HEAD never runs the closure of a streamed answer")
  func headOfStream() async throws {
    let (answer, after) = try await exchange(makeRequest("HEAD"), toHead: true) { _ in
      HTTPResponse(body: .stream(length: nil) { _ in Issue.record("the closure ran") })
    }
    #expect(answer?.headers["transfer-encoding"] == "chunked")
    #expect(after.bytes.isEmpty)
  }

  @Test("statuses without content have no length either", arguments: [HTTPStatus.noContent, .notModified])
  func noContent(status: HTTPStatus) async throws {
    let (answer, after) = try await exchange(makeRequest()) { _ in
      HTTPResponse(status: status, body: .bytes([65]))
    }
    #expect(answer?.status == status.code)
    #expect(answer?.headers["content-length"] == nil)
    #expect(after.bytes.isEmpty)
  }

  @Test("an answer that wants the connection closed closes it")
  func closing() async throws {
    try await withServer(handler: { _ in HTTPResponse(closesConnection: true) }) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      #expect(await client.readAnswer()?.headers["connection"] == "close")
      #expect(await client.readToEnd().ending == .end)
    }
  }

  @Test("an aborted answer is a reset without a byte, after the answers before it")
  func abort() async throws {
    try await withServer(handler: { $0.target.path == "/" ? .text("a") : .abort }) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      #expect(await client.readAnswer()?.text == "a")
      try await client.send(makeRequest("GET", "/abort"))
      let received = await client.readToEnd()
      #expect(received.bytes.isEmpty)
      #expect(received.ending == .reset)
    }
  }

  @Test("20 MB of content arrive whole")
  func large() async throws {
    let content = [UInt8](repeating: 120, count: 20_000_000)
    let (answer, _) = try await exchange(makeRequest(fields: ["Connection: close"])) { _ in
      HTTPResponse(body: .bytes(content))
    }
    #expect(answer?.body == content)
  }
}
