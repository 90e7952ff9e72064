import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("The real server while a run is in progress", .timeLimit(.minutes(5)))
struct RunInProgressTests {
  @Test("A second run is 409 with Retry-After and the first one's number, and is not recorded")
  func conflict() async throws {
    try await withBlockedService { installation, service, twilio in
      async let running = service.sync()
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      let second = try await service.sync()
      #expect(second.status == 409)
      #expect(second.integer("runId") == 1)
      #expect(second.body.hasPrefix(#"{"success":false,"error":"Ya hay otra ejecución"#))
      let seconds = try #require(second.header("Retry-After").flatMap { Int($0) })
      #expect((1...120).contains(seconds))
      for headers in [["Prefer: respond-async"], ["Accept: application/x-ndjson"]] {
        #expect(try await service.ask("POST", LiveService.route, headers: headers).status == 409)
      }
      #expect(try await installation.runStates() == ["running"])
      twilio.release()
      let first = try await running
      #expect(first.status == 200 && first.integer("savedCalls") == 2001)
      #expect(try await installation.runStates() == ["succeeded"])
    }
  }

  @Test("Two requests at the same moment: one run, one 409")
  func race() async throws {
    try await withBlockedService { installation, service, twilio in
      twilio.release()
      async let one = service.sync()
      async let other = service.sync()
      let statuses = try await [one.status, other.status].sorted()
      // The one may have ended before the other began.
      #expect(statuses == [200, 409] || statuses == [200, 200])
      #expect(try await installation.runStates().count == statuses.count { $0 == 200 })
    }
  }

  @Test("respond-async: 202 with a Location, where the run can be watched to its end")
  func respondAsync() async throws {
    try await withBlockedService { installation, service, twilio in
      let headers = ["Prefer: respond-async", "Accept: application/x-ndjson"]
      let accepted = try await service.ask("POST", LiveService.route, headers: headers)
      #expect(accepted.status == 202)
      let location = try #require(accepted.header("Location"))
      #expect(location == "/api/sync-runs/1")
      #expect(try await service.ask("GET", location).text("state") == "running")
      twilio.release()
      try await eventually("the run has ended") {
        try await service.ask("GET", location).text("state") != "running"
      }
      let ended = try await service.ask("GET", location)
      #expect(ended.text("state") == "succeeded" && ended.integer("savedCalls") == 2001)
      let list = try await service.ask("GET", "/api/sync-runs?kind=hourly&limit=1")
      #expect(list.status == 200 && list.body.contains(#""id":1,"kind":"hourly","state":"succeeded""#))
    }
  }

  @Test("ndjson: a line at once, while the run goes on, and the result as the last one")
  func lines() async throws {
    try await withBlockedService { installation, service, twilio in
      let client = try await RawSocketClient(port: service.port)
      let headers = [LiveService.authorization, "Accept: application/x-ndjson"]
      try await client.send(Answer.request("POST", LiveService.route, headers))
      let beginning = await client.read { bytes in
        bytes.firstRange(of: Array("\"state\":\"running\"".utf8))?.upperBound
      }
      #expect(beginning.ending == .satisfied)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      twilio.release()
      let rest = await client.readToEnd()
      let answer = try #require(Answer(beginning.bytes + rest.bytes))
      #expect(answer.status == 200)
      #expect(answer.header("Content-Type")?.hasPrefix("application/x-ndjson") == true)
      let lines = answer.body.split(separator: "\n").map(String.init)
      #expect(lines.count >= 2)
      let last = JSONText(try #require(lines.last))
      #expect(last.integer("savedCalls") == 2001 && last.integer("runId") == 1)
      #expect(lines.last?.hasPrefix(#"{"success":true,"synced_at":"#) == true)
    }
  }

  @Test("ndjson: of a run that fails the last line says so")
  func failedLines() async throws {
    try await withInstallation { installation in
      try installation.simulation.setFaults("*:redirect")
      let service = try await installation.serve()
      let headers = ["Accept: application/x-ndjson"]
      let answer = try await service.ask("GET", LiveService.route, headers: headers)
      #expect(answer.status == 200)
      let last = try #require(answer.body.split(separator: "\n").last)
      #expect(last.hasPrefix(#"{"success":false,"error":"Twilio responde con una redirección"#))
    }
  }

  @Test("A client that hangs up does not end the run")
  func hangsUp() async throws {
    try await withBlockedService { installation, service, twilio in
      let client = try await RawSocketClient(port: service.port)
      try await client.send(Answer.request("POST", LiveService.route, [LiveService.authorization]))
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      client.reset()
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      twilio.release()
      try await eventually("the run has succeeded") {
        try await installation.runStates() == ["succeeded"]
      }
      #expect(try await installation.storedCalls() == 2001)
    }
  }

  private func withBlockedService(
    _ body: (Installation, LiveService, TCPProxy) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      twilio.blockSecondPage()
      let service = try await installation.serve(changes: twilio.asTwilio)
      let result = await Result { try await body(installation, service, twilio) }
      twilio.close()
      try result.get()
    }
  }
}
