import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("explain of the real program", .timeLimit(.minutes(5)))
struct ExplainTests {
  // Not of the form that the leak search looks for: whoever asks for an explanation reads the number.
  private static let lead = "+34611222333"
  private static let own = "+34910123456"
  private static let (ring, transfer) = (TestCalls.sid(1), TestCalls.sid(2))

  /// A call of ours to a lead and the lead's transfer, taken in by an hourly run.
  private func withCalls(
    name: String = "'Acme'", before: [String] = [], _ body: (Installation) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      let now = installation.simulation.now.wholeSecond
      func life(_ ended: Int) -> CallLife {
        let end = now.adding(seconds: ended)
        return CallLife(
          created: end.adding(seconds: -62), dialled: end.adding(seconds: -61),
          answered: end.adding(seconds: -60),
          ended: end, priced: end.adding(seconds: 5))
      }
      installation.simulation.put([
        SimulatedCall(sid: Self.ring, from: Self.own, to: Self.lead, life: life(-1200), price: "-0.05600"),
        SimulatedCall(
          sid: Self.transfer, direction: "trunking-originating", from: Self.lead,
          to: "sip:\(Self.own)@pbx.example",
          life: life(-600), price: "-0.05600"),
      ])
      try await installation.sql("INSERT INTO workspaces (id, name) VALUES (4, \(name))")
      try await installation.sql(
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (77, 4, '0034 910 123 456')")
      for statement in before { try await installation.sql(statement) }
      #expect(try await installation.run("hourly").status == 0)
      try await body(installation)
    }
  }

  /// It needs the database and nothing else.
  private static let databaseAlone: [String: String?] = [
    "CRON_SECRET": nil, "TWILIO_ACCOUNT_SID": nil, "TWILIO_AUTH_TOKEN": nil, "TWILIO_API_BASE_URL": nil,
    "HOST": nil,
    "PORT": nil, "LOG_LEVEL": "error",
  ]

  @Test("tells in Spanish what decided, with the database alone configured")
  func text() async throws {
    try await withCalls { installation in
      let ended = try await installation.run("explain", Self.transfer, changes: Self.databaseAlone)
      #expect(ended.status == 0 && ended.errors.isEmpty)
      for part in [
        "📞 \(Self.transfer) · ", "  \(Self.lead) → sip:\(Self.own)@pbx.example, workspace 4 («Acme»)",
        "  Decide \(Self.ring), que acabó el ", ", 10 min 0 s antes que esta, desde \(Self.own).",
        "  ✅ 77 · «0034 910 123 456» · workspace 4 («Acme») · la única con workspace",
        "  ✅ \(Self.ring) · ", "(fin) · -600 s · \(Self.own) · workspace 4 («Acme») · la única",
        "  Lo guardado dice lo mismo.",
      ] { #expect(ended.output.contains(part), "\(part): \(ended.output)") }
      let own = try await installation.run("explain", Self.ring, changes: Self.databaseAlone)
      #expect(
        own.status == 0
          && own.output.contains("Caso 1 (outbound-api): decide el número que llama, «\(Self.own)»."))
    }
  }

  @Test("--json prints what /api/calls/{sid} answers")
  func json() async throws {
    try await withCalls { installation in
      let service = try await installation.serve()
      for sid in [Self.ring, Self.transfer] {
        let ended = try await installation.run("explain", sid, "--json", changes: Self.databaseAlone)
        let answer = try await service.ask("GET", "/api/calls/\(sid)")
        #expect(ended.status == 0 && answer.status == 200 && ended.output == answer.body + "\n")
        #expect(ended.output.hasPrefix(#"{"call":{"sid":"\#(sid)""#))
      }
    }
  }

  @Test("After an edit of the directory it says what differs; reattribute, which it names, settles it")
  func settled() async throws {
    try await withCalls { installation in
      try await installation.sql("INSERT INTO workspaces (id, name) VALUES (5, 'Beta')")
      try await installation.sql("UPDATE workspace_phones SET workspace_id = 5 WHERE id = 77")
      let differing = try await installation.run("explain", Self.transfer)
      #expect(differing.status == 0)
      #expect(
        differing.output.contains(
          "Lo guardado no coincide: está en workspace 4 («Acme») por \(Self.own) y ahora le toca workspace 5 («Beta»)"
        ))
      let command = try #require(
        differing.output.firstMatch(of: /→ Ejecute «twilio-sync (reattribute --since [^»]+)»/)
      ).1
      let words = command.split(separator: " ").map(String.init)
      #expect(try await installation.programs.run(words, installation.environment).status == 0)
      #expect(
        try await installation.run("explain", Self.transfer).output.contains("Lo guardado dice lo mismo."))
      #expect(
        try await installation.value("SELECT workspace_id FROM calls WHERE id = '\(Self.transfer)'") == "5")
    }
  }

  @Test("A name with line breaks and escapes forges no line and orders no terminal, as text and as JSON")
  func hostileName() async throws {
    let name = "U&'=1+1 <b>\\000D\\000A❌ falsa\\000A\\001B[31m\\009B2J\\0007\\2028x'"
    try await withCalls(name: name) { installation in
      for arguments in [["explain", Self.transfer], ["explain", Self.transfer, "--json"]] {
        let ended = try await installation.programs.run(
          arguments, installation.environment.changed(by: Self.databaseAlone))
        #expect(ended.status == 0 && ended.output.contains("=1+1 <b>"))
        let isClean = ended.output.unicodeScalars.allSatisfy { scalar in
          scalar == "\n" || ![.control, .lineSeparator].contains(scalar.properties.generalCategory)
        }
        #expect(isClean, "\(ended.output.debugDescription)")
        #expect(!ended.output.split(separator: "\n").contains { $0.hasPrefix("❌") })
      }
    }
  }

  @Test("A call that is not stored is exit status 1 and what to do; one that was set aside with the reason")
  func notStored() async throws {
    try await withCalls(before: ["ALTER TABLE calls ADD CONSTRAINT brief CHECK (direction <> 'outbound-api')"]
    ) {
      installation in
      for (sid, sentence) in [
        (TestCalls.sid(9), "no está guardada. Compruebe el SID."),
        (
          Self.ring,
          "no está guardada: la base de datos no la admite (valor no permitido, SQLSTATE 23514, brief)"
        ),
      ] {
        let ended = try await installation.run("explain", sid, changes: Self.databaseAlone)
        #expect(ended.status == 1 && ended.output.isEmpty)
        #expect(ended.errors.hasPrefix("❌ La llamada \(sid) \(sentence)"), "\(ended.errors)")
        let json = try await installation.run("explain", sid, "--json", changes: Self.databaseAlone)
        #expect(json.status == 1 && JSONText(json.output).text("error")?.contains(sentence) == true)
        #expect(json.output.hasPrefix(#"{"success":false,"error":""#))
      }
    }
  }

  @Test("Without a database or its schema it is exit status 1 with the sentence; without settings 2")
  func withoutDatabase() async throws {
    try await withInstallation(template: TestCluster.empty) { installation in
      let old = try await installation.run("explain", Self.ring)
      #expect(old.status == 1 && old.errors.contains("twilio-sync migrate"))
      let away = try await installation.run(
        "explain", Self.ring, changes: ["DATABASE_URL": "postgresql://127.0.0.1:1/nada"])
      #expect(away.status == 1 && away.errors.hasPrefix("❌ "))
      #expect(try await installation.programs.run(["explain", Self.ring], [:]).status == 2)
    }
  }
}
