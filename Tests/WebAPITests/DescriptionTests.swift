import CallDomain
import Testing
import WebAPI
import WebServer

@Suite("The description of the service", .timeLimit(.minutes(2)))
struct DescriptionTests {
  private static func description() async throws -> Description {
    let client = HandlerClient(routes: RecordedService().makeRoutes())
    return try Description(try await client.ask("GET", "/openapi.json", authorization: nil))
  }

  private static let status: ServiceStatus = {
    var facts = StatusFacts()
    facts.gaps = [Period(start: exampleEnd.adding(minutes: -75), end: exampleEnd)]
    facts.runs[.historical] = StatusFacts.Runs()
    facts.runs[.historical]?.last = makeRun(kind: .historical, state: .failed, error: "Falla.")
    facts.installedAt = exampleEnd
    return ServiceStatus(facts, rules: AlertRules(), now: exampleEnd.adding(hours: 5))
  }()

  @Test("It is served to everybody, from memory, and HEAD is GET without content", arguments: Way.allCases)
  func served(way: Way) async throws {
    try await withClient(of: RecordedService(), way) { client async throws in
      let answer = try await client.ask("GET", "/openapi.json", authorization: nil)
      #expect(answer.status == 200)
      #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
      #expect(try await client.ask("GET", "/openapi.json", authorization: nil).body == answer.body)
      let head = try await client.ask("HEAD", "/openapi.json", authorization: nil)
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(try await client.ask("POST", "/openapi.json", authorization: nil).status == 405)
    }
  }

