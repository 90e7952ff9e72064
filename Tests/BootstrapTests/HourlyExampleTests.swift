import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("The example of 87 calls through the whole program", .timeLimit(.minutes(5)))
struct HourlyExampleTests {
  @Test("GET answers and logs exactly what is promised; POST again rewrites nothing")
  func example() async throws {
    try await withExample { installation in
      let service = try await installation.serve(changes: ["LOG_LEVEL": nil])
      let first = try await service.ask("GET", LiveService.route)
      #expect(first.status == 200)
      #expect(try first.body == Self.answer(like: first, runID: 1))
      // The last line; what the program has written is here a moment after its answer.
      _ = try await service.program.line(containing: "⚠️ Alerta default_workspace")
      let printed = Self.log(service.program.output).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(printed.dropFirst().joined(separator: "\n") == Self.lines(of: first))
      #expect(service.program.errors.isEmpty)

      let before = try await installation.column("SELECT id || ' ' || xmin FROM calls ORDER BY id")
      #expect(before.count == 87)
      let second = try await service.ask("POST", LiveService.route)
      #expect(try second.body == Self.answer(like: second, runID: 2))
      #expect(try await installation.column("SELECT id || ' ' || xmin FROM calls ORDER BY id") == before)
      #expect(try await installation.runStates() == ["succeeded", "succeeded"])
    }
  }

  @Test("The queries of the operators' runbook run as they are")
  func runbook() async throws {
    try await withExample { installation in
      #expect(try await installation.run("hourly").status == 0)
      let newest = try await installation.value(
        """
        SELECT MAX(call_date) AS ultima_llamada_sincronizada, COUNT(*) AS total_ultima_hora
        FROM calls WHERE source = 'twilio' AND call_date >= NOW() - INTERVAL '1 hour'
        """)
      #expect(newest != nil)
      let day = try await installation.column(
        """
        SELECT DATE_TRUNC('hour', call_date) AS hora, COUNT(*) AS llamadas,
               COUNT(DISTINCT workspace_id) AS workspaces, SUM(cost) AS costo_total
        FROM calls WHERE source = 'twilio' AND call_date >= NOW() - INTERVAL '24 hours'
        GROUP BY DATE_TRUNC('hour', call_date) ORDER BY hora DESC
        """)
      #expect(!day.isEmpty)
      let unassigned = try await installation.column(
        """
        SELECT phone_number, COUNT(*) AS calls FROM calls
        WHERE workspace_id = 1 AND source = 'twilio' GROUP BY phone_number ORDER BY calls DESC
        """)
      let own = Set(OwnNumber.all.filter { $0.workspace == 1 }.map(\.number))
      #expect(Set(unassigned.compactMap(\.self)) == own)
    }
  }

  @Test("With --json the answer alone is on standard output and the log on standard error")
  func json() async throws {
    try await withExample { installation in
      let ended = try await installation.run("hourly", "--json", changes: ["LOG_LEVEL": nil])
      #expect(ended.status == 0)
      #expect(ended.output.hasSuffix("}\n") && ended.output.split(separator: "\n").count == 1)
      let answer = try #require(Answer(Array("HTTP/1.1 200 OK\r\n\r\n\(ended.output)".utf8)))
      #expect(try ended.output == Self.answer(like: answer, runID: 1) + "\n")
      #expect(Self.log(ended.errors) == Self.lines(of: answer))
    }
  }

  @Test("Without --json the log is on standard output and standard error stays empty")
  func plain() async throws {
    try await withExample { installation in
      let ended = try await installation.run("hourly", changes: ["LOG_LEVEL": nil])
      #expect(ended.status == 0)
      #expect(Self.log(ended.output).hasSuffix("\n📱 Números de workspace creados: 0\n"))
      #expect(ended.output.contains("\n⚠️ Alerta default_workspace: 26 de 87 llamadas"), "\(ended.output)")
      #expect(ended.errors.isEmpty)
    }
  }

