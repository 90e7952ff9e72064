import CallDomain
import Testing
import WebAPI
import WebServer

@Suite("The routes of the directory")
struct PhoneRoutesTests {
  private static let json = [("Content-Type", "application/json")]
  private static let path = "/api/phones/%2B34911679868"

  private func assign(
    _ service: RecordedService, _ target: String = path, _ body: String = #"{"workspace": 4}"#,
    headers: [(String, String)] = json
  ) async throws -> Answer {
    try await HandlerClient(routes: service.makeRoutes()).ask(
      Question(
        method: "PUT", target: target, headers: [("Authorization", "Bearer correct-horse-battery")] + headers,
        body: body))
  }

  private func order(past: Bool = false, isRehearsal: Bool = false) throws -> RunOrder {
    .assign(
      PhoneAssignment(
        number: try #require(PhoneNumber("+34911679868")), workspace: WorkspaceID(4), movesPast: past,
        isRehearsal: isRehearsal))
  }

  @Test("Number, content and dryRun become the order")
  func orders() async throws {
    let cases: [(String, String, RunOrder)] = [
      (Self.path, #"{"workspace": 4}"#, try order()),
      ("/api/phones/+34911679868", #"{"workspace":4,"past":false}"#, try order()),
      ("/api/phones/0034%20911%20679%20868", #"{"past":true,"workspace":4}"#, try order(past: true)),
      (Self.path + "?dryRun=true", #"{"workspace":4,"past":null}"#, try order(isRehearsal: true)),
    ]
    for (target, body, order) in cases {
      let service = RecordedService()
      #expect(try await assign(service, target, body).status == 200)
      #expect(service.starts.map(\.order) == [order])
    }
    let service = RecordedService()
    let typed = [("Content-Type", "Application/JSON; charset=utf-8")]
    #expect(try await assign(service, headers: typed).status == 200 && service.starts.count == 1)
  }

  @Test(
    "Content that is none is 400 and starts nothing",
    arguments: [
      "", "4", "[]", "{}", #"{"workspace":"4"}"#, #"{"workspace":4.5}"#, #"{"workspace":null}"#,
      #"{"workspace":4,"past":"yes"}"#, #"{"workspace":4,"pst":true}"#,
      #"{"workspace":99999999999999999999}"#, #"{"workspace":-1}"#, #"{"workspace":true}"#,
      #"{"workspace":4"#, #"{"workspace":1e400}"#, "\u{0}",
    ])
  func badContent(body: String) async throws {
    let service = RecordedService()
    let answer = try await assign(service, Self.path, body)
    #expect(answer.status == 400 && answer.body.hasPrefix(#"{"success":false,"error":""#))
    #expect(service.starts.isEmpty)
  }

  @Test(
    "Another type of content, a withheld number and an unknown parameter are 400", arguments: [0, 1, 2, 3])
  func bad(number: Int) async throws {
    let service = RecordedService()
    let answer =
      switch number {
      case 0: try await assign(service, headers: [])
      case 1: try await assign(service, headers: [("Content-Type", "text/plain")])
      case 2: try await assign(service, "/api/phones/anonymous")
      default: try await assign(service, Self.path + "?dryrun=true")
      }
    #expect(answer.status == 400 && service.starts.isEmpty)
    #expect(!answer.body.contains("anonymous"))
  }

  @Test("What is refused is 409 with what would move, and no Retry-After")
  func refused() async throws {
    let failure = RunFailure.changesPast(makeMovingRun(sums: 1).moves)
    let answer = try await assign(RecordedService(failingStart: failure))
    #expect(answer.status == 409 && answer.headers["Retry-After"] == nil)
    #expect(answer.body.contains(#""moves":[{"month":"2025-10","number":"+34911679868","from":1,"to":4,"#))
  }

  @Test("The answer has the promised keys in their order; of a rehearsal it says what would refuse it")
  func answer() async throws {
    var run = makeMovingRun(isRehearsal: true, sums: 1)
    run.kind = .assign
    run.assignment = PhoneAssignment(
      number: try #require(PhoneNumber("+34911679868")), workspace: WorkspaceID(4), movesPast: false,
      isRehearsal: true)
    run.obstacle = .rowsInTheWay([9])
    let answer = try await assign(RecordedService(ending: .success(run)))
    #expect(
      answer.body.hasPrefix(
        #"{"success":true,"dryRun":true,"number":"+34911679868","workspace":4,"moves":[{"month":"2025-10""#))
    #expect(answer.body.contains(#"}],"runId":7,"message":"Ensayo completado, nada ha cambiado."#))
    #expect(answer.body.contains("DELETE FROM workspace_phones WHERE id = 9;"))
  }

  @Test("respond-async and lines are answered as for the other runs")
  func modes() async throws {
    let service = RecordedService()
    let accepted = try await assign(service, headers: Self.json + [("Prefer", "respond-async")])
    #expect(accepted.status == 202 && accepted.headers["Location"] == "/api/sync-runs/7")
    let lines = try await assign(service, headers: Self.json + [("Accept", "application/x-ndjson")])
    #expect(lines.status == 200 && lines.body.split(separator: "\n").count >= 2)
  }

  private static func phone(_ number: String, odd: [ListedPhone.Oddity], name: String? = nil) -> ListedPhone {
    var facts = DirectoryFacts()
    facts.rows = [PhoneRow(id: 7, workspace: WorkspaceID(4), number: number, isPrimary: false)]
    facts.names = [WorkspaceID(4): name ?? "Acme"]
    var phone = facts.phones(defaultWorkspace: WorkspaceID(odd.contains(.unassigned) ? 4 : 1))[0]
    phone.odd = odd
    return phone
  }

  @Test("The page has what is odd first, with what mends it, in both languages; markup in names stays text")
  func page() async throws {
    let hostile = "<script>alert(1)</script>"
    let service = RecordedService(
      phones: .success([
        Self.phone("+34911679868", odd: []), Self.phone("+34911679869", odd: [.unassigned], name: hostile),
        Self.phone(hostile, odd: [.notCanonical]),
      ]))
    let client = HandlerClient(routes: service.makeRoutes())
    let spanish = try await client.ask("GET", "/phones").body
    #expect(spanish.contains("Con algo raro: 2") && spanish.contains("En orden: 1"))
    #expect(
      spanish.contains(
        "sin asignar. Si es de un cliente: «twilio-sync phones assign +34911679869 WORKSPACE»."))
    #expect(spanish.contains("Complete o borre la fila 7: no es un número."))
    #expect(!spanish.contains("<script") && spanish.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    let english = try await client.ask("GET", "/phones?lang=en").body
    #expect(
      english.contains("With something odd: 2") && english.contains("not assigned. If it is a customer"))
    #expect(!english.contains("número"))
    let failing = RecordedService(phones: .failure(RunFailure(.database(.unreachable), "Fuera.")))
    let away = try await HandlerClient(routes: failing.makeRoutes()).ask("GET", "/phones")
    #expect(away.status == 503 && away.body.contains("Fuera."))
  }

  @Test("A directory of thousands is a page that ends; the list has them all")
  func many() async throws {
    var facts = DirectoryFacts()
    facts.rows = (0..<3000).map {
      PhoneRow(id: $0, workspace: WorkspaceID(4), number: "+3491100\(10000 + $0)", isPrimary: false)
    }
    let phones = facts.phones(defaultWorkspace: WorkspaceID(1))
    let client = HandlerClient(routes: RecordedService(phones: .success(phones)).makeRoutes())
    let page = try await client.ask("GET", "/phones").body
    #expect(page.utf8.count < 400_000 && page.contains("El resto está en /api/phones."))
    #expect(try await client.ask("GET", "/api/phones").body.contains("+349110012999"))
  }

  @Test("The status page links to the directory")
  func linked() async throws {
    let client = HandlerClient(routes: RecordedService.complete().makeRoutes())
    #expect(try await client.ask("GET", "/").body.contains(#"href="/phones?lang=es""#))
  }
}
