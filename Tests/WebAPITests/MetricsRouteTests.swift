import Testing
import WebAPI
import WebServer

@Suite("/metrics")
struct MetricsRouteTests {
  @Test("It answers what the service renders, as the text format of Prometheus", arguments: Way.allCases)
  func text(way: Way) async throws {
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

  @Test("Nothing may be sent to it, and its metrics are of the route, not of what was asked for")
  func refusals() async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("POST", "/metrics?phone=%2B34600000022")
      #expect(answer.status == 405)
      #expect(answer.headers["Allow"] == "GET, HEAD")
    }
    let answered = service.events.compactMap { event in
      if case .answered(let request) = event { request.route } else { nil }
    }
    #expect(answered == ["/metrics"])
  }

  @Test("Where nobody renders metrics there is no such route")
  func missing() async throws {
    try await withClient(of: RecordedService(metrics: nil), .inMemory) { client async throws in
      #expect(try await client.ask("GET", "/metrics").status == 404)
    }
  }
}
