import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("What doctor advises, when it is done, ends what it found", .timeLimit(.minutes(5)))
struct RemedyTests {
  /// A finding, and how its advice is followed.
  struct Walk: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: String
    var settings: [String: String?] = [:]
    let begin: @Sendable (Installation) async throws -> Void
    /// Follows the advice, and returns the settings from then on.
    var follow: @Sendable (Installation, String) async throws -> [String: String?] = commands
  }

  private static let wrongToken: [String: String?] = ["TWILIO_AUTH_TOKEN": "otro-token-0000000000000000000"]

  /// Runs the commands that it names as they are written.
  @Sendable private static func commands(
    _ installation: Installation, _ advice: String
  ) async throws -> [String: String?] {
    let commands = advice.matches(of: /«twilio-sync ([^»]+)»/).map { String($0.1) }.filter { $0 != "doctor" }
    try #require(!commands.isEmpty, "\(advice)")
    for command in commands { try await run(installation, command) }
    return [:]
  }

  private static func run(
    _ installation: Installation, _ command: String, _ changes: [String: String?] = [:]
  ) async throws {
    let ended = try await installation.programs.run(
      command.split(separator: " ").map(String.init), installation.environment.changed(by: changes))
    #expect(ended.status == 0, "\(command): \(ended.output)\(ended.errors)")
  }

  /// Does the statements that it names, and then the commands.
  @Sendable private static func statements(
    _ installation: Installation, _ advice: String
  ) async throws -> [String: String?] {
    let statements = advice.matches(of: /(?:ALTER|DELETE|UPDATE|INSERT|CREATE|DROP) [^;]*;/).map {
      String($0.0)
    }
    try #require(!statements.isEmpty, "\(advice)")
    // Here each stands in a transaction.
    for statement in statements { try await installation.sql(statement.replacing(" CONCURRENTLY", with: "")) }
    if advice.contains("«twilio-sync reattribute»") { try await run(installation, "reattribute") }
    if advice.contains("«twilio-sync migrate»") { try await installation.migrate() }
    return [:]
  }

  @Sendable private static func migrate(_ installation: Installation, _: String) async throws -> [String:
    String?]
  {
    try await installation.migrate()
    return [:]
  }

  private static func fails(_ command: String, times: Int = 1)
    -> @Sendable (Installation) async throws -> Void
  {
    { installation in
      for _ in 0..<times {
        let ended = try await installation.programs.run(
          [command], installation.environment.changed(by: wrongToken))
        #expect(ended.status == 1, "\(ended.output)")
      }
    }
  }

  private static func statement(_ sql: String...) -> @Sendable (Installation) async throws -> Void {
    { installation in for statement in sql { try await installation.sql(statement) } }
  }

  /// Calls of three days ago that never get a price, read by a resync.
  ///
  /// - Returns: Its command.
  @discardableResult
  @Sendable private static func unpriced(_ installation: Installation) async throws -> String {
    let now = installation.simulation.now
    installation.simulation.put(
      TestCalls.settled(77, now: now.adding(hours: -72)).map { call in
        var call = call
        call.sid = "CA" + String(repeating: "f", count: 30) + call.sid.suffix(2)
        call.life.priced = nil
        return call
      })
    let command =
      "historical --since \(now.adding(hours: -96).iso8601) --until \(now.adding(hours: -49).iso8601)"
    try await run(installation, command)
    return command
  }

  /// Rows as an older program left them, two years ago and without a time.
  @Sendable private static func adopted(_ installation: Installation) async throws {
    try await installation.sql(
      """
      INSERT INTO calls (id, source, workspace_id, call_date, status, duration)
      VALUES ('CA1', 'twilio', 1, now() - INTERVAL '2 years', 'completed', 60), ('CA2', 'twilio', 1, NULL, 'completed', 60)
      """)
  }

  @Sendable private static func shortRetention(_ installation: Installation) {
    installation.simulation.options.retentionDays = 5
  }

  private static let number = "+34910999999"

  static let walks = [
    Walk(testDescription: "no run yet", check: "última ejecución", begin: statement("DELETE FROM sync_runs")),
    Walk(testDescription: "a failed hourly run", check: "última ejecución", begin: fails("hourly")),
    Walk(
      testDescription: "a failed resync", check: "última ejecución historical", begin: fails("historical")),
    Walk(
      testDescription: "a failed reattribution", check: "última ejecución reattribute",
      begin: statement(
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at)
        VALUES ('reattribute', 'interrupted', 'test', now(), now())
        """)),
    Walk(
      testDescription: "no_run", check: "alerta no_run",
      begin: statement("UPDATE sync_runs SET finished_at = now() - INTERVAL '3 hours'")),
    Walk(
      testDescription: "no_calls, and there were calls", check: "alerta no_calls",
      begin: { installation in
        try await installation.sql("UPDATE calls SET call_date = call_date - INTERVAL '5 hours'")
        let now = installation.simulation.now
        installation.simulation.put(
          TestCalls.settled(9, now: now).suffix(3).map { $0 })
      },
      follow: { installation, advice in
        #expect(advice.contains("mire las últimas ejecuciones"))
        try await run(installation, "hourly")
        return [:]
      }),
    Walk(
      testDescription: "no_calls, and there were none", check: "alerta no_calls",
      begin: statement("UPDATE calls SET call_date = call_date - INTERVAL '5 hours'"),
      follow: { _, advice in
        #expect(advice.contains("ALERT_NO_CALLS_HOURS"))
        return ["ALERT_NO_CALLS_HOURS": "9"]
      }),
    Walk(
      testDescription: "default_workspace, by a number that nobody listed", check: "alerta default_workspace",
      begin: { installation in
        let now = installation.simulation.now
        installation.simulation.put(
          TestCalls.settled(40, now: now).suffix(30).map { call in
            var call = call
            call.from = number
            return call
          })
        try await run(installation, "hourly")
      },
      follow: { installation, advice in
        #expect(advice.contains("«twilio-sync phones assign NÚMERO WORKSPACE»"))
        try await run(installation, "phones assign \(number) 4")
        return [:]
      }),
    Walk(
      testDescription: "default_workspace, by transfers whose calls were not read",
      check: "alerta default_workspace",
      begin: { installation in
        let now = installation.simulation.now
        installation.simulation.put(
          TestCalls.settled(40, now: now).suffix(30).map { call in
            var call = call
            (call.direction, call.from, call.to) = (
              "trunking-originating", call.to, "sip:\(call.from)@pbx.example"
            )
            return call
          })
        installation.simulation.put(
          TestCalls.settled(40, now: now.adding(hours: -72)).suffix(30).map { call in
            var call = call
            call.sid = "CA" + String(repeating: "f", count: 30) + call.sid.suffix(2)
            return call
          })
        try await run(installation, "hourly")
      },
      follow: { installation, advice in
        #expect(advice.contains("«twilio-sync historical»"))
        try await run(installation, "historical")
        return [:]
      }),
    Walk(
      testDescription: "repeated_failures", check: "alerta repeated_failures",
      begin: fails("hourly", times: 3),
      follow: { installation, advice in
        #expect(advice.contains("repita la ejecución"))
        try await run(installation, "hourly")
        return [:]
      }),
    Walk(
      testDescription: "gaps", check: "alerta gap",
      begin: statement(
        """
        INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-02Z'),
          ('2026-02-01 06:00Z', '2026-02-01 09:00Z')
        """)),
    Walk(
      testDescription: "a gap to the microsecond, and one that is empty", check: "alerta gap",
      begin: statement(
        """
        INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-01Z'),
          (date_trunc('second', now()) - INTERVAL '1 hour 400 microseconds', date_trunc('second', now()) - INTERVAL '400 microseconds')
        """)),
    Walk(
      testDescription: "a gap that Twilio keeps nothing of", check: "alerta gap",
      begin: { installation in
        shortRetention(installation)
        try await installation.sql(
          "INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-02Z')")
      }),
    Walk(
      testDescription: "calls that never get a price", check: "llamadas abandonadas",
      begin: { try await unpriced($0) }),
    Walk(
      testDescription: "the same, of a resync that goes on and has nothing left to read",
      check: "llamadas abandonadas",
      begin: { installation in
        let command = try await unpriced(installation)
        // As if it had been killed after it closed the history.
        try await installation.sql("UPDATE sync_runs SET state = 'interrupted' WHERE kind = 'historical'")
        let before = installation.simulation.requests.count
        try await run(installation, command)
        #expect(installation.simulation.requests.count == before)
      }),
    Walk(
      testDescription: "the same, which Twilio no longer lists", check: "llamadas abandonadas",
      begin: { installation in
        try await unpriced(installation)
        for call in try await installation.column("SELECT id FROM calls") {
          #expect(installation.simulation.remove(sid: try #require(call)))
        }
      }),
    Walk(
      testDescription: "calls that an older program left without a price", check: "llamadas abandonadas",
      begin: adopted),
    Walk(
      testDescription: "the same, of which Twilio keeps nothing", check: "llamadas abandonadas",
      begin: { installation in
        shortRetention(installation)
        try await adopted(installation)
        try await installation.sql("DELETE FROM calls WHERE id = 'CA2'")
      }),
    Walk(
      testDescription: "calls without a price or a time", check: "llamadas abandonadas",
      begin: { installation in
        try await adopted(installation)
        try await installation.sql("DELETE FROM calls WHERE id = 'CA1'")
      }),
    Walk(
      testDescription: "refused calls", check: "llamadas rechazadas",
      begin: { installation in
        try await installation.sql(
          "ALTER TABLE calls ADD CONSTRAINT corta CHECK (price_unit IS NULL) NOT VALID")
        installation.simulation.put(Array(TestCalls.settled(9, now: installation.simulation.now).suffix(3)))
        try await run(installation, "hourly")
      },
      follow: { installation, advice in
        #expect(advice.contains("corrija la tabla calls"))
        try await installation.sql("ALTER TABLE calls DROP CONSTRAINT corta")
        return try await commands(installation, advice)
      }),
    Walk(
      testDescription: "an empty directory", check: "directorio",
      begin: statement("DELETE FROM workspace_phones"),
      follow: { installation, advice in
        #expect(advice.contains("«twilio-sync phones assign NÚMERO WORKSPACE»"))
        try await run(installation, "phones assign \(number) 4")
        return [:]
      }),
    Walk(
      testDescription: "numbers that are not canonical", check: "números mal escritos",
      begin: statement(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (4, '+34 910 99 99 99'), (5, '0034910999999')"
      ),
      follow: statements),
    Walk(
      testDescription: "a number of two workspaces", check: "números repetidos",
      begin: statement(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (4, '\(number)'), (5, '00\(number.dropFirst())')"
      ),
      follow: statements),
    Walk(
      testDescription: "a row without a workspace", check: "filas sin workspace",
      begin: statement(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (NULL, '\(number)')"),
      follow: { installation, advice in
        #expect(advice.contains("«twilio-sync phones assign NÚMERO WORKSPACE»"))
        try await run(installation, "phones assign \(number) 4")
        return [:]
      }),
    Walk(
      testDescription: "a number that stands in workspaces alone", check: "números de workspaces",
      begin: statement(
        "ALTER TABLE workspaces ADD COLUMN phone_number TEXT",
        "UPDATE workspaces SET phone_number = '\(number)' WHERE id = 4"), follow: statements),
    Walk(
      testDescription: "an edited directory", check: "llamadas y directorio",
      begin: statement(
        "UPDATE workspace_phones SET workspace_id = CASE workspace_id WHEN 4 THEN 5 ELSE 4 END"),
      follow: { installation, advice in
        #expect(advice.contains("«twilio-sync reattribute»"))
        try await run(installation, "reattribute")
        return [:]
      }),
    Walk(
      testDescription: "a column that refuses some calls", check: "columnas",
      begin: statement("ALTER TABLE calls ALTER phone_from TYPE varchar(16)"), follow: statements),
    Walk(
      testDescription: "views that are missing", check: "vistas",
      begin: statement("DROP VIEW twilio_billing_monthly"), follow: migrate),
    Walk(
      testDescription: "an old schema", check: "esquema",
      begin: statement(
        "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"),
      follow: migrate),
    Walk(
      testDescription: "a dropped key", check: "esquema",
      begin: statement("ALTER TABLE calls DROP CONSTRAINT calls_pkey CASCADE"), follow: statements),
    Walk(
      testDescription: "a missing permission", check: "permisos",
      begin: statement("REVOKE INSERT ON calls FROM servicio"),
      follow: { installation, advice in
        #expect(advice.contains("Concédalo"))
        try await installation.sql("GRANT INSERT ON calls TO servicio")
        return [:]
      }),
    Walk(
      testDescription: "hidden rows", check: "filas ocultas",
      begin: statement(
        "ALTER TABLE workspace_phones FORCE ROW LEVEL SECURITY",
        "CREATE POLICY narrow ON workspace_phones AS RESTRICTIVE USING (workspace_id > 0)"),
      follow: { installation, advice in
        #expect(advice.contains("USING (true)"))
        try await installation.sql("DROP POLICY narrow ON workspace_phones")
        try await installation.sql("CREATE POLICY wide ON workspace_phones USING (true)")
        return [:]
      }),
    Walk(
      testDescription: "a key that may list calls and not fetch one", check: "llamada suelta",
      begin: { try $0.simulation.setFaults("call/*:401") },
      follow: { installation, advice in
        #expect(advice.contains("permiso de lectura"))
        try installation.simulation.setFaults("")
        return [:]
      }),
    Walk(
      testDescription: "a wrong token", check: "Twilio", settings: wrongToken, begin: { _ in },
      follow: { _, _ in ["TWILIO_AUTH_TOKEN": Secrets.authToken] }),
    Walk(
      testDescription: "a short window", check: "configuración", settings: ["SYNC_WINDOW_MINUTES": "0"],
      begin: { _ in }, follow: { _, _ in ["SYNC_WINDOW_MINUTES": "75"] }),
    Walk(
      testDescription: "nobody is told", check: "avisos", begin: { _ in },
      follow: { installation, advice in
        #expect(advice.contains("HEARTBEAT_URL"))
        return ["HEARTBEAT_URL": installation.simulator.baseURL]
      }),
  ]

  private func finding(
    _ check: String, _ installation: Installation, _ settings: [String: String?]
  ) async throws -> (found: [String: Any]?, exit: Int32) {
    let ended = try await installation.run("doctor", "--json", changes: settings)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    let findings = report["findings"] as? [[String: Any]] ?? []
    return (
      findings.first { $0["check"] as? String == check && $0["level"] as? String != "ok" }, ended.status
    )
  }

  @Test("The finding is there, its advice is followed, and it is gone", arguments: walks)
  func ends(walk: Walk) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      try await Self.run(installation, "hourly")
      try await walk.begin(installation)
      let before = try await finding(walk.check, installation, walk.settings)
      let found = try #require(before.found, "not found")
      let isFault = found["level"] as? String == "fault"
      #expect(before.exit == (isFault ? 1 : 0))
      let advice = try #require(found["whatToDo"] as? String)
      let settings = try await walk.follow(installation, advice)
      let after = try await finding(walk.check, installation, walk.settings.merging(settings) { $1 })
      #expect(after.found == nil && after.exit == 0, "\(advice)\n\(after.found ?? [:])")
      let end = after.found == nil ? "gone" : "stays"
      print(
        "remedy | \(walk.testDescription) | \(walk.check) | exit \(before.exit) | \(end), exit \(after.exit) | \(advice)"
      )
    }
  }

  @Test("Calls without a price are told once, and not again after they were asked for again")
  func once() async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      try await Self.run(installation, "hourly")
      try await Self.unpriced(installation)
      let doctor = try await installation.run("doctor")
      let lines = doctor.output.split(separator: "\n").filter { $0.contains("77 llamada") }
      #expect(doctor.status == 1 && lines.count == 1, "\(doctor.output)")
      let advice = String(try #require(lines.first))
      _ = try await Self.commands(installation, advice)
      let service = try await installation.serve()
      #expect(try await service.ask("GET", "/api/sync-status").integer("givenUpCalls") == 0)
      #expect(try await installation.value("SELECT sum(unpriced) FROM twilio_billing_monthly") == "77")
      #expect(try await service.sync().status == 200)
      #expect(try await installation.run("doctor").status == 0)
    }
  }
}
