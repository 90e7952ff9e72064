import CallDomain
import Testing
import WebAPI
import WebServer

@Suite("Probes and metrics", .timeLimit(.minutes(2)))
struct ServiceRoutesTests {
  @Test("/health is 200 and touches nothing, also when nothing works", arguments: Way.allCases)
  func health(way: Way) async throws {
    let service = RecordedService(
      recorded: .failure(RunFailure(.database(.unreachable), "Fuera.")),
      readiness: { Readiness(database: .unreachable, schema: .unknown) })
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask("GET", "/health", authorization: nil)
      #expect(answer.status == 200)
      #expect(answer.body == #"{"status":"ok"}"#)
      let head = try await client.ask("HEAD", "/health", authorization: nil)
      #expect(head.status == 200)
      #expect(head.body.isEmpty)
    }
    #expect(service.checks == 0 && service.starts.isEmpty && service.queries.isEmpty)
  }

  @Test("/health alone is answered at once on the event loop, and as by the handler")
  func immediate() async throws {
    let routes = RecordedService().makeRoutes()
    func request(_ method: HTTPMethod, _ target: String) throws -> HTTPRequest {
      HTTPRequest(method: method, target: try #require(RequestTarget(target)))
    }
    let answer = try #require(routes.immediate(try request(.get, "/health?x=1")))
    let slow = await routes.handler(try request(.get, "/health?x=1"))
    #expect(answer.status == slow.status)
    #expect(answer.headers.map(\.name) == slow.headers.map(\.name))
    #expect(routes.immediate(try request(.head, "/health")) != nil)
    #expect(routes.immediate(try request(.post, "/health")) == nil)
    #expect(routes.immediate(try request(.get, "/ready")) == nil)
    #expect(routes.immediate(try request(.get, "/api/sync-twilio-hourly")) == nil)
  }

  private static let states: [(Readiness, Int, String)] = [
    (Readiness(database: .ok, schema: .ok), 200, #"{"status":"ready","database":"ok","schema":"ok"}"#),
    (
      Readiness(database: .unreachable, schema: .unknown), 503,
      #"{"status":"unready","database":"unreachable","schema":"unknown"}"#
    ),
    (
      Readiness(database: .ok, schema: .migrating), 503,
      #"{"status":"unready","database":"ok","schema":"migrating"}"#
    ),
    (Readiness(database: .busy, schema: .ok), 200, #"{"status":"ready","database":"busy","schema":"ok"}"#),
    (
      Readiness(database: .busy, schema: .unknown), 503,
      #"{"status":"unready","database":"busy","schema":"unknown"}"#
    ),
    (Readiness(database: .ok, schema: .old), 503, #"{"status":"unready","database":"ok","schema":"old"}"#),
    (
      Readiness(database: .readOnly, schema: .ok), 503,
      #"{"status":"unready","database":"read-only","schema":"ok"}"#
    ),
  ]

  @Test("/ready tells one word a check and needs no secret", arguments: states, Way.allCases)
  func ready(state: (readiness: Readiness, status: Int, body: String), way: Way) async throws {
    try await withClient(of: RecordedService(readiness: { state.readiness }), way) { client async throws in
      let answer = try await client.ask("GET", "/ready", authorization: nil)
      #expect(answer.status == state.status)
      #expect(answer.body == state.body)
      #expect(try await client.ask("HEAD", "/ready", authorization: nil).status == state.status)
    }
  }

  @Test(
    "One check is shared by all callers for two seconds, and a new one made after them",
    arguments: Way.allCases)
  func sharedForTwoSeconds(way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      for (advance, checks) in [(0, 1), (0, 1), (1999, 1), (1, 2), (1999, 2), (5000, 3)] {
        service.clock.advance(by: Int64(advance))
        #expect(try await client.ask("GET", "/ready", authorization: nil).status == 200)
        #expect(service.checks == checks)
      }
    }
  }

  @Test("Callers who come while a check runs get its answer", arguments: Way.allCases)
  func sharedWhileRunning(way: Way) async throws {
    let gate = Gate<Readiness>()
    let service = RecordedService(readiness: { await gate.wait() })
    try await withClient(of: service, way) { client async throws in
      await withTaskGroup(of: Int?.self) { group in
        for _ in 0..<20 {
          group.addTask { try? await client.ask("GET", "/ready", authorization: nil).status }
        }
        await gate.untilWaiting()
        gate.open(Readiness(database: .full, schema: .ok))
        for await status in group { #expect(status == 503) }
      }
    }
    #expect(service.checks == 1)
  }
  @Test(
    "/metrics answers what the service renders, as the text format of Prometheus", arguments: Way.allCases)
  func metrics(way: Way) async throws {
    let service = RecordedService(metrics: { "# TYPE a gauge\na 1\n" })
    try await withClient(of: service, way) { client async throws in
      let answer = try await client.ask("GET", "/metrics")
      #expect(answer.status == 200)
      #expect(answer.body == "# TYPE a gauge\na 1\n")
      #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
      let head = try await client.ask("HEAD", "/metrics")
      #expect(head.status == 200)
      #expect(head.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    }
  }
}
