import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Moves and their rehearsals in the real program", .timeLimit(.minutes(5)))
struct MovesTests {
  private static let own = RingAndTransfer.own
  private static let (ring, transfer) = (RingAndTransfer.ring, RingAndTransfer.transfer)

  /// A call of ours to a lead and the lead's transfer, taken in by an hourly run; their number then goes from
  /// workspace 4 to 5.
  private func withEditedDirectory(_ body: (Installation) async throws -> Void) async throws {
    try await withInstallation { installation in
      try await RingAndTransfer.put(into: installation)
      try await installation.sql(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (4, '\(Self.own)')")
      let first = try await installation.run("hourly", "--json")
      #expect(first.status == 0 && JSONText(first.output).integer("reattributedCalls") == 0)
      #expect(first.output.hasSuffix(#""dryRun":false,"moves":[]}"# + "\n"))
      try await installation.sql("UPDATE workspace_phones SET workspace_id = 5")
      try await body(installation)
    }
  }

  /// What is left of a text's lines that tell of moves.
  private func moved(_ text: String) -> [String] {
    text.split(separator: "\n").filter { $0.contains("🔀") }.map(String.init)
  }

  @Test("A rehearsal says what would be, writes nothing, and is seen by no alert, metric or page")
  func rehearsal() async throws {
    try await withEditedDirectory { installation in
      let service = try await installation.serve()
      func looks() async throws -> [String] {
        let metrics = try await service.ask("GET", "/metrics").body.split(separator: "\n").filter {
          $0.hasPrefix("twilio_sync_run") || $0.hasPrefix("twilio_sync_last") || $0.contains("alert")
            || $0.contains("reattributed") || $0.contains("failures_in_a_row")
        }
        let status = JSONText(try await service.ask("GET", "/api/sync-status").body)
        let page = try await service.ask("GET", "/").body
        return metrics.map(String.init) + [
          "\(page.contains("/runs/1?"))", "\(page.contains("/runs/2?"))",
          "\(String(describing: status.object("lastRuns")?["reattribute"]))",
        ]
      }
      let before = try await looks()
      let stamps = "SELECT string_agg(id || xmin || workspace_id, ' ' ORDER BY id) FROM calls"
      let rows = try await installation.value(stamps)

      let text = try await installation.run("reattribute", "--dry-run", changes: ["LOG_LEVEL": nil])
      #expect(text.status == 0)
      let lines = moved(text.output)
      #expect(lines.count == 2 && lines[1] == "🔀 Llamadas que se reasignarían: 2", "\(text.output)")
      #expect(lines[0].hasPrefix("  🔀 Se reasignarían del workspace 4 al 5, 20"))
      #expect(lines[0].hasSuffix(", …456: llamadas 2, minutos 4, coste 0.11200 USD"))
      for word in ["reasignadas", "pasaron", "han cambiado"] {
        #expect(!text.output.contains(word), "\(word)")
      }
      let json = try await installation.run("reattribute", "--dry-run", "--json")
      let answer = try await service.ask("POST", "/api/reattribute?dryRun=true")
      for body in [json.output, answer.body] {
        #expect(body.contains(#","dryRun":true,"moves":[{"month":"20"#), "\(body)")
        #expect(
          body.contains(
            #""number":"\#(Self.own)","from":4,"to":5,"calls":2,"minutes":4,"cost":[{"priceUnit":"USD","sum":"0.11200"}]}]}"#
          ))
        #expect(JSONText(body).integer("reattributedCalls") == 2)
        #expect(JSONText(body).text("message")?.hasSuffix("Llamadas que se reasignarían: 2") == true)
      }
      let id = try #require(answer.integer("runId"))
      #expect(
        try await service.ask("GET", "/api/sync-runs/\(id)").body.contains(#""dryRun":true,"moves":[{"#))
      #expect(try await service.ask("GET", "/runs/\(id)").body.contains("Se reasignarían"))
      #expect(try await looks() == before)
      #expect(try await installation.value(stamps) == rows)
      #expect(try await installation.value("SELECT count(*) FROM call_moves") == "0")
      #expect(
        try await installation.column("SELECT DISTINCT dry_run FROM sync_runs WHERE kind = 'reattribute'")
          == ["t"])
    }
  }

  @Test(
    "After an edit of the directory each kind of run tells what it moves, and explain by which run and why",
    arguments: ["hourly", "historical", "reattribute"])
  func runs(command: String) async throws {
    try await withEditedDirectory { installation in
      let ended = try await installation.run(command, changes: ["LOG_LEVEL": nil])
      #expect(ended.status == 0, "\(ended.errors)")
      let lines = moved(ended.output)
      #expect(lines.contains { $0.hasPrefix("  🔀 Reasignadas del workspace 4 al 5, 20") }, "\(ended.output)")
      #expect(lines.last == "🔀 Llamadas reasignadas: 2")
      #expect(lines.contains("  🔀 Llamadas reasignadas hasta ahora: 2") == (command == "historical"))
      let explained = try await installation.run("explain", Self.transfer, changes: ["LOG_LEVEL": "error"])
      #expect(explained.output.contains("🔀 Cambios de workspace\n"))
      #expect(
        explained.output.contains(
          "workspace 4 («Acme») → workspace 5 («Beta») · \(Self.own) · cambió el directorio · ejecución 2"))
      let service = try await installation.serve()
      let record = try await service.ask("GET", "/api/sync-runs/2").body
      #expect(record.contains(#""dryRun":false,"moves":[{"month":"20"#), "\(record)")
      #expect(JSONText(record).integer("reattributedCalls") == 2)
      #expect(try await service.ask("GET", "/runs/2").body.contains("Reasignadas"))
      #expect(
        try await service.ask("GET", "/calls/\(Self.ring)?lang=en").body.contains("the directory changed"))
      // And nothing is left for the next.
      let next = try await installation.run("reattribute", "--json")
      #expect(next.output.hasSuffix(#""dryRun":false,"moves":[]}"# + "\n"))
    }
  }
}
