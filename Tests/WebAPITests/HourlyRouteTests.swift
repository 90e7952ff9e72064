import CallDomain
import Testing
import WebAPI
import WebServer

@Suite("The hourly route")
struct HourlyRouteTests {
  @Test(
    "A run's result has the keys of the first version in order, later ones after them",
    arguments: ["GET", "POST"], Way.allCases)
  func example(method: String, way: Way) async throws {
    let service = RecordedService(ending: .success(makeRun()))
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask(method, "/api/sync-twilio-hourly")
      #expect(answer.status == 200)
      #expect(
        answer.body.hasPrefix(
          #"{"success":true,"synced_at":"2025-10-05T20:00:00.000Z","#
            + #""period":{"start":"2025-10-05T18:45:00.000Z","end":"2025-10-05T20:00:00.000Z"},"#
            + #""totalCalls":87,"savedCalls":87,"createdPhones":0,"#
            + #""case1Count":62,"case2Count":15,"case3Count":10,"#
            + #""message":"Sincronización horaria completada""#))
      #expect(answer.object["runId"] as? Int == 7)
      #expect(answer.object["durationMs"] as? Int == 2000)
      for key in ["skippedCalls", "unmatchedCalls", "refreshedCalls", "reattributedCalls", "twilioRequests"] {
        #expect(answer.object[key] is Int, "\(key)")
      }
    }
    #expect(service.starts.map(\.order) == [.hourly])
  }

  @Test("Without calls the shape is the same and the message says so")
  func noCalls() async throws {
    let run = makeRun(counts: makeCounts(total: 0, cases: (0, 0, 0)))
    try await withClient(of: RecordedService(ending: .success(run)), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-twilio-hourly")
      #expect(answer.object["message"] as? String == "No hay llamadas nuevas")
      #expect(answer.object["totalCalls"] as? Int == 0)
      #expect(answer.object["period"] is [String: Any])
    }
  }

  @Test("Parameters and bodies that schedulers add are ignored", arguments: Way.allCases)
  func ignoresParameters(way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      let question = Question(
        method: "POST", target: "/api/sync-twilio-hourly?utm=1&since=x&since=y",
        headers: [("Authorization", "Bearer \(service.secret)"), ("Content-Type", "application/json")],
        body: #"{"trigger":"cron"}"#)
      #expect(try await client.ask(question).status == 200)
    }
    #expect(service.starts.map(\.order) == [.hourly])
  }

  private static let failures: [(RunFailure.Kind, Int)] = [
    (.badParameter, 400), (.alreadyRunning, 409), (.twilio(.permanent), 502), (.database(.unreachable), 503),
    (.database(.refused), 500), (.leaseLost, 500), (.stopping, 503), (.internal, 500),
  ]

  @Test(
    "What prevents a start decides the status, in every form of answer", arguments: failures, Way.allCases)
  func startFails(failure: (kind: RunFailure.Kind, status: Int), way: Way) async throws {
    let service = RecordedService(
      failingStart: RunFailure(
        failure.kind, #"Frase "con" ñ."#, cause: "what is for the log only", runID: RunID(41), retryAfter: 17)
    )
    try await withClient(of: service, way) { client async throws in
      for headers in [
        [], [("Prefer", "respond-async")], [("Accept", "application/x-ndjson")],
      ] {
        let answer = try await client.ask("POST", "/api/sync-twilio-hourly", headers: headers)
        #expect(answer.status == failure.status)
        #expect(answer.body == #"{"success":false,"error":"Frase \"con\" ñ.","runId":41}"#)
        #expect(answer.headers["Retry-After"] == "17")
        #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
      }
    }
  }

  @Test("A running run answers 409 with Retry-After even when it cannot say how long")
  func conflictHasRetryAfter() async throws {
    let service = RecordedService(failingStart: RunFailure(.alreadyRunning, "En marcha.", runID: RunID(3)))
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("POST", "/api/sync-twilio-hourly")
      #expect(answer.status == 409)
      #expect(answer.headers["Retry-After"] == "60")
      #expect(answer.object["runId"] as? Int == 3)
    }
  }

  @Test("A run that fails later answers with the status of its failure and its number", arguments: failures)
  func runFails(failure: (kind: RunFailure.Kind, status: Int)) async throws {
    let service = RecordedService(
      ending: .failure(RunFailure(failure.kind, "Twilio no responde.", cause: "for the log only")))
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-twilio-hourly")
      #expect(answer.status == failure.status)
      #expect(answer.body == #"{"success":false,"error":"Twilio no responde.","runId":7}"#)
    }
  }

  @Test(
    "A run that ended without success is not answered as one", arguments: [RunState.failed, .interrupted])
  func runWithoutSuccess(state: RunState) async throws {
    let run = makeRun(state: state, error: "Se detuvo.")
    try await withClient(of: RecordedService(ending: .success(run)), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-twilio-hourly")
      #expect(answer.status == 500)
      #expect(answer.body == #"{"success":false,"error":"Se detuvo.","runId":7}"#)
    }
  }

  @Test(
    "The product of User-Agent is recorded as who asked, and nothing else of it",
    arguments: [
      ("vercel-cron/1.0", "vercel-cron/1.0"), ("curl/8.5.0", "curl/8.5.0"), ("curl", "curl"),
      ("Mozilla/5.0 (X11; Linux) ana@acme.example", "Mozilla/5.0"), ("pg_net/0.8.0", "pg_net/0.8.0"),
      ("192.0.2.7", "http"), ("+34911679868", "http"), ("2001:db8::1", "http"), ("fe80::1", "http"),
      ("ana@acme.example", "http"), ("a/b/c", "http"), ("/1.0", "http"), ("cron/", "cron"),
      ("cron/1.0;x", "cron"), ("<b>/1", "http"), ("ñandú/1", "http"), ("", "http"),
      (String(repeating: "a", count: 33), "http"), ("a/" + String(repeating: "1", count: 33), "a"),
    ])
  func requester(userAgent: String, name: String) async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      _ = try await client.ask("GET", "/api/sync-twilio-hourly", headers: [("User-Agent", userAgent)])
    }
    #expect(service.starts.map(\.requestedBy) == [name])
  }

  @Test("Without User-Agent it is http")
  func namelessRequester() async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      _ = try await client.ask("GET", "/api/sync-twilio-hourly")
    }
    #expect(service.starts.map(\.requestedBy) == ["http"])
  }
}
