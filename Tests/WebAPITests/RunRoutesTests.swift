import CallDomain
import Foundation
import Testing
import WebAPI
import WebServer

@Suite("The recorded runs")
struct RunRoutesTests {
  private static func makeRuns(_ count: Int) -> [SyncRun] {
    (1...Int64(count)).reversed().map { makeRun(id: $0, kind: $0 % 10 == 0 ? .historical : .hourly) }
  }

  private static func ids(_ answer: Answer) -> [Int] {
    (answer.object["runs"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
  }

  @Test("A run is an object with its keys in order", arguments: Way.allCases)
  func oneRun(way: Way) async throws {
    let service = RecordedService(recorded: .success([makeRun()]))
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-runs/7")
      #expect(answer.status == 200)
      #expect(
        answer.body
          == #"{"id":7,"kind":"hourly","state":"succeeded","startedAt":"2025-10-05T20:00:00.000Z","#
          + #""finishedAt":"2025-10-05T20:00:02.000Z","#
          + #""period":{"start":"2025-10-05T18:45:00.000Z","end":"2025-10-05T20:00:00.000Z"},"#
          + #""totalCalls":87,"savedCalls":87,"createdPhones":0,"case1Count":62,"case2Count":15,"#
          + #""case3Count":10,"skippedCalls":0,"unmatchedCalls":0,"refreshedCalls":0,"#
          + #""reattributedCalls":0,"twilioRequests":3,"refusedCalls":0,"error":null,"durationMs":2000,"#
          + #""requestedBy":"vercel-cron/1.0","dryRun":false,"moves":[]}"#)
    }
    #expect(service.asked == [RunID(7)])
  }

  @Test("What is not known yet is null, and a failed run says why")
  func runsUnderWayAndFailed() async throws {
    let runs = [makeRunningRun(id: 9), makeRun(id: 8, state: .failed, error: "Twilio no responde.")]
    try await withClient(of: RecordedService(recorded: .success(runs)), .inMemory) { client async throws in
      let running = try await client.ask("GET", "/api/sync-runs/9").object
      for key in ["finishedAt", "period", "error", "durationMs"] { #expect(running[key] is NSNull, "\(key)") }
      #expect(running["state"] as? String == "running")
      let failed = try await client.ask("GET", "/api/sync-runs/8").object
      #expect(failed["error"] as? String == "Twilio no responde.")
    }
  }

  @Test(
    "An unknown or malformed number is 404",
    arguments: ["8", "0", "-7", "+7", "07", "7.0", "x", "9223372036854775808", "%37x"])
  func unknownRun(id: String) async throws {
    try await withClient(of: RecordedService(recorded: .success([makeRun()])), .inMemory) {
      client async throws in
      let answer = try await client.ask("GET", "/api/sync-runs/\(id)")
      #expect(answer.status == 404)
      #expect(answer.object["success"] as? Bool == false)
      #expect(try await client.ask("GET", "/api/sync-runs/\(id)", authorization: nil).status == 401)
    }
  }

  @Test(
    "Pages of the list follow each other through next, newest first, nothing twice", arguments: Way.allCases)
  func pages(way: Way) async throws {
    let service = RecordedService(recorded: .success(Self.makeRuns(120)))
    try await withClient(of: service, way) { client async throws in
      var seen: [Int] = []
      var target = "/api/sync-runs"
      for expected in [50, 50, 20] {
        let answer = try await client.ask("GET", target)
        #expect(answer.status == 200)
        #expect(Self.ids(answer).count == expected)
        seen += Self.ids(answer)
        if let next = answer.object["next"] as? Int { target = "/api/sync-runs?before=\(next)" }
        if expected == 20 { #expect(answer.object["next"] is NSNull) }
      }
      #expect(seen == Array((1...120).reversed()))
    }
  }

  @Test("A list that ends with a full page has no next")
  func exactPage() async throws {
    try await withClient(of: RecordedService(recorded: .success(Self.makeRuns(5))), .inMemory) {
      client async throws in
      let full = try await client.ask("GET", "/api/sync-runs?limit=5")
      #expect(Self.ids(full) == [5, 4, 3, 2, 1])
      #expect(full.object["next"] is NSNull)
      let shorter = try await client.ask("GET", "/api/sync-runs?limit=4")
      #expect(shorter.object["next"] as? Int == 2)
    }
  }

  @Test("Without runs the list is empty")
  func emptyList() async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      #expect(try await client.ask("GET", "/api/sync-runs").body == #"{"runs":[],"next":null}"#)
    }
  }

  @Test("limit, before and kind are asked for together; one run more than the page tells of the next")
  func query() async throws {
    let service = RecordedService(recorded: .success(Self.makeRuns(120)))
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-runs?kind=historical&limit=2&before=100")
      #expect(Self.ids(answer) == [90, 80])
      #expect(answer.object["next"] as? Int == 80)
    }
    #expect(service.queries == [RunListQuery(limit: 3, before: RunID(100), kind: .historical)])
  }

  @Test(
    "A bad parameter is 400 with a sentence that does not repeat it",
    arguments: [
      "limit=0", "limit=501", "limit=-1", "limit=x", "limit=", "limit=1e2", "limit=+5", "before=0",
      "before=x", "before=", "before=9223372036854775808", "kind=Hourly", "kind=", "kind=secret",
      "limit=1&limit=2", "secret=correct-horse-battery", "page=2",
    ])
  func badParameters(query: String) async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-runs?\(query)")
      #expect(answer.status == 400)
      #expect(answer.object["success"] as? Bool == false)
      #expect(answer.error?.contains("correct-horse") == false)
    }
    #expect(service.queries.isEmpty)
  }

  @Test("A database that is away is 503 with its sentence; what lies behind it is for the log only")
  func databaseAway() async throws {
    let failure = RunFailure(
      .database(.unreachable), "La base de datos no responde.", cause: "Connection refused")
    let service = RecordedService(recorded: .failure(failure))
    try await withClient(of: service, .inMemory) { client async throws in
      for path in ["/api/sync-runs", "/api/sync-runs/7"] {
        let answer = try await client.ask("GET", path)
        #expect(answer.status == 503)
        #expect(answer.body == #"{"success":false,"error":"La base de datos no responde."}"#)
      }
    }
    let told = service.events.compactMap { event in
      if case .requestFailed(_, let route, let failure) = event { (route, failure) } else { nil }
    }
    #expect(told.map(\.0) == ["/api/sync-runs", "/api/sync-runs/{id}"])
    #expect(told.map(\.1) == [failure, failure])
  }

  @Test("A wrong parameter is told to the client and not to the log")
  func wrongParameterIsNoFault() async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      #expect(try await client.ask("GET", "/api/sync-runs?limit=x").status == 400)
    }
    #expect(service.events.count == 1)
  }

  @Test("HEAD answers like GET, without content", arguments: Way.allCases)
  func head(way: Way) async throws {
    try await withClient(of: RecordedService(recorded: .success([makeRun()])), way) { client async throws in
      for path in ["/api/sync-runs", "/api/sync-runs/7"] {
        let answer = try await client.ask("HEAD", path)
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
        #expect(answer.body.isEmpty)
      }
    }
  }
}
