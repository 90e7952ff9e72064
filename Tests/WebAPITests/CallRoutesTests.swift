import CallDomain
import TestSupport
import Testing
import WebAPI
import WebServer

@Suite("Stored calls")
struct CallRoutesTests {
  private static let one = "/api/calls/\(exampleSID.text)"
  private static let away = RunFailure(
    .database(.unreachable), "La base de datos no responde.", cause: "Connection refused")

  // MARK: The list

  @Test("Calls are objects with their keys in order, and next leads on", arguments: Way.allCases)
  func list(way: Way) async throws {
    let calls = [makeListedCall(), ListedCall(sid: makeSID(3))]
    try await withClient(of: RecordedService(calls: parts(of: calls, each: 1)), way) { client async throws in
      let first = try await client.ask("GET", "/api/calls")
      #expect(first.status == 200 && first.headers["Content-Type"] == "application/json; charset=utf-8")
      #expect(
        first.body
          == #"{"calls":[{"sid":"CA00000000000000000000000000000064","case":3,"workspace":4,"workspaceName":"Acme","#
          + #""from":"+34600000022","to":"sip:+34910000009@public-vip.ie1.twilio.com","#
          + #""phoneNumber":"+34910000001","leadNumber":"+34600000022","status":"completed","#
          + #""direction":"trunking-originating","callDate":"2026-03-01T09:08:59.000Z","#
          + #""endedAt":"2026-03-01T09:10:00.000Z","duration":61,"cost":"0.05600","priceUnit":"USD","#
          + #""unmatched":false,"updatedAt":"2025-10-05T20:00:00.000Z"}],"#
          + #""next":"7-CA00000000000000000000000000000064"}"#)
      let next = try #require(first.object["next"] as? String)
      #expect(
        try await client.ask("GET", "/api/calls?before=\(next)").body
          == #"{"calls":[{"sid":"CA00000000000000000000000000000003","case":null,"workspace":null,"#
          + #""workspaceName":null,"from":null,"to":null,"phoneNumber":null,"leadNumber":null,"status":null,"#
          + #""direction":null,"callDate":null,"endedAt":null,"duration":null,"cost":null,"priceUnit":null,"#
          + #""unmatched":false,"updatedAt":null}],"next":null}"#)
    }
  }

  @Test("A transfer without a number of ours is unmatched")
  func unmatched() async throws {
    var call = makeListedCall()
    call.phoneNumber = nil
    try await withClient(of: RecordedService(calls: parts(of: [call], each: 9)), .inMemory) {
      client async throws in
      #expect(try await client.ask("GET", "/api/calls").body.contains(#""phoneNumber":null"#))
      #expect(try await client.ask("GET", "/api/calls").body.contains(#""unmatched":true"#))
    }
  }

  private static let queries: [(String, @Sendable (inout CallSearch) -> Void)] = [
    ("", { _ in }), ("workspace=4", { $0.workspace = WorkspaceID(4) }),
    ("workspace=0", { $0.workspace = WorkspaceID(0) }), ("workspace=none", { $0.isWithoutWorkspace = true }),
    ("case=1", { $0.cases = [.outboundAPI] }), ("case=2", { $0.cases = [.trunkingTerminating] }),
    ("case=3", { $0.cases = [.transfer] }), ("case=3,1", { $0.cases = [.transfer, .outboundAPI] }),
    ("case=1,2,3", { $0.cases = Set(AttributionCase.all) }),
    ("pending=unsettled", { $0.pending = .unsettled }), ("pending=given_up", { $0.pending = .givenUp }),
    ("unmatched=true", { $0.isUnmatched = true }), ("unpriced=false", { $0.isUnpriced = false }),
    ("status=no-answer", { $0.status = "no-answer" }), ("limit=500", { $0.limit = 500 }),
    ("number=%2B34600000022", { $0.number = makeNumber("+34600000022") }),
    // A plus sign that was not encoded arrives as a space.
    ("number=+34600000022", { $0.number = makeNumber("+34600000022") }),
    ("number=%200034600000022", { $0.number = makeNumber("+34600000022") }),
    ("number=%20112", { $0.number = makeNumber("112") }),
    ("number=+3725123456", { $0.number = makeNumber("+3725123456") }),
    ("number=0034%20600-000-022", { $0.number = makeNumber("+34600000022") }),
    ("number=%2B34%20(0)910%20000%20001", { $0.number = makeNumber("+34910000001") }),
    ("number=client:ana", { $0.number = makeNumber("client:ana") }),
    ("since=2026-03-01", { $0.since = makeTime("2026-03-01T00:00:00Z") }),
    ("until=2026-03-01T02:00:00%2B02:00", { $0.until = makeTime("2026-03-01T00:00:00Z") }),
    ("before=-\(exampleSID.text)", { $0.after = CallSearch.Place(microseconds: nil, sid: exampleSID) }),
    (
      "workspace=4&case=3&unmatched=false&unpriced=true&status=completed&since=2026-03-01&until=2026-03-02&limit=7",
      { search in
        search.workspace = WorkspaceID(4)
        search.cases = [.transfer]
        search.isUnmatched = false
        search.isUnpriced = true
        search.status = "completed"
        search.since = makeTime("2026-03-01T00:00:00Z")
        search.until = makeTime("2026-03-02T00:00:00Z")
        search.limit = 7
      }
    ),
  ]

