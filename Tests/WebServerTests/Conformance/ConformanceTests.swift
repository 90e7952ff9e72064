import Synchronization
import TestSupport
import Testing
import WebServer

@Suite("Conformance corpus")
struct ConformanceTests {
  private let limits = HTTPLimits(
    requestLine: ConformanceLimits.requestLine, headerSection: ConformanceLimits.headerSection,
    headerFields: ConformanceLimits.headerFields, body: ConformanceLimits.body)

  @Test(
    "a real connection gets the answers that the corpus demands",
    arguments: conformanceGroups)
  func answers(group: ConformanceGroup) async throws {
    let handled = Mutex(0)
    let handler: HTTPHandler = { request in
      handled.withLock { $0 += 1 }
      return await Self.answer(request)
    }
    try await withServer(limits: limits, handler: handler) { _, port in
      for item in group.cases {
        handled.withLock { $0 = 0 }
        try await check(item, port: port)
        // What is refused, and what is hidden in content, reaches no handler.
        let expected = item.statuses.count { [200, 404, 405].contains($0) } + (item.staysOpen ? 1 : 0)
        #expect(handled.withLock { $0 } == expected, "\(item): requests that reached the handler")
      }
    }
  }

  /// Echoes, but for `/readable`, which has GET and HEAD, and `/none`, which is not there.
  private static func answer(_ request: HTTPRequest) async -> HTTPResponse {
    switch request.target.path {
    case "/none":
      return .text("none", status: .notFound)
    case "/readable" where ![.get, .head].contains(request.method):
      return HTTPResponse(status: .methodNotAllowed, headers: ["Allow": "GET, HEAD"])
    default:
      return await echo(request)
    }
  }

  private func check(_ item: ConformanceCase, port: Int) async throws {
    let client = try await RawSocketClient(port: port)
    try await client.send(item.bytes)
    if item.endsInput { client.endSending() }
    if item.staysOpen { try await client.send("GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") }
    let received = await client.readToEnd()
    #expect(received.ending == .end, "\(item): the server closes in order")
    var (answers, rest) = ReceivedAnswer.all(
      in: received.bytes, toHead: item.isHead ? item.statuses.count : 0)
    #expect(rest == 0, "\(item): nothing but whole answers")
    if item.staysOpen {
      #expect(answers.popLast()?.text == "GET /probe ", "\(item): the connection goes on")
    }
    #expect(answers.map(\.status) == item.statuses, "\(item)")
    if let echo = item.echo { #expect(answers.last?.text == echo, "\(item)") }
    #expect(answers.last?.headers["allow"] == item.allow, "\(item)")
    #expect(!item.isHead || answers.allSatisfy { $0.headers["content-length"] != "0" }, "\(item)")
    let ended = answers.last?.headers["connection"] == "close"
    #expect(item.staysOpen || item.endsInput || ended, "\(item): the close is announced")
  }

  @Test("every case has a name of its own")
  func names() {
    #expect(Set(conformanceCorpus.map(\.name)).count == conformanceCorpus.count)
    #expect(conformanceCorpus.count - octetCases.count >= 500)
  }

  @Test("the parser says the same however a case is split")
  func splits() {
    for item in conformanceCorpus {
      let whole = actions(of: [item.bytes[...]])
      #expect(actions(of: item.bytes.indices.map { item.bytes[$0...$0] }) == whole, "\(item): byte by byte")
      for split in item.bytes.indices where item.bytes.count < 1200 {
        let parts = [item.bytes[..<split], item.bytes[split...]]
        guard actions(of: parts) != whole else { continue }
        Issue.record("\(item): split at \(split)")
      }
    }
  }

  private func actions(of parts: [ArraySlice<UInt8>]) -> [ParserAction] {
    parserActions(of: parts, limits: limits)
  }
}

/// All actions of a parser but the waiting for bytes.
func parserActions(of parts: [ArraySlice<UInt8>], limits: HTTPLimits) -> [ParserAction] {
  var parser = RequestParser(limits: limits)
  var actions: [ParserAction] = []
  for part in parts {
    parser.feed(part)
    while case let action = parser.next(), action != .needsBytes { actions.append(action) }
  }
  return actions
}