  @Test("It describes every route with its methods and its secret, and nothing else")
  func equalsTable() async throws {
    let description = try await Self.description()
    let routes = RecordedService.complete().makeRoutes().all
    #expect(Set(description.paths.keys) == Set(routes.map(\.pattern)))
    for route in routes {
      let item = try #require(description.paths[route.pattern])
      let methods = Set(item.object.keys).subtracting(["description"])
      #expect(methods == Set(route.methods.map { $0.text.lowercased() }), "\(route.pattern)")
      let allow = route.methods.map(\.text).joined(separator: ", ")
      #expect(item["description"]?.text?.contains("`Allow: \(allow)`") == true)
      for method in methods {
        let operation = try #require(description.operation(method, route.pattern))
        #expect(operation["security"] == Self.security(route.access), "\(route.pattern)")
        let statuses = Set((operation["responses"]?.object ?? [:]).keys)
        #expect(statuses.contains("401") == (route.access != .open), "\(route.pattern)")
        #expect(statuses.contains("429") == (route.access != .open), "\(route.pattern)")
        #expect(statuses.contains("409") == (route.access == .bearer), "\(route.pattern)")
        #expect(
          statuses.isSuperset(of: ["200", "400", "408", "413", "414", "417", "431", "501", "503", "505"]))
        let names = description.parameters(of: operation).compactMap { $0["name"]?.text }
        #expect(names.contains("id") == route.pattern.contains("{id}"))
        #expect(names.contains("sid") == route.pattern.contains("{sid}"))
        #expect(names.contains("Prefer") == (route.access == .bearer))
        #expect(Set(names).isSuperset(of: ["X-Request-Id", "traceparent"]))
      }
    }
  }

  private static func security(_ access: RouteAccess) -> JSONValue {
    switch access {
    case .open: .list([])
    case .bearer: .list([.object(["bearer": .list([])])])
    case .bearerOrBasic, .figures: .list([.object(["bearer": .list([])]), .object(["basic": .list([])])])
    }
  }

  @Test("Versions, names of operations and references are whole")
  func whole() async throws {
    let description = try await Self.description()
    #expect(description.root["openapi"] == .text("3.1.0"))
    #expect(description.root["info"]?["version"] == .text("1.2.3"))
    let names = description.operations.compactMap { $0["operationId"]?.text }
    #expect(names.count == description.operations.count && Set(names).count == names.count)
    let references = Description.references(in: description.root)
    #expect(references.count > 50)
    for reference in references { #expect(description.schema.resolved(reference) != nil, "\(reference)") }
    for (kind, parts) in description.root["components"]?.object ?? [:] where kind != "securitySchemes" {
      for name in parts.object.keys {
        #expect(references.contains("#/components/\(kind)/\(name)"), "\(kind) \(name) is not used")
      }
    }
  }

  @Test(
    "Lists of words are those of the code",
    arguments: [
      ("RunKind/enum", RunKind.allCases.map(\.rawValue)),
      ("RunState/enum", RunState.allCases.map(\.rawValue)),
      ("Readiness/properties/database/enum", Readiness.Database.allCases.map(\.rawValue)),
      ("Readiness/properties/schema/enum", Readiness.Schema.allCases.map(\.rawValue)),
      ("Alert/properties/name/enum", Alert.Name.allCases.map(\.rawValue)),
      ("SyncStatus/properties/lastRuns/required", RunKind.allCases.map(\.rawValue)),
      ("Explanation/properties/ground/enum", Explanation.Ground.allCases.map(\.rawValue)),
      (
        "Explanation/properties/directory/items/properties/reason/enum", RowReason.allCases.map(\.rawValue)
      ),
      (
        "Explanation/properties/candidates/items/properties/reason/enum",
        CandidateReason.allCases.map(\.rawValue)
      ),
      ("Move/properties/cause/enum", CallMove.Cause.allCases.map(\.rawValue)),
      ("Call/required", ListedCall(sid: exampleSID).fields.map(\.key)),
    ])
  func words(place: String, words: [String]) async throws {
    let list = try await Self.description().schema.resolved("#/components/schemas/\(place)")
    #expect(list == .list(words.map { .text($0) }))
  }

  @Test("The parameters of a route are the described ones; any other is 400, in a form that is described")
  func parameters() async throws {
    let description = try await Self.description()
    let service = RecordedService.complete()
    let client = HandlerClient(routes: service.makeRoutes())
    for route in service.makeRoutes().all {
      let path = route.pattern.replacing("{id}", with: "7").replacing("{sid}", with: exampleSID.text)
        .replacing("{number}", with: "34911679868")
      for method in route.methods {
        let operation = try #require(description.operation(method.text, route.pattern))
        let described = description.parameters(of: operation).filter { $0["in"]?.text == "query" }
        let names = described.compactMap { $0["name"]?.text }
        if let parameters = route.parameters { #expect(Set(names) == Set(parameters), "\(route.pattern)") }
        // Of what takes parameters, and of each other protected route that orders no run, none are ignored.
        guard !names.isEmpty || route.parameters != nil else { continue }
        for query in ["nothing=1"] + (names.first.map { ["\($0)=1&\($0)=1"] } ?? []) {
          let answer = try await client.ask(method.text, "\(path)?\(query)")
          #expect(answer.status == 400, "\(method) \(path)?\(query)")
          let content = operation["responses"]?["400"].flatMap(description.schema.followed)?["content"]
          let type = try #require(answer.headers["Content-Type"]?.prefix { $0 != ";" })
          #expect(method == .head || content?[String(type)] != nil, "\(method) \(path) \(type)")
          #expect((type == "text/html") == names.contains("lang"))
        }
      }
    }
    #expect(service.starts.isEmpty && service.searches.isEmpty && service.explained.isEmpty)
    #expect(
      service.makeRoutes().all.filter { $0.parameters == nil }.map(\.pattern).sorted() == [
        "/api/audit", "/api/phones/{number}", "/api/reattribute", "/api/resync-twilio-historical",
        "/api/sync-twilio-hourly", "/health", "/metrics", "/openapi.json", "/ready",
      ])
  }

  @Test("The parameters of searches are those of the list, its CSV and its page, and no others")
  func searchParameters() async throws {
    let description = try await Self.description()
    let client = HandlerClient(routes: RecordedService().makeRoutes())
    for path in ["/api/calls", "/api/calls.csv", "/calls"] {
      let parameters = description.parameters(of: try #require(description.operation("get", path)))
      let names = parameters.filter { $0["in"]?.text == "query" }.compactMap { $0["name"]?.text }
      let answer = try await client.ask("GET", path + "?nothing=1")
      // The refusal names those that there are.
      #expect(answer.status == 400)
      for name in names { #expect(answer.body.contains(name), "\(path) \(name)") }
      #expect(names.count == (path == "/calls" ? 12 : 11))
    }
  }

  @Test("The limit of a page of calls is the described one, and so is the default")
  func callLimit() async throws {
    let parameter = try await Self.description().schema.resolved("#/components/parameters/CallLimit/schema")
    let service = RecordedService()
    let client = HandlerClient(routes: service.makeRoutes())
    let largest = try #require(parameter?["maximum"]?.number)
    let usual = try #require(parameter?["default"]?.number)
    #expect(try await client.ask("GET", "/api/calls?limit=\(largest)").status == 200)
    #expect(try await client.ask("GET", "/api/calls?limit=\(largest + 1)").status == 400)
    #expect(try await client.ask("GET", "/api/calls").status == 200)
    #expect(service.searches.map(\.limit) == [Int(largest), Int(usual)])
  }

  @Test("The limit of a page of runs is the described one, and so is the default")
  func limit() async throws {
    let parameter = try await Self.description().schema.resolved("#/components/parameters/Limit/schema")
    let service = RecordedService()
    let client = HandlerClient(routes: service.makeRoutes())
    let largest = try #require(parameter?["maximum"]?.number)
    #expect(try await client.ask("GET", "/api/sync-runs?limit=\(largest)").status == 200)
    #expect(try await client.ask("GET", "/api/sync-runs?limit=\(largest + 1)").status == 400)
    #expect(try await client.ask("GET", "/api/sync-runs").status == 200)
    let usual = try #require(parameter?["default"]?.number)
    // One run more tells whether there is a next page.
    #expect(service.queries.map(\.limit) == [Int(largest) + 1, Int(usual) + 1])
  }

  @Test(
    "The examples of the server's refusals are its words",
    arguments: [400, 408, 413, 414, 417, 431, 501, 503, 505])
  func refusals(code: Int) async throws {
    let content = try await Self.description().response("GET", "/health", code)?["content"]
    guard case .bytes(let bytes) = Routes.refusal(HTTPStatus(code: code, reason: "")).body else {
      Issue.record("A refusal has its body at once.")
      return
    }
    let words = try JSONValue(String(decoding: bytes, as: UTF8.self))
    #expect(content?["application/json"]?["example"] == words)
  }

  @Test("Every example is what its schema says")
  func examples() async throws {
    let description = try await Self.description()
    var count = 0
    for operation in description.operations {
      for response in (operation["responses"]?.object ?? [:]).values.compactMap(description.schema.followed) {
        for media in (response["content"]?.object ?? [:]).values {
          let faults = description.schema.faults(
            try #require(media["example"]), try #require(media["schema"]))
          #expect(faults.isEmpty, "\(String(describing: operation["operationId"])): \(faults)")
          count += 1
        }
      }
    }
    #expect(count > 60)
  }

  /// What is asked of which service, and the status that is expected.
  struct Case: Sendable {
    var service: RecordedService
    var method: String
    var target: String
    var status: Int
    var headers: [(String, String)] = []
    var body = ""
  }

  private static let away = RunFailure(.database(.unreachable), "Fuera.")

  private static func assigning(_ service: RecordedService, _ body: String, status: Int) -> Case {
    Case(
      service: service, method: "PUT", target: "/api/phones/%2B34911679868", status: status,
      headers: [("Content-Type", "application/json")], body: body)
  }

  private static let cases: [Case] = [
    assigning(
      RecordedService(failingStart: RunFailure(.alreadyRunning, "Ya hay otra.", runID: RunID(3))),
      #"{"workspace":4}"#, status: 409),
    assigning(
      RecordedService(failingStart: .changesPast(makeMovingRun().moves)), #"{"workspace":4}"#, status: 409),
    assigning(
      RecordedService(failingStart: .rowsInTheWay([9])), #"{"workspace":4,"past":true}"#, status: 409),
    assigning(
      RecordedService(failingStart: .unknownWorkspace(WorkspaceID(0))), #"{"workspace":0}"#, status: 400),
    assigning(RecordedService(), "{}", status: 400),
    Case(service: RecordedService(), method: "GET", target: "/api/phones", status: 200),
    Case(service: RecordedService(), method: "GET", target: "/api/phones?x=1", status: 400),
    Case(service: RecordedService(), method: "GET", target: "/api/sync-status?x=1", status: 400),
    Case(service: RecordedService(), method: "GET", target: "/api/sync-twilio-hourly", status: 200),
    Case(service: RecordedService(), method: "POST", target: "/api/resync-twilio-historical", status: 200),
    Case(service: RecordedService(), method: "POST", target: "/api/reattribute", status: 200),
    Case(
      service: RecordedService(), method: "POST", target: "/api/reattribute", status: 202,
      headers: [("Prefer", "respond-async")]),
    Case(service: RecordedService(), method: "POST", target: "/api/reattribute?dryRun=x", status: 400),
    Case(
      service: RecordedService(failingStart: RunFailure(.alreadyRunning, "Ya hay otra.", runID: RunID(3))),
      method: "POST", target: "/api/sync-twilio-hourly", status: 409),
    Case(
      service: RecordedService(ending: .failure(RunFailure(.twilio(.permanent), "Twilio falla."))),
      method: "POST",
      target: "/api/sync-twilio-hourly", status: 502),
    Case(
      service: RecordedService(failingStart: RunFailure(.database(.unreachable), "Fuera.", retryAfter: 10)),
      method: "POST",
      target: "/api/sync-twilio-hourly", status: 503),
    Case(
      service: RecordedService(ending: .failure(RunFailure(.internal, "Falla."))), method: "GET",
      target: "/api/resync-twilio-historical", status: 500),
    Case(
      service: RecordedService(recorded: .success([makeRun(), makeRunningRun(kind: .historical)])),
      method: "GET",
      target: "/api/sync-runs?limit=1", status: 200),
    Case(service: RecordedService(), method: "GET", target: "/api/sync-runs?limit=0", status: 400),
    Case(
      service: RecordedService(recorded: .success([makeRun()])), method: "GET", target: "/api/sync-runs/7",
      status: 200),
    Case(
      service: RecordedService(recorded: .success([makeMovingRun()])), method: "GET",
      target: "/api/sync-runs/7", status: 200),
    Case(
      service: RecordedService(ending: .success(makeMovingRun(isRehearsal: true))), method: "POST",
      target: "/api/reattribute?dryRun=true", status: 200),
    Case(service: RecordedService(), method: "GET", target: "/api/sync-runs/99", status: 404),
    Case(
      service: RecordedService(recorded: .failure(RunFailure(.database(.unreachable), "Fuera."))),
      method: "GET",
      target: "/api/sync-runs/7", status: 503),
    Case(
      service: RecordedService(status: .success(status)), method: "GET", target: "/api/sync-status",
      status: 200),
    Case(
      service: RecordedService(status: .failure(RunFailure(.database(.unreachable), "Fuera."))),
      method: "GET",
      target: "/api/sync-status", status: 503),
    Case(service: .complete(), method: "GET", target: "/api/calls?limit=1", status: 200),
    Case(service: .complete(), method: "GET", target: "/api/calls?case=4", status: 400),
    Case(
      service: .complete(), method: "GET", target: "/api/calls", status: 403,
      headers: [("Sec-Fetch-Site", "cross-site")]),
    Case(
      service: RecordedService(calls: { _ throws(RunFailure) in throw away }), method: "GET",
      target: "/api/calls", status: 503),
    Case(service: .complete(), method: "GET", target: "/api/calls/\(exampleSID.text)", status: 200),
    Case(
      service: .complete(), method: "GET", target: "/api/calls/\(exampleSID.text)", status: 403,
      headers: [("Sec-Fetch-Site", "cross-site")]),
    Case(service: RecordedService(), method: "GET", target: "/api/calls/\(exampleSID.text)", status: 404),
    Case(
      service: RecordedService(explanations: .failure(away)), method: "GET",
      target: "/api/calls/\(exampleSID.text)", status: 503),
    Case(
      service: RecordedService(calls: { _ throws(RunFailure) in throw away }), method: "GET",
      target: "/api/calls.csv", status: 503),
    Case(service: RecordedService(), method: "GET", target: "/health", status: 200),
    Case(service: RecordedService(), method: "GET", target: "/ready", status: 200),
    Case(
      service: RecordedService(readiness: { Readiness(database: .hiddenRows, schema: .unknown) }),
      method: "GET",
      target: "/ready", status: 503),
    Case(
      service: RecordedService(), method: "GET", target: "/api/sync-runs", status: 401,
      headers: [("Authorization", "Bearer wrong-wrong-wrong")]),
    Case(
      service: RecordedService(), method: "GET", target: "/api/sync-twilio-hourly", status: 401,
      headers: [("Authorization", "Basic eDp5")]),
  ]

  @Test("What is answered is described: status, headers, and each key of the content", arguments: cases)
  func answers(one: Case) async throws {
    let description = try await Self.description()
    let client = HandlerClient(routes: one.service.makeRoutes())
    let isRefused = one.headers.contains { $0.0 == "Authorization" }
    let secret = isRefused ? [] : [("Authorization", "Bearer \(one.service.secret)")]
    let answer = try await client.ask(
      Question(method: one.method, target: one.target, headers: secret + one.headers, body: one.body))
    #expect(answer.status == one.status)
    let response = try #require(description.response(one.method, one.target, answer.status))
    #expect(description.faults(in: answer, response: response) == [])
  }

  @Test("An answer in lines is described: runs, and a result as the last one")
  func lines() async throws {
    let description = try await Self.description()
    let answer = try await HandlerClient(routes: RecordedService().makeRoutes()).ask(
      "POST", "/api/sync-twilio-hourly", headers: [("Accept", "application/x-ndjson")])
    let lines = try answer.body.split(separator: "\n").map { try JSONValue(String($0)) }
    #expect(lines.count == 2)
    for (line, schema) in zip(lines, ["Run", "SyncResult"]) {
      let form = try #require(description.schema.resolved("#/components/schemas/\(schema)"))
      #expect(description.schema.faults(line, form) == [])
    }
  }
}
