import CallDomain
import Testing
import WebAPI

@Suite("The parameters of the historical run and the reattribution")
struct OrderParametersTests {
  private static let day = Timestamp(iso8601: "2025-08-01")
  private static let nextDay = Timestamp(iso8601: "2025-08-02")

  private static let orders: [(String, RunOrder)] = [
    ("/api/resync-twilio-historical", .historical(since: nil, until: nil, restart: false)),
    ("/api/resync-twilio-historical?", .historical(since: nil, until: nil, restart: false)),
    ("/api/resync-twilio-historical?since=2025-08-01", .historical(since: day, until: nil, restart: false)),
    (
      "/api/resync-twilio-historical?until=2025-08-02&since=2025-08-01T00:00:00Z",
      .historical(since: day, until: nextDay, restart: false)
    ),
    (
      "/api/resync-twilio-historical?since=2025-08-01T02:00:00%2B02:00",
      .historical(since: day, until: nil, restart: false)
    ),
    (
      "/api/resync-twilio-historical?since=2025-08-01T02:00:00+02:00",
      .historical(since: day, until: nil, restart: false)
    ),
    (
      "/api/resync-twilio-historical?since=2025-08-01+00:00",
      .historical(since: day, until: nil, restart: false)
    ),
    ("/api/audit", .audit(since: nil, until: nil)),
    ("/api/audit?since=2025-08-01&until=2025-08-02", .audit(since: day, until: nextDay)),
    ("/api/reattribute", .reattribute(since: nil, dryRun: false)),
    ("/api/reattribute?since=2025-08-01", .reattribute(since: day, dryRun: false)),
    ("/api/reattribute?dryRun=true", .reattribute(since: nil, dryRun: true)),
    ("/api/reattribute?dryRun=false&since=2025-08-01", .reattribute(since: day, dryRun: false)),
  ]

  @Test("since, until and dryRun become the order", arguments: orders, Way.allCases)
  func order(given: (target: String, order: RunOrder), way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      #expect(try await client.ask("POST", given.target).status == 200)
    }
    #expect(service.starts.map(\.order) == [given.order])
  }

  @Test(
    "A bad, empty, repeated or unknown parameter is 400 and starts nothing",
    arguments: [
      "/api/resync-twilio-historical?since=yesterday", "/api/resync-twilio-historical?since=",
      "/api/resync-twilio-historical?since", "/api/resync-twilio-historical?since=2025-02-30",
      "/api/resync-twilio-historical?since=01/08/2025", "/api/resync-twilio-historical?until=2025-13-01",
      "/api/resync-twilio-historical?since=2025-08-02&until=2025-08-01",
      "/api/resync-twilio-historical?since=2025-08-02&until=2025-08-02",
      "/api/resync-twilio-historical?since=2025-08-01&since=2025-08-02",
      "/api/resync-twilio-historical?sicne=2025-08-01", "/api/resync-twilio-historical?dryRun=true",
      "/api/audit?since=2025-08-02&until=2025-08-01", "/api/audit?days=7", "/api/audit?dryRun=true",
      "/api/reattribute?since=x", "/api/reattribute?dryRun=yes", "/api/reattribute?dryRun=",
      "/api/reattribute?dryrun=true", "/api/reattribute?until=2025-08-01",
      "/api/reattribute?secret=correct-horse-battery",
    ])
  func badParameters(target: String) async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("POST", target)
      #expect(answer.status == 400)
      #expect(answer.object["success"] as? Bool == false)
      #expect(answer.error?.isEmpty == false)
      #expect(answer.error?.contains("correct-horse") == false)
    }
    #expect(service.starts.isEmpty)
  }

  @Test("The historical run answers with the keys of the hourly one and its own message")
  func historicalAnswer() async throws {
    let service = RecordedService(ending: .success(makeRun(kind: .historical)))
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/resync-twilio-historical")
      #expect(answer.object["message"] as? String == "Resincronización histórica completada")
      #expect(answer.object["totalCalls"] as? Int == 87)
    }
  }
}
