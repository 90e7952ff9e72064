import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Who may start a run of the real server", .timeLimit(.minutes(5)))
struct AuthorizationTests {
  static let basic = "Authorization: Basic \(Data("x:\(Secrets.cron)".utf8).base64EncodedString())"

  static let refusals: [(method: String, query: String, headers: [String])] = [
    ("GET", "", []), ("POST", "", []), ("POST", "", ["Authorization: Bearer falso-falso-falso"]),
    ("POST", "", ["Authorization: Bearer"]), ("POST", "", [basic]),
    ("POST", "", ["Authorization: Bearer \(Secrets.cron)x"]),
    ("POST", "", ["Authorization: Bearer \(Secrets.cron.dropLast())"]),
    ("POST", "", ["Authorization: \(Secrets.cron)"]), ("POST", "", ["X-Cron-Secret: \(Secrets.cron)"]),
    ("GET", "?secret=\(Secrets.cron)", []), ("GET", "?CRON_SECRET=\(Secrets.cron)", []),
    ("POST", "", [LiveService.authorization, LiveService.authorization]),
  ]

  @Test("Without the secret in a Bearer header the answer is 401 with its one body, and nothing runs")
  func refused() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      for (method, query, headers) in Self.refusals {
        let answer = try await service.askOpenly(method, LiveService.route + query, headers: headers)
        #expect(answer.status == 401, "\(method) \(query) \(headers)")
        #expect(answer.body == #"{"error":"Unauthorized"}"#)
        #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
      }
      #expect(installation.simulation.requests.isEmpty)
      #expect(try await installation.runStates().isEmpty)
    }
  }

  @Test("The scheme's case does not matter, and Basic opens what only reads")
  func accepted() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      let headers = ["authorization: bEARER \(Secrets.cron)"]
      #expect(try await service.askOpenly("POST", LiveService.route, headers: headers).status == 200)
      #expect(try await service.askOpenly("GET", "/api/sync-runs", headers: [Self.basic]).status == 200)
    }
  }

  @Test("Many wrong secrets get 429; the right one is served all the same")
  func manyWrong() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      var statuses: [Int] = []
      for _ in 0..<25 {
        let headers = ["Authorization: Bearer falso-falso-falso"]
        statuses.append(
          try await service.askOpenly("POST", LiveService.route, headers: headers).status)
      }
      #expect(statuses == Array(repeating: 401, count: 20) + Array(repeating: 429, count: 5))
      #expect(try await service.sync().status == 200)
      #expect(service.program.output.contains("Secreto incorrecto"))
    }
  }

  @Test("HEAD on the route that starts a run is 405 and starts none; unknown routes are 404")
  func methods() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      let head = try await service.ask("HEAD", LiveService.route)
      #expect(head.status == 405)
      #expect(head.header("Allow") == "GET, POST")
      #expect(try await service.ask("GET", "/api/nada").status == 404)
      #expect(try await installation.runStates().isEmpty)
    }
  }
}