  @Test("With LOG_FORMAT=json each line is an object with ts, level, event and runId")
  func jsonLog() async throws {
    try await withExample { installation in
      let ended = try await installation.run(
        "hourly", changes: ["LOG_FORMAT": "json", "LOG_LEVEL": nil])
      let lines = ended.output.split(separator: "\n").map { JSONText(String($0)) }
        .filter { $0.text("event") != "alert_firing" }
      #expect(lines.allSatisfy { $0.text("ts") != nil && $0.text("level") == "info" })
      #expect(lines.allSatisfy { $0.integer("runId") == 1 })
      #expect(
        lines.compactMap { $0.text("event") } == [
          "run_started", "period_planned", "directory_loaded", "fetch_started", "fetch_finished",
          "processing", "save_started", "save_finished", "run_finished",
        ])
      #expect(lines.last?.integer("case2Count") == 15)
    }
  }

  // MARK: - The example

  private func withExample(_ body: (Installation) async throws -> Void) async throws {
    var configuration = SimulatorConfiguration()
    configuration.scenario = .example87
    try await withInstallation(simulator: configuration) { installation in
      try await installation.sql("INSERT INTO workspaces (id, name) VALUES (4, 'a'), (5, 'b'), (6, 'c')")
      let rows = OwnNumber.all.map { "(\($0.workspace), '\($0.number)')" }.joined(separator: ", ")
      try await installation.sql("INSERT INTO workspace_phones (workspace_id, phone_number) VALUES \(rows)")
      try await body(installation)
    }
  }

  /// The promised answer with the times, the duration and the number of this one.
  private static func answer(like answer: Answer, runID: Int) throws -> String {
    let period = try #require(JSONText(answer.body).object("period"))
    let start = try #require(period["start"])
    let end = try #require(period["end"])
    let duration = try #require(answer.integer("durationMs"))
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let window = try format.parse(end).timeIntervalSince(format.parse(start))
    #expect(abs(window - 75 * 60) < 0.0005)
    return """
      {"success":true,"synced_at":"\(end)","period":{"start":"\(start)","end":"\(end)"},\
      "totalCalls":87,"savedCalls":87,"createdPhones":0,"case1Count":62,"case2Count":15,"case3Count":10,\
      "message":"Sincronización horaria completada","skippedCalls":0,"unmatchedCalls":0,\
      "refreshedCalls":0,"reattributedCalls":0,"twilioRequests":2,"refusedCalls":0,"durationMs":\(duration),"runId":\(runID),\
      "dryRun":false,"moves":[]}
      """
  }

  /// A log without the alert that follows the run, because a workspace of the example is the default one.
  private static func log(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("⚠️ Alerta ") }
      .joined(separator: "\n")
  }

  /// The lines of Reference.md, "Log", with the period of this answer.
  private static func lines(of answer: Answer) -> String {
    let period = JSONText(answer.body).object("period") ?? [:]
    return """
      🔄 Iniciando sincronización horaria de Twilio...
      📅 Periodo: \(period["start"] ?? "") - \(period["end"] ?? "")
      📱 Mapa de 17 números a workspaces cargado
      📞 Obteniendo llamadas de la última hora...
        📞 87 llamadas obtenidas

      📊 Procesando 87 llamadas...
        📤 Caso 1&2 (outbound-api/trunking-terminating): 77
        📥 Caso 3 (trunking-originating): 10

      💾 Insertando 87 llamadas...
        ✅ Guardadas 87 llamadas

      🎉 Sincronización horaria completada!
      📊 Total llamadas obtenidas: 87
        📤 Caso 1 (outbound-api): 62
        📤 Caso 2 (trunking-terminating): 15
        📥 Caso 3 (trunking-originating): 10
      💾 Total llamadas guardadas: 87
      📱 Números de workspace creados: 0

      """
  }
}
