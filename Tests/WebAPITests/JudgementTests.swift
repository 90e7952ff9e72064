import CallDomain
import Testing
import WebAPI
import WebServer

@Suite("The order of judgement")
struct JudgementTests {
  @Test(
    "An unknown path is 404 before anything else",
    arguments: [
      "/nothing", "/api", "/api/", "/api/sync-twilio-hourly/", "/api/sync-twilio-hourly/x", "/health/",
      "/ready/", "/api/sync-runs/", "/api/sync-runs/7/", "/api/sync-runs/7/x",
      "/api/resync-twilio-historical/", "/api/reattribute/", "/API/sync-twilio-hourly",
      "//api/sync-twilio-hourly", "/api//sync-runs",
    ], Way.allCases)
  func unknownPath(path: String, way: Way) async throws {
    let service = RecordedService(recorded: .success([makeRun()]))
    try await withClient(of: service, way) { client async throws in
      for (method, authorization) in [
        ("GET", nil), ("BREW", "Bearer wrong"), ("POST", "Bearer \(service.secret)"),
      ] {
        let answer = try await client.ask(method, path, authorization: authorization)
        #expect(answer.status == 404)
        #expect(answer.object["success"] as? Bool == false)
        #expect(answer.error?.isEmpty == false)
      }
    }
    #expect(service.starts.isEmpty)
  }

  @Test("A wrong method is 405 before a wrong parameter is 400")
  func methodBeforeParameters() async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      #expect(try await client.ask("PUT", "/api/resync-twilio-historical?since=x").status == 405)
      #expect(try await client.ask("GET", "/api/resync-twilio-historical?since=x").status == 400)
    }
  }

  @Test(
    "Another method is 405 and starts nothing, HEAD of a route that starts a run too; Allow names the methods",
    arguments: [
      ("/api/sync-twilio-hourly", "GET, POST"), ("/api/resync-twilio-historical", "GET, POST"),
      ("/api/reattribute", "POST"), ("/api/sync-runs", "GET, HEAD"), ("/api/sync-runs/7", "GET, HEAD"),
      ("/health", "GET, HEAD"), ("/ready", "GET, HEAD"), ("/metrics", "GET, HEAD"),
      ("/api/sync-status", "GET, HEAD"), ("/", "GET, HEAD"), ("/openapi.json", "GET, HEAD"),
    ], Way.allCases)
  func allow(route: (path: String, methods: String), way: Way) async throws {
    let service = RecordedService.complete()
    try await withClient(of: service, way) { client async throws in
      for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]
      where !route.methods.contains(method) {
        let answer = try await client.ask(method, route.path)
        #expect(answer.status == 405, "\(method)")
        #expect(answer.headers["Allow"] == route.methods)
        if method != "HEAD" { #expect(answer.object["success"] as? Bool == false) }
      }
    }
    #expect(service.starts.isEmpty)
  }
}