  @Test(
    "What is asked for is what is searched, alike by the list and its page",
    arguments: ["/api/calls", "/calls"])
  func query(path: String) async throws {
    for (query, narrow) in Self.queries {
      let service = RecordedService()
      try await withClient(of: service, .inMemory) { client async throws in
        #expect(try await client.ask("GET", "\(path)?\(query)").status == 200, "\(query)")
      }
      var expected = CallSearch()
      narrow(&expected)
      #expect(service.searches == [expected], "\(query)")
    }
  }

  /// Queries that are refused, and what the sentence says.
  private static let bad: [(String, String)] = [
    ("workspace=x", "workspace debe ser un número entero"), ("workspace=-1", "workspace debe ser"),
    ("workspace=", "workspace debe ser"), ("workspace=9223372036854775808", "workspace debe ser"),
    ("number=", "number está vacío. Quítelo o indique su valor."), ("status=", "status está vacío"),
    ("before=", "before está vacío"), ("number=anonymous", "number no es un número"),
    ("number=%20", "number no es un número"),
    ("number=" + String(repeating: "1", count: 1001), "number no es un número"),
    ("case=0", "case debe ser 1, 2 o 3, o varios de ellos separados por comas."), ("case=4", "case debe ser"),
    ("case=x", "case debe ser"), ("case=01", "case debe ser"), ("case=1,", "case debe ser"),
    ("case=1;2", "case debe ser"), ("case=", "case está vacío"), ("workspace=None", "workspace debe ser"),
    ("pending=x", "pending debe ser uno de: unsettled, given_up"), ("pending=", "pending debe ser"),
    ("unmatched=yes", "unmatched debe ser true o false"), ("unmatched=", "unmatched debe ser"),
    ("unpriced=1", "unpriced debe ser true o false"), ("since=ayer", "since no es una fecha válida"),
    ("until=2026-02-30", "until no es una fecha válida"),
    ("since=2026-03-02&until=2026-03-01", "since debe ser anterior a until"),
    ("since=2026-03-02&until=2026-03-02", "since debe ser anterior a until"),
    ("limit=0", "limit debe ser un número entero (de 1 a 500)"), ("limit=501", "de 1 a 500"),
    ("before=x", "before debe ser el «next» de una respuesta anterior"),
    ("before=9223372036854775807-CA00000000000000000000000000000064", "before debe ser el «next»"),
    ("before=1-CA00", "before debe ser el «next»"), ("limit=1&limit=2", "limit está repetido"),
    ("secret=correct-horse-battery", "Parámetro desconocido. Se admiten: workspace, number, case"),
    ("Workspace=4", "Parámetro desconocido"), ("cursor=1", "Parámetro desconocido"),
  ]

  @Test(
    "A bad parameter is 400 with a sentence that names it and does not repeat what was sent",
    arguments: ["/api/calls", "/api/calls.csv"])
  func badParameters(path: String) async throws {
    for (query, sentence) in Self.bad {
      let service = RecordedService()
      try await withClient(of: service, .inMemory) { client async throws in
        let answer = try await client.ask("GET", "\(path)?\(query)")
        #expect(answer.status == 400 && answer.object["success"] as? Bool == false, "\(query)")
        #expect(answer.error?.contains(sentence) == true, "\(query): \(answer.error ?? "")")
        #expect(answer.error?.contains("correct-horse") == false)
      }
      // The client's fault is none of the service.
      #expect(service.searches.isEmpty && service.events.count == 1, "\(query)")
    }
  }

  @Test(
    "A bad parameter of the page is a page with the sentence, in both languages", arguments: ["es", "en"])
  func badPage(language: String) async throws {
    for (query, sentence) in Self.bad {
      try await withClient(of: RecordedService(), .inMemory) { client async throws in
        let answer = try await client.ask("GET", "/calls?\(query)&lang=\(language)")
        #expect(answer.status == 400 && answer.body.hasPrefix("<!DOCTYPE html>"), "\(query)")
        #expect(answer.body.contains(sentence), "\(query)")
      }
    }
  }

  // MARK: One call

