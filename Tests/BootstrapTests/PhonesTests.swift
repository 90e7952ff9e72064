import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("phones of the real program", .timeLimit(.minutes(5)))
struct PhonesTests {
  private static let own = RingAndTransfer.own
  private static let (ring, transfer) = (RingAndTransfer.ring, RingAndTransfer.transfer)

  /// A call of ours to a lead and the lead's transfer, taken in by an hourly run: the number came by itself.
  private func withCalls(_ body: (Installation) async throws -> Void) async throws {
    try await withInstallation { installation in
      try await RingAndTransfer.put(into: installation)
      #expect(try await installation.run("hourly").status == 0)
      try await body(installation)
    }
  }

  private static let quiet: [String: String?] = ["LOG_LEVEL": "error"]
  /// It needs the database and nothing else.
  private static let databaseAlone: [String: String?] = [
    "CRON_SECRET": nil, "TWILIO_ACCOUNT_SID": nil, "TWILIO_AUTH_TOKEN": nil, "TWILIO_API_BASE_URL": nil,
    "HOST": nil, "PORT": nil, "LOG_LEVEL": nil,
  ]
  private static let json = ["Content-Type: application/json"]

  private func workspaces(_ installation: Installation) async throws -> [String?] {
    try await installation.column("SELECT workspace_id FROM calls ORDER BY id")
  }

