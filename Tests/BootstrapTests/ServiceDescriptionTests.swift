import Foundation
import TestSupport
import Testing

@Suite("The real service's description of itself", .timeLimit(.minutes(2)))
struct ServiceDescriptionTests {
  @Test("names every promised route, and each of those that only read answers as one of its statuses")
  func routes() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      let answer = try await service.askOpenly("GET", "/openapi.json")
      let description = try #require(
        try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
      let paths = try #require(description["paths"] as? [String: [String: Any]])
      #expect(
        Set(paths.keys) == [
          "/", "/api/calls", "/api/calls.csv", "/api/calls/{sid}", "/api/phones", "/api/phones/{number}",
          "/api/reattribute", "/api/audit",
          "/api/resync-twilio-historical", "/api/sync-runs", "/api/sync-runs/{id}", "/api/sync-status",
          "/api/sync-twilio-hourly", "/calls", "/calls/{sid}", "/health", "/metrics", "/openapi.json",
          "/phones", "/ready", "/runs/{id}", "/search",
        ])
      for (path, item) in paths {
        guard item["head"] != nil, let get = item["get"] as? [String: Any] else { continue }
        let read = try await service.ask(
          "GET", path.replacing("{id}", with: "1").replacing("{sid}", with: TestCalls.sid(1)))
        let responses = try #require(get["responses"] as? [String: [String: Any]])
        let response = try #require(responses[String(read.status)], "\(path) \(read.status)")
        let type = try #require(read.header("Content-Type")?.prefix { $0 != ";" })
        #expect((response["content"] as? [String: Any])?[String(type)] != nil, "\(path) \(type)")
      }
    }
  }
}
