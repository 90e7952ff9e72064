import CallDomain
import Testing
import WebAPI

@Suite("How the service stands")
struct StatusRouteTests {
  private static let now = exampleEnd.adding(minutes: 5)

  private static func makeService(_ facts: StatusFacts = makeFacts()) -> RecordedService {
    RecordedService(status: .success(ServiceStatus(facts, rules: AlertRules(), now: now)))
  }

  private static func makeFacts() -> StatusFacts {
    var facts = StatusFacts()
    facts.coveredUntil = exampleEnd
    facts.newestCall = exampleEnd.adding(minutes: -2)
    facts.callsOfDay = 2087
    facts.defaultCallsOfDay = 12
    facts.unsettledCalls = 4
    facts.givenUpCalls = 1
    facts.lost = [Period(start: exampleEnd.adding(hours: -300), end: exampleEnd.adding(hours: -200))]
    facts.runs[.hourly] = StatusFacts.Runs()
    facts.runs[.hourly]?.last = makeRun()
    facts.runs[.hourly]?.lastSuccess = exampleEnd
    return facts
  }

  @Test("The keys of the first version come first, in order", arguments: Way.allCases)
  func keys(way: Way) async throws {
    try await withClient(of: Self.makeService(), way) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-status")
      #expect(answer.status == 200)
      #expect(
        answer.body.hasPrefix(
          #"{"healthy":true,"coveredUntil":"2025-10-05T20:00:00.000Z","lagSeconds":300,"lastRuns":{"hourly":{"id":7,"#
        ))
      #expect(
        answer.body.contains(
          #""historical":null,"reattribute":null,"assign":null,"audit":null},"alerts":[{"name":"no_calls","firing":false,"since":null,"detail":""#
        ))
      #expect(
        answer.body.contains(
          #""unsettledCalls":4,"givenUpCalls":1,"holes":[{"start":"2025-09-23T08:00:00.000Z","end":""#))
    }
  }

  @Test("An alert that fires is told with what to do, and the answer is still 200")
  func firing() async throws {
    var facts = Self.makeFacts()
    facts.newestCall = exampleEnd.adding(hours: -9)
    try await withClient(of: Self.makeService(facts), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-status")
      #expect(answer.status == 200 && answer.object["healthy"] as? Bool == false)
      let alerts = answer.object["alerts"] as? [[String: Any]] ?? []
      #expect(alerts.map { $0["name"] as? String } == Alert.Name.allCases.map(\.rawValue))
      #expect(alerts.first?["firing"] as? Bool == true)
      #expect(alerts.first?["since"] as? String == "2025-10-05T13:00:00.000Z")
      #expect((alerts.first?["whatToDo"] as? String)?.isEmpty == false)
    }
  }

  @Test("A database out of reach is 503 with its sentence, and broken")
  func away() async throws {
    let failure = RunFailure(.database(.unreachable), "No se puede usar la base de datos.")
    try await withClient(of: RecordedService(status: .failure(failure)), .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/api/sync-status")
      #expect(answer.status == 503 && answer.object["error"] as? String == failure.message)
      #expect(answer.object["state"] as? String == "broken")
    }
  }
}
