import CallDomain
import Foundation
import Synchronization
import Testing
import WebAPI
import WebServer

@Suite("Answers before a run's end", .timeLimit(.minutes(2)))
struct AnswerModeTests {
  private static let startRoutes: [(path: String, kind: RunKind)] = [
    ("/api/sync-twilio-hourly", .hourly), ("/api/resync-twilio-historical", .historical),
    ("/api/reattribute", .reattribute),
  ]

  /// A service whose runs end when `ending` is opened.
  private static func makeService(
    until ending: Gate<Result<SyncRun, RunFailure>>, progress: (@Sendable () -> SyncRun)? = nil
  ) -> RecordedService {
    RecordedService(start: { order in
      StartedRun(makeRunningRun(kind: order.kind), progress: progress, outcome: { await ending.wait() })
    })
  }

  private static func makeQuestion(
    path: String = "/api/sync-twilio-hourly", _ headers: [(String, String)]
  ) -> Question {
    Question(
      method: "POST", target: path, headers: [("Authorization", "Bearer correct-horse-battery")] + headers)
  }

  @Test(
    "respond-async: 202 with the run's address while the run goes on", arguments: startRoutes, Way.allCases)
  func respondAsync(route: (path: String, kind: RunKind), way: Way) async throws {
    let service = Self.makeService(until: Gate())
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask("POST", route.path, headers: [("Prefer", "respond-async")])
      #expect(answer.status == 202)
      #expect(answer.headers["Location"] == "/api/sync-runs/7")
      #expect(answer.headers["Preference-Applied"] == "respond-async")
      #expect(answer.object["id"] as? Int == 7)
      #expect(answer.object["kind"] as? String == route.kind.rawValue)
      #expect(answer.object["state"] as? String == "running")
      #expect(answer.object["period"] is NSNull)
    }
    #expect(service.starts.count == 1)
  }

  @Test(
    "respond-async is found in any case and among other preferences",
    arguments: [
      ["respond-async"], ["Respond-Async"], ["respond-async, wait=10"], ["wait=10;x=\"a,b\" , respond-async"],
      ["handling=lenient", "respond-async"], ["respond-async;foo=bar"], [", ,respond-async"],
    ])
  func preferences(lines: [String]) async throws {
    try await withClient(of: Self.makeService(until: Gate()), .inMemory) { client async throws in
      let headers = lines.map { ("Prefer", $0) }
      #expect(try await client.ask(Self.makeQuestion(headers)).status == 202)
    }
  }

  @Test(
    "Other preferences are answered when the run has ended",
    arguments: ["", "wait=10", "respond-asynchronously", "x=\"respond-async\"", "x=\"a, respond-async, b\""])
  func otherPreferences(line: String) async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      #expect(try await client.ask(Self.makeQuestion([("Prefer", line)])).status == 200)
    }
  }

  @Test("respond-async wins over lines", arguments: Way.allCases)
  func asyncWins(way: Way) async throws {
    try await withClient(of: Self.makeService(until: Gate()), way) { client async throws in
      let answer = try await client.ask(
        Self.makeQuestion([("Accept", "application/x-ndjson"), ("Prefer", "respond-async")]))
      #expect(answer.status == 202)
    }
  }

  @Test("In lines: one at once, one at least every ten seconds, the result last", arguments: Way.allCases)
  func lines(way: Way) async throws {
    let ending = Gate<Result<SyncRun, RunFailure>>()
    let fetched = Mutex(0)
    let service = Self.makeService(until: ending) {
      var run = makeRunningRun()
      run.counts.totalCalls = fetched.withLock { $0 }
      return run
    }
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.stream(Self.makeQuestion([("Accept", "application/x-ndjson")]))
      #expect(answer.head.status == 200)
      #expect(answer.head.headers["Content-Type"] == "application/x-ndjson; charset=utf-8")
      #expect(answer.head.headers["Cache-Control"] == "no-store")
      for count in [0, 1000, 2000, 3000] {
        let line = try await Self.object(answer.next())
        #expect(line["state"] as? String == "running")
        #expect(line["id"] as? Int == 7)
        #expect(line["totalCalls"] as? Int == count)
        #expect(line["success"] == nil)
        await service.clock.untilSomeoneSleeps()
        fetched.withLock { $0 += 1000 }
        if count < 3000 { service.clock.advance(by: 10_000) }
      }
      ending.open(.success(makeRun()))
      let last = try await answer.next()
      #expect(last == makeRun().answer.json)
      #expect(try await answer.next() == nil)
    }
    #expect(!service.clock.askedSleeps.isEmpty)
    #expect(service.clock.askedSleeps.allSatisfy { $0 <= 10_000 })
    #expect(service.clock.sleeping == 0)
  }

  @Test("A run that fails is the last line, with its number", arguments: startRoutes)
  func failureInLines(route: (path: String, kind: RunKind)) async throws {
    let service = RecordedService(ending: .failure(RunFailure(.twilio(.permanent), "Twilio no responde.")))
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask(
        Self.makeQuestion(path: route.path, [("Accept", "application/x-ndjson")]))
      #expect(answer.status == 200)
      let lines = answer.body.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.last == #"{"success":false,"error":"Twilio no responde.","runId":7}"#)
    }
  }

  @Test(
    "Lines only for those who name them, not below JSON",
    arguments: [
      ("application/x-ndjson", true), ("Application/X-NDJSON", true),
      ("application/x-ndjson, application/json;q=0.9", true), ("text/html, application/x-ndjson;q=0.5", true),
      ("application/x-ndjson;q=0", false), ("application/json, application/x-ndjson;q=0.5", false),
      ("*/*", false), ("application/*", false), ("application/json", false),
      ("text/html;x=\"application/x-ndjson\"", false), ("", false), ("application/x-ndjson;q=x", false),
    ])
  func accepts(accept: String, inLines: Bool) async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      let answer = try await client.ask(Self.makeQuestion([("Accept", accept)]))
      let type = inLines ? "application/x-ndjson; charset=utf-8" : "application/json; charset=utf-8"
      #expect(answer.headers["Content-Type"] == type)
    }
  }

  @Test("401 is decided before the lines begin", arguments: Way.allCases)
  func unauthorizedFirst(way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask(
        "POST", "/api/sync-twilio-hourly", authorization: nil, headers: [("Accept", "application/x-ndjson")])
      #expect(answer.status == 401)
      #expect(answer.body == #"{"error":"Unauthorized"}"#)
    }
    #expect(service.starts.isEmpty)
  }

  @Test("A watcher who goes away ends the lines and not the run")
  func watcherGoesAway() async throws {
    let ending = Gate<Result<SyncRun, RunFailure>>()
    let ended = Gate<Bool>()
    let service = RecordedService(start: { order in
      StartedRun(makeRunningRun(kind: order.kind)) {
        let result = await ending.wait()
        ended.open(true)
        return result
      }
    })
    let response = await service.makeRoutes().handler(
      HTTPRequest(
        target: try #require(RequestTarget("/api/sync-twilio-hourly")),
        headers: ["Authorization": "Bearer \(service.secret)", "Accept": "application/x-ndjson"]))
    guard case .stream(nil, let write) = response.body else {
      Issue.record("The lines are a stream without a length.")
      return
    }
    let written = Mutex(0)
    let writer = HTTPBodyWriter { _ throws(HTTPBodyError) in
      let count = written.withLock { count in
        count += 1
        return count
      }
      if count > 1 { throw .clientGone }
    }
    let lines = Task { try await write(writer) }
    await service.clock.untilSomeoneSleeps()
    service.clock.advance(by: 10_000)
    await #expect(throws: HTTPBodyError.clientGone) { try await lines.value }
    #expect(service.clock.sleeping == 0)
    ending.open(.success(makeRun()))
    #expect(await ended.wait())
  }

  private static func object(_ line: String?) throws -> [String: Any] {
    let data = Data(try #require(line).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}