  @Test("Many calls in workspace 1: the list names the command, which settles it")
  func walk() async throws {
    try await withCalls { installation in
      let list = try await installation.run("phones", changes: Self.databaseAlone)
      #expect(list.status == 0)
      #expect(list.output.contains("1 número en el directorio, 1 con algo raro"), "\(list.output)")
      let command = try #require(list.output.firstMatch(of: /«twilio-sync (phones assign [^ ]+) WORKSPACE»/))
        .1
      let words = command.split(separator: " ").map(String.init) + ["4"]
      let environment = installation.environment.changed(by: Self.databaseAlone)

      let rehearsal = try await installation.programs.run(words + ["--dry-run"], environment)
      #expect(rehearsal.status == 0, "\(rehearsal.errors)")
      #expect(rehearsal.output.contains("🔀 Se reasignarían del workspace 1 al 4, "))
      // As in every line of the log, only the end of a number.
      #expect(rehearsal.output.contains("…456: llamadas 2, minutos 4, coste 0.11200 USD"))
      #expect(rehearsal.output.contains("🎉 Ensayo: Asignación de número completada!"))
      #expect(try await workspaces(installation) == ["1", "1"])

      let ended = try await installation.programs.run(words, environment)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.output.contains("📱 El número \(Self.own) es ahora del workspace 4"), "\(ended.output)")
      #expect(ended.output.contains("🔀 Reasignadas del workspace 1 al 4, "))
      #expect(ended.output.hasSuffix("🔀 Llamadas reasignadas: 2\n"))
      #expect(try await workspaces(installation) == ["4", "4"])
      #expect(try await installation.column("SELECT DISTINCT cause FROM call_moves") == ["directory"])
      let after = try await installation.run("phones", changes: Self.quiet)
      #expect(after.output.contains("1 número en el directorio, 0 con algo raro"))
      #expect(after.output.contains("📱 \(Self.own) · workspace 4 («Acme») · última llamada "))
      #expect(after.output.contains("llamadas en 30 días: 2 · 0.11200 USD"))
    }
  }

  /// What goes wrong where somebody mends the directory by hand.
  struct Slip: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let statement: String
    /// A row that the assignment does not need and that stays odd until a person settles it.
    var remnant: String?
    /// What `phones` and `/phones` say of a number.
    var listed: [String] = []
    /// The beginnings of lines of `doctor`.
    var lines: [String] = []
    var settlesBefore = false
  }

  private static let calls =
    "⚠️ llamadas y directorio: 2 llamadas no están en el workspace que el directorio da hoy"
  static let slips = [
    Slip(
      testDescription: "a second row under another workspace",
      statement: "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (5, '\(own)')",
      remnant: "1 con algo raro",
      listed: ["en varios workspaces", "DELETE FROM workspace_phones WHERE id = "],
      lines: ["⚠️ números repetidos: Están en varios workspaces: \(own) (1, 5).", calls]),
    Slip(
      testDescription: "a row in another spelling",
      statement: "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (5, '+34 910 12 34 56')",
      remnant: "1 con algo raro",
      listed: ["en varios workspaces", "mal escrito", "UPDATE workspace_phones SET phone_number = "],
      lines: ["⚠️ números repetidos: ", "⚠️ números mal escritos: ", calls]),
    Slip(
      testDescription: "a row without the country",
      statement: "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (5, '910123456')",
      remnant: "1 con algo raro", listed: ["sin asignar", "mal escrito", "le falta el prefijo de su país"],
      lines: ["⚠️ números mal escritos: "]),
    Slip(
      testDescription: "an edit without a reattribution",
      statement: "UPDATE workspace_phones SET workspace_id = 5", lines: [calls]),
    Slip(
      testDescription: "a reattribution before the edit",
      statement: "UPDATE workspace_phones SET workspace_id = 5", lines: [calls], settlesBefore: true),
    Slip(
      testDescription: "a reattribution without an edit", statement: "SELECT 1", listed: ["sin asignar"],
      settlesBefore: true),
  ]

  @Test(
    "A slip of who mends it by hand is seen in the list, on the page or by doctor, and the command settles it",
    arguments: slips)
  func slip(_ slip: Slip) async throws {
    try await withCalls { installation in
      if slip.settlesBefore {
        let ended = try await installation.run("reattribute", changes: ["LOG_LEVEL": nil])
        #expect(ended.output.hasSuffix("🔀 Llamadas reasignadas: 0\n"), "\(ended.output)")
      }
      try await installation.sql(slip.statement)
      #expect(try await workspaces(installation) == ["1", "1"])
      let list = try await installation.run("phones", changes: Self.quiet).output
      let service = try await installation.serve()
      let page = try await service.ask("GET", "/phones").body
      for words in slip.listed { #expect(list.contains(words) && page.contains(words), "\(list)") }
      let found = try await installation.run("doctor", changes: Self.quiet)
      for line in slip.lines { #expect(found.output.contains(line), "\(found.output)") }
      if slip.lines.contains(Self.calls) {
        let call = try await service.ask("GET", "/calls/\(Self.transfer)").body
        #expect(call.contains("twilio-sync reattribute"), "\(call)")
      }

      let ended = try await installation.run("phones", "assign", Self.own, "4", changes: Self.quiet)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(try await workspaces(installation) == ["4", "4"])
      #expect(
        try await !installation.run("doctor", changes: Self.quiet).output.contains(Self.calls.prefix(30)))
      let after = try await installation.run("phones", changes: Self.quiet).output
      #expect(after.contains(slip.remnant ?? "0 con algo raro"), "\(after)")
      #expect(!after.contains("sin asignar"))
    }
  }

  @Test("--json prints what the routes answer, and PUT does what the command does")
  func routes() async throws {
    try await withCalls { installation in
      let service = try await installation.serve()
      let list = try await installation.run("phones", "--json", changes: Self.quiet)
      #expect(try await service.ask("GET", "/api/phones").body + "\n" == list.output)
      #expect(list.output.hasPrefix(#"{"phones":[{"number":"\#(Self.own)","rows":[{"id":"#), "\(list.output)")
      #expect(
        list.output.contains(
          #""calls30":2,"cost30":[{"priceUnit":"USD","sum":"0.11200"}],"odd":["unassigned"]}"#))
      let path = "/api/phones/%2B34910123456"
      let rehearsal = try await service.ask(
        "PUT", path + "?dryRun=true", headers: Self.json, body: #"{"workspace":4}"#)
      #expect(
        rehearsal.status == 200 && rehearsal.body.hasPrefix(#"{"success":true,"dryRun":true,"number":"#))
      let same = try await installation.run(
        "phones", "assign", Self.own, "4", "--dry-run", "--json", changes: Self.quiet)
      func moves(_ body: String) -> Substring? { body.firstMatch(of: /"moves":(\[.*\]),"runId"/)?.1 }
      #expect(
        same.status == 0 && moves(same.output) == moves(rehearsal.body) && moves(rehearsal.body) != "[]")
      let answer = try await service.ask("PUT", path, headers: Self.json, body: #"{"workspace":4}"#)
      #expect(answer.status == 200 && moves(answer.body) == moves(rehearsal.body))
      #expect(try await workspaces(installation) == ["4", "4"])
      let id = try #require(answer.integer("runId"))
      let record = try await service.ask("GET", "/api/sync-runs/\(id)").body
      #expect(record.contains(#""kind":"assign","state":"succeeded""#) && moves(record) == nil)
      let page = try await service.ask("GET", "/runs/\(id)").body
      #expect(page.contains("asignación") && page.contains("Reasignadas"))
      // The rehearsals are nobody's last run.
      let status = try await service.ask("GET", "/api/sync-status").body
      #expect(status.contains(#""assign":{"id":\#(id),"#))
      let accepted = try await service.ask(
        "PUT", path, headers: Self.json + ["Prefer: respond-async"],
        body: #"{"workspace":5,"past":true}"#)
      #expect(accepted.status == 202 && accepted.header("Location")?.hasPrefix("/api/sync-runs/") == true)
    }
  }

  @Test("400 and 409 are no run; the command ends with 1 where the route answers 409")
  func refusals() async throws {
    try await withCalls { installation in
      let service = try await installation.serve()
      try await installation.sql(
        """
        UPDATE calls SET call_date = call_date - INTERVAL '70 days', workspace_id = 5 WHERE id = '\(Self.ring)'
        """)
      let path = "/api/phones/%2B34910123456"
      func put(_ path: String, _ body: String) async throws -> Answer {
        try await service.ask("PUT", path, headers: Self.json, body: body)
      }
      #expect(try await put(path, #"{"workspace":99}"#).status == 400)
      #expect(try await put("/api/phones/anonymous", #"{"workspace":4}"#).status == 400)
      #expect(try await put("/api/phones/911679868", #"{"workspace":4}"#).status == 400)
      #expect(try await installation.run("phones", "assign", Self.own, "99", changes: Self.quiet).status == 2)

      let past = try await put(path, #"{"workspace":4}"#)
      #expect(past.status == 409 && past.body.contains(#""moves":[{"month":"#), "\(past.body)")
      let refused = try await installation.run("phones", "assign", Self.own, "4", changes: Self.quiet)
      #expect(refused.status == 1 && refused.errors.contains("repita con --past"), "\(refused.errors)")
      #expect(refused.errors.contains("Se reasignarían del workspace 5 al 4"))
      let rehearsal = try await installation.run(
        "phones", "assign", Self.own, "4", "--dry-run", changes: ["LOG_LEVEL": nil])
      #expect(rehearsal.status == 0 && rehearsal.output.contains("⚠️ De verdad se rechazaría: "))
      #expect(try await put(path + "?dryRun=true", #"{"workspace":4}"#).status == 200)
      #expect(
        try await installation.column("SELECT DISTINCT dry_run FROM sync_runs WHERE kind = 'assign'") == ["t"]
      )
      #expect(
        try await installation.run("phones", "assign", Self.own, "4", "--past", changes: Self.quiet).status
          == 0)
      #expect(try await workspaces(installation) == ["4", "4"])

      // Another row would count then, and stands in the way.
      try await installation.sql(
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (77, 5, '0034 910 123 456')")
      let twin = try await put(path, #"{"workspace":1,"past":true}"#)
      #expect(
        twin.status == 409
          && twin.text("error")?.contains("DELETE FROM workspace_phones WHERE id = 77;") == true)
      #expect(
        try await installation.run("phones", "assign", Self.own, "1", "--past", changes: Self.quiet).status
          == 1)
    }
  }

  @Test(
    "The number may be written in any way",
    arguments: [
      "+34910123456", "34910123456", "0034910123456", "+34 910 12 34 56", "+34-910-123-456",
      "+34 (0)910 123 456",
      "(0034) 910.123.456", "tel:+34910123456", "whatsapp:+34910123456", "sip:+34910123456@pbx.example",
      "＋34910123456",
    ])
  func spelled(number: String) async throws {
    try await withCalls { installation in
      let service = try await installation.serve()
      let encoded = try #require(number.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let answer = try await service.ask(
        "PUT", "/api/phones/\(encoded)", headers: Self.json, body: #"{"workspace":4}"#)
      #expect(answer.status == 200 && answer.text("number") == Self.own)
      let ended = try await installation.run(
        "phones", "assign", number, "5", "--past", "--json", changes: Self.quiet)
      #expect(ended.status == 0 && JSONText(ended.output).text("number") == Self.own, "\(ended.errors)")
      #expect(try await workspaces(installation) == ["5", "5"])
      #expect(try await installation.value("SELECT count(*) FROM workspace_phones") == "1")
    }
  }

  @Test("Beside hourly runs and a resync nothing is lost: every call ends in the number's workspace")
  func besides() async throws {
    try await withCalls { installation in
      for target in ["4", "5", "4"] {
        async let hourly = installation.run("hourly", changes: Self.quiet)
        async let historical = installation.run("historical", "--restart", changes: Self.quiet)
        async let assigned = installation.run(
          "phones", "assign", Self.own, target, "--past", changes: Self.quiet)
        for ended in [try await hourly, try await historical, try await assigned] {
          #expect(ended.status == 0, "\(ended.errors)")
        }
        #expect(try await workspaces(installation) == [target, target])
      }
    }
  }

  @Test("Another assignment in progress is 409 and exit status 3")
  func inProgress() async throws {
    try await withCalls { installation in
      try await installation.sql(
        """
        INSERT INTO sync_leases (kind, token, run_id, expires_at) VALUES ('assign', 9, 1, now() + INTERVAL '1 minute')
        ON CONFLICT (kind) DO UPDATE SET token = 9, run_id = 1, expires_at = excluded.expires_at
        """)
      let service = try await installation.serve()
      let answer = try await service.ask(
        "PUT", "/api/phones/%2B34910123456", headers: Self.json, body: #"{"workspace":4}"#)
      #expect(answer.status == 409 && answer.header("Retry-After") != nil)
      #expect(try await installation.run("phones", "assign", Self.own, "4", changes: Self.quiet).status == 3)
    }
  }
}