  @Test("One call comes with its explanation", arguments: Way.allCases)
  func one(way: Way) async throws {
    let service = RecordedService.complete()
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask("GET", Self.one)
      #expect(answer.status == 200 && answer.body == makeExplanation().wholeAnswer.json)
    }
    #expect(service.explained == [exampleSID])
  }

  @Test("A call that is not stored is 404 with what to do; one that was set aside with the reason")
  func notStored() async throws {
    let service = RecordedService(refusals: [exampleSID: "22003, duration"])
    try await withClient(of: service, .inMemory) { client async throws in
      let refused = try await client.ask("GET", Self.one)
      #expect(refused.status == 404 && refused.error?.contains("no la admite (22003, duration)") == true)
      let missing = try await client.ask("GET", "/api/calls/\(makeSID(9).text)")
      #expect(missing.status == 404 && missing.object["success"] as? Bool == false)
      #expect(missing.error?.contains("no está guardada. Compruebe el SID.") == true)
    }
  }

  @Test(
    "What is no SID is 404 and asks nothing",
    arguments: [
      "7", "CA", "ca00000000000000000000000000000064", "CA0000000000000000000000000000006g", "+34600000022",
    ])
  func noSID(text: String) async throws {
    let service = RecordedService.complete()
    try await withClient(of: service, .inMemory) { client async throws in
      for path in ["/api/calls/", "/calls/"] {
        let answer = try await client.ask("GET", path + text)
        #expect(answer.status == 404)
        #expect(answer.body.contains("Eso no es el SID de una llamada."))
      }
      #expect(try await client.ask("GET", "/api/calls/\(text)", authorization: nil).status == 401)
    }
    #expect(service.explained.isEmpty)
  }

  // MARK: Both

  private static let read = ["/api/calls", one, "/api/calls.csv", "/calls", "/calls/\(exampleSID.text)"]

  @Test("A page of another site is not answered with calls, whatever it asks; ours and none are")
  func otherSite() async throws {
    let service = RecordedService.complete()
    try await withClient(of: service, .inMemory) { client async throws in
      for path in ["/api/calls", Self.one, "/api/calls.csv"] {
        let answer = try await client.ask("GET", path, headers: [("Sec-Fetch-Site", "cross-site")])
        #expect(answer.status == 403 && answer.error?.contains("La petición viene de otro sitio.") == true)
      }
      let form = Question(
        method: "POST", target: "/search",
        headers: [("Authorization", "Bearer \(service.secret)"), ("Sec-Fetch-Site", "cross-site")],
        body: "q=%2B34600000022")
      #expect(try await client.ask(form).status == 403)
      let wrong = try await client.ask(
        "GET", Self.one, authorization: nil, headers: [("Sec-Fetch-Site", "cross-site")])
      #expect(wrong.status == 401)
      #expect(service.searches.isEmpty && service.explained.isEmpty)
      for site in ["same-origin", "same-site", "none"] {
        #expect(try await client.ask("GET", Self.one, headers: [("Sec-Fetch-Site", site)]).status == 200)
      }
    }
  }

  @Test(
    "HEAD answers like GET, without content, but of the CSV, which is only read whole",
    arguments: Way.allCases)
  func head(way: Way) async throws {
    try await withClient(of: .complete(), way) { client async throws in
      for path in Self.read {
        let (head, get) = (try await client.ask("HEAD", path), try await client.ask("GET", path))
        #expect(head.body.isEmpty && get.status == 200, "\(path)")
        let isList = path == "/api/calls.csv"
        #expect(head.status == (isList ? 405 : 200), "\(path)")
        if isList {
          #expect(head.headers["Allow"] == "GET")
        } else {
          #expect(head.headers["Content-Type"] == get.headers["Content-Type"])
        }
      }
    }
  }

  @Test("A database that is away is 503 with its sentence, as JSON or page; the log is told which route")
  func databaseAway() async throws {
    let service = RecordedService(
      calls: { _ throws(RunFailure) in throw Self.away }, explanations: .failure(Self.away))
    try await withClient(of: service, .inMemory) { client async throws in
      for path in Self.read {
        let answer = try await client.ask("GET", path)
        #expect(answer.status == 503 && answer.body.contains("La base de datos no responde."), "\(path)")
        #expect(!answer.body.contains("Connection refused"))
        #expect(answer.body.hasPrefix(path.hasPrefix("/api/") ? "{" : "<!DOCTYPE html>"))
      }
    }
    let told = service.events.compactMap { event in
      if case .requestFailed(_, let route, Self.away) = event { route } else { nil }
    }
    #expect(told == ["/api/calls", "/api/calls/{sid}", "/api/calls.csv", "/calls", "/calls/{sid}"])
  }

  @Test("No event holds a number, a status or a SID that was asked for")
  func events() async throws {
    let service = RecordedService.complete()
    try await withClient(of: service, .inMemory) { client async throws in
      _ = try await client.ask("GET", "/api/calls?number=%2B34600000022&status=secreto")
      _ = try await client.ask("GET", Self.one)
      _ = try await client.ask("GET", "/calls?number=%2B34600000022")
    }
    let text = String(describing: service.events)
    #expect(service.events.count == 3)
    for word in ["600000022", "secreto", exampleSID.text] { #expect(!text.contains(word)) }
  }
}
