import TestSupport
import Testing
import TwilioSimulator

@Suite("The route of the resync", .timeLimit(.minutes(10)))
struct HistoryRouteTests {
  @Test("answers with the counts when done, for GET and POST, and reads the period it was given")
  func whenDone() async throws {
    try await withHistory(calls: 2500) { installation in
      let directory = try await installation.directory()
      let service = try await installation.serve()
      let all = try await service.ask("POST", HistorySite.route)
      #expect(all.status == 200 && all.integer("totalCalls") == 2500)
      #expect(all.text("message") == "Resincronización histórica completada")
      let stored = try await installation.expectHistory(directory)
      #expect(all.integer("savedCalls") == stored)
      let part = try await service.ask("GET", "\(HistorySite.route)?since=2025-09-01&until=2025-10-01")
      #expect(part.status == 200)
      let calls = try await installation.value(
        "SELECT count(*) FROM calls WHERE call_date >= '2025-09-01Z' AND call_date < '2025-10-01Z'")
      #expect(part.integer("savedCalls").map { "\($0)" } == calls)
      #expect(
        JSONText(part.body).object("period") == [
          "start": "2025-09-01T00:00:00.000Z", "end": "2025-10-01T00:00:00.000Z",
        ])
    }
  }

  @Test("respond-async: 202 with a Location, where the run can be watched to its end")
  func respondAsync() async throws {
    try await withBlockedHistory { installation, twilio in
      let service = try await installation.serve(changes: twilio.asTwilio)
      let accepted = try await service.ask(
        "POST", HistorySite.route, headers: ["Prefer: respond-async", "Accept: application/x-ndjson"])
      #expect(accepted.status == 202)
      let location = try #require(accepted.header("Location"))
      #expect(try await service.ask("GET", location).text("state") == "running")
      twilio.release()
      try await eventually("the run has ended") {
        try await service.ask("GET", location).text("state") != "running"
      }
      let ended = try await service.ask("GET", location)
      #expect(ended.text("state") == "succeeded" && ended.text("kind") == "historical")
      #expect(ended.integer("totalCalls") == 1500)
    }
  }

  @Test("ndjson: a line at once, while the run goes on, and the result as the last one")
  func lines() async throws {
    try await withBlockedHistory { installation, twilio in
      let service = try await installation.serve(changes: twilio.asTwilio)
      let client = try await RawSocketClient(port: service.port)
      let headers = [LiveService.authorization, "Accept: application/x-ndjson"]
      try await client.send(Answer.request("POST", HistorySite.route, headers))
      let beginning = await client.read { bytes in
        bytes.firstRange(of: Array("\"state\":\"running\"".utf8))?.upperBound
      }
      #expect(beginning.ending == .satisfied)
      try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
      twilio.release()
      let rest = await client.readToEnd()
      let answer = try #require(Answer(beginning.bytes + rest.bytes))
      #expect(answer.status == 200)
      let lines = answer.body.split(separator: "\n").map(String.init)
      #expect(lines.count >= 2 && lines.first?.contains(#""kind":"historical""#) == true)
      #expect(lines.last?.hasPrefix(#"{"success":true,"synced_at":"#) == true)
      #expect(JSONText(try #require(lines.last)).integer("totalCalls") == 1500)
    }
  }

  @Test(
    "What cannot be understood is 400 and starts nothing",
    arguments: [
      "since=ayer", "until=2025-13-01", "since=2025-09-01&until=2025-09-01",
      "since=2025-10-01&until=2025-09-01", "until=2025-07-01", "restart=true",
      "since=2025-09-01&since=2025-09-02",
    ])
  func badParameters(query: String) async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      let answer = try await service.ask("POST", "\(HistorySite.route)?\(query)")
      #expect(answer.status == 400)
      #expect(answer.body.hasPrefix(#"{"success":false,"error":""#))
      #expect(try await installation.runStates().isEmpty)
      #expect(installation.simulation.requests.isEmpty)
    }
  }

  @Test("HISTORY_START says where it begins; a bad one is a fault of the configuration")
  func historyStart() async throws {
    try await withHistory(calls: 1500) { installation in
      let run = try await installation.resync(changes: ["HISTORY_START": "2026-01-01"])
      #expect(run.status == 0)
      #expect(run.result.object("period")?["start"] == "2026-01-01T00:00:00.000Z")
      let earliest = try await installation.value(
        "SELECT min(call_date) >= '2026-01-01Z' FROM calls")
      #expect(earliest == "t")
      let bad = try await installation.resync(changes: ["HISTORY_START": "ayer"])
      #expect(bad.status == 2 && bad.errors.hasPrefix("❌ HISTORY_START debe ser una fecha"))
    }
  }
}
