import CallDomain
import Testing
import WebAPI
import WebServer

@Suite("Request ids and events", .timeLimit(.minutes(2)))
struct TraceTests {
  private static let traceID = "0af7651916cd43dd8448eb211c80319c"
  private static let traceparent = "00-\(traceID)-b7ad6b7169203331-01"

  @Test(
    "A valid X-Request-Id is honoured and passed on",
    arguments: ["a", "req_01-A.b:c/d+e=@", String(repeating: "x", count: 128)], Way.allCases)
  func requestID(id: String, way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      for target in ["/health", "/nothing", "/api/sync-runs"] {
        let answer = try await client.ask("GET", target, headers: [("X-Request-Id", id)])
        #expect(answer.headers.all("X-Request-Id") == [id])
      }
    }
  }

  @Test(
    "An invalid one is replaced by one of our own",
    arguments: ["", "a b", "a\"b", "a<b>", "ñ", "a,b", "a;b", "a{b}", String(repeating: "x", count: 129)])
  func invalidRequestID(id: String) async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/ready", headers: [("X-Request-Id", id)])
      #expect(answer.headers.all("X-Request-Id") == ["made-1"])
      let twice = try await client.ask(
        "GET", "/ready", headers: [("X-Request-Id", "a"), ("X-Request-Id", "b")])
      #expect(twice.headers.all("X-Request-Id") == ["made-2"])
    }
  }

  @Test("A valid traceparent is passed on; its trace id is the request id where none is given")
  func traceparentHonoured() async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/ready", headers: [("traceparent", Self.traceparent)])
      #expect(answer.headers["X-Request-Id"] == Self.traceID)
      #expect(answer.headers["traceparent"] == Self.traceparent)
      let both = try await client.ask(
        "GET", "/ready", headers: [("traceparent", Self.traceparent), ("X-Request-Id", "mine")])
      #expect(both.headers["X-Request-Id"] == "mine")
      #expect(both.headers["traceparent"] == Self.traceparent)
    }
  }

  @Test(
    "An invalid traceparent is dropped",
    arguments: [
      "", "00", "00-\(traceID)-b7ad6b7169203331", "01-\(traceID)-b7ad6b7169203331-01",
      "00-\(String(repeating: "0", count: 32))-b7ad6b7169203331-01", "00-\(traceID)-0000000000000000-01",
      "00-\(traceID.uppercased())-b7ad6b7169203331-01", "00-\(traceID)-b7ad6b7169203331-01-x",
      "00-\(traceID)x-b7ad6b716920333-01",
    ])
  func invalidTraceparent(text: String) async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/ready", headers: [("traceparent", text)])
      #expect(answer.headers["X-Request-Id"] == "made-1")
      #expect(answer.headers["traceparent"] == nil)
    }
  }

  @Test("Every answer is an event with the route's pattern and how long it took")
  func answered() async throws {
    let gate = Gate<Readiness>()
    let service = RecordedService(recorded: .success([makeRun()]), readiness: { await gate.wait() })
    try await withClient(of: service, .inMemory) { client async throws in
      async let ready = client.ask("GET", "/ready")
      await gate.untilWaiting()
      service.clock.advance(by: 340)
      gate.open(Readiness(database: .ok, schema: .ok))
      _ = try await ready
      _ = try await client.ask("GET", "/api/sync-runs/7?")
      _ = try await client.ask("BREW", "/api/sync-runs?limit=5")
      _ = try await client.ask("HEAD", "/health")
      _ = try await client.ask("GET", "/etc/passwd")
    }
    let expected: [(String, String, Int, Int64)] = [
      ("/ready", "GET", 200, 340), ("/api/sync-runs/{id}", "GET", 200, 0),
      ("/api/sync-runs", "OTHER", 405, 0),
      ("/health", "HEAD", 200, 0), ("unknown", "GET", 404, 0),
    ]
    #expect(
      service.events
        == expected.enumerated().map { index, event in
          .answered(
            AnsweredRequest(
              requestID: "made-\(index + 1)", route: event.0, method: event.1, status: event.2,
              milliseconds: event.3))
        })
  }

  @Test("A started run is an event that ties it to its request")
  func runStarted() async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      _ = try await client.ask("POST", "/api/sync-twilio-hourly", headers: [("X-Request-Id", "abc")])
    }
    #expect(service.events.first == .runStarted(requestID: "abc", kind: .hourly, id: RunID(7)))
    #expect(service.events.count == 2)
    #expect(service.requestIDs == ["abc"])
  }

  @Test("A run that is not started is an event, with the reason")
  func runRefused() async throws {
    let failure = RunFailure(.alreadyRunning, "Ya hay otra.", runID: RunID(3), retryAfter: 20)
    let service = RecordedService(failingStart: failure)
    try await withClient(of: service, .inMemory) { client async throws in
      _ = try await client.ask("POST", "/api/reattribute", headers: [("X-Request-Id", "abc")])
      _ = try await client.ask("POST", "/api/reattribute?x=1", headers: [("X-Request-Id", "def")])
    }
    #expect(service.events.count == 4)
    #expect(service.events.first == .runRefused(requestID: "abc", kind: .reattribute, failure))
    guard case .runRefused("def", .reattribute, let wrong) = service.events[2] else {
      Issue.record("A wrong parameter is a refusal.")
      return
    }
    #expect(wrong.code == .badParameter)
  }

  @Test(
    "The server's own refusals look like all other errors",
    arguments: [400, 408, 413, 414, 417, 431, 500, 501, 503, 505])
  func refusals(code: Int) async throws {
    let response = Routes.refusal(HTTPStatus(code: code, reason: ""))
    #expect(response.status.code == code)
    #expect(response.headers["Content-Type"] == "application/json; charset=utf-8")
    #expect(response.headers["X-Content-Type-Options"] == "nosniff")
    guard case .bytes(let bytes) = response.body else {
      Issue.record("A refusal has its body at once.")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self).hasPrefix(#"{"success":false,"error":""#))
  }
}
