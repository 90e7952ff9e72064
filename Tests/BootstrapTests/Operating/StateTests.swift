import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("How the service stands is the same on every screen", .timeLimit(.minutes(5)))
struct StateTests {
  struct SetUp: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What happens after a first hourly run.
    var statements: [String] = []
    var settings: [String: String?] = [:]
    /// Whether there was a first run.
    var hasRun = true
    let state: ServiceState
    var alerts: Set<String> = []
    /// Of `/api/sync-status`.
    var status = 200
  }

  private static func run(_ kind: String, _ state: String, dryRun: Bool = false, count: Int = 1) -> String {
    """
    INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, error, dry_run)
    SELECT '\(kind)', '\(state)', 'test', now(), now(), 'Twilio no responde.', \(dryRun) FROM generate_series(1, \(count))
    """
  }

  private static func givenUp(_ values: String) -> String {
    """
    INSERT INTO unsettled_calls (call_id, call_date, asked_at, given_up_at, gone_at)
    SELECT id, call_date, \(values) FROM calls ORDER BY id LIMIT 1
    """
  }

  private static let away: [String: String?] = ["DATABASE_URL": "postgresql://127.0.0.1:1/base"]

  static let setUps = [
    SetUp(testDescription: "before the first run", hasRun: false, state: .ok),
    SetUp(testDescription: "after a run", state: .ok),
    SetUp(
      testDescription: "no calls",
      statements: ["UPDATE calls SET call_date = call_date - INTERVAL '5 hours'"],
      state: .attention, alerts: ["no_calls"]),
    SetUp(
      testDescription: "no calls, with more patience",
      statements: ["UPDATE calls SET call_date = call_date - INTERVAL '5 hours'"],
      settings: ["ALERT_NO_CALLS_HOURS": "9"], state: .ok),
    SetUp(
      testDescription: "no run",
      statements: ["UPDATE sync_runs SET finished_at = now() - INTERVAL '3 hours'"],
      state: .broken, alerts: ["no_run"]),
    SetUp(
      testDescription: "default workspace",
      statements: [
        """
        INSERT INTO calls (id, source, workspace_id, call_date)
        SELECT 'CA' || n, 'twilio', 1, now() FROM generate_series(1, 25) n
        """
      ], state: .attention, alerts: ["default_workspace"]),
    SetUp(
      testDescription: "three resyncs failed", statements: [run("historical", "failed", count: 3)],
      state: .broken, alerts: ["repeated_failures"]),
    SetUp(
      testDescription: "a gap",
      statements: ["INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-02Z')"],
      state: .attention, alerts: ["gap"]),
    SetUp(
      testDescription: "a period that is lost",
      statements: [
        """
        INSERT INTO sync_holes (period_start, period_end, is_lost) VALUES ('2026-01-01Z', '2026-01-02Z', true)
        """
      ], state: .ok),
    SetUp(
      testDescription: "a gap, and no run",
      statements: [
        "INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-02Z')",
        "UPDATE sync_runs SET finished_at = now() - INTERVAL '3 hours'",
      ], state: .broken, alerts: ["gap", "no_run"]),
    SetUp(
      testDescription: "the last hourly run failed", statements: [run("hourly", "failed")], state: .attention),
    SetUp(
      testDescription: "the last resync died", statements: [run("historical", "interrupted")],
      state: .attention),
    SetUp(
      testDescription: "the last reattribution failed", statements: [run("reattribute", "failed")],
      state: .attention),
    SetUp(testDescription: "the last assignment failed", statements: [run("assign", "failed")], state: .ok),
    SetUp(
      testDescription: "the last rehearsal failed", statements: [run("reattribute", "failed", dryRun: true)],
      state: .ok),
    SetUp(
      testDescription: "a refused call",
      statements: ["INSERT INTO refused_calls (call_id, reason, raw) VALUES ('CA1', 'check', '{}')"],
      state: .attention),
    SetUp(
      testDescription: "a call that was given up", statements: [givenUp("now(), now(), NULL::timestamptz")],
      state: .attention),
    SetUp(
      testDescription: "a call without a price that nobody asks for",
      statements: ["UPDATE calls SET cost = NULL WHERE id = (SELECT min(id) FROM calls)"], state: .attention),
    SetUp(
      testDescription: "a call that was given up and asked for again",
      statements: [givenUp("now(), now() - INTERVAL '1 hour', NULL::timestamptz")], state: .ok),
    SetUp(
      testDescription: "a call that Twilio does not know", statements: [givenUp("now(), now(), now()")],
      state: .ok),
    SetUp(testDescription: "a database that is away", settings: away, state: .broken, status: 503),
    SetUp(
      testDescription: "hidden rows",
      statements: [
        "ALTER TABLE workspace_phones FORCE ROW LEVEL SECURITY",
        "CREATE POLICY narrow ON workspace_phones AS RESTRICTIVE USING (workspace_id > 0)",
      ], state: .broken, status: 503),
    SetUp(
      testDescription: "a dropped table", statements: ["DROP TABLE unsettled_calls"], state: .broken,
      status: 503),
    SetUp(
      testDescription: "an old schema",
      statements: [
        "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"
      ], state: .broken),
    SetUp(
      testDescription: "a newer schema",
      statements: ["INSERT INTO schema_migrations (version, name, oldest_program) VALUES (999, 'x', 999)"],
      state: .broken),
    SetUp(
      testDescription: "no default workspace", settings: ["DEFAULT_WORKSPACE_ID": "77"], state: .broken),
    SetUp(
      testDescription: "a missing permission", statements: ["REVOKE INSERT ON calls FROM servicio"],
      state: .broken),
    SetUp(
      testDescription: "a read-only database, and a gap",
      statements: [
        "INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-02Z')",
        "ALTER DATABASE %@ SET default_transaction_read_only = on",
      ], state: .broken, alerts: ["gap"]),
  ]

  @Test("Status, page, doctor, metrics and webhook agree", arguments: setUps)
  func screens(setUp: SetUp) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      if setUp.hasRun { #expect(try await installation.run("hourly").status == 0) }
      for statement in setUp.statements {
        try await installation.sql(statement.replacing("%@", with: installation.database.name))
      }
      // What is set for the database holds for new sessions; a pooler would go on with its old ones.
      try await installation.cutConnections()
      // Nobody tells of what cannot be noted.
      let told = setUp.state == .broken && setUp.testDescription.hasPrefix("a read-only") ? [] : setUp.alerts
      let listener = try RawServer { _, connection in connection.write(status: "204 No Content") }
      let service = try await installation.serve(
        changes: setUp.settings.merging(["ALERT_WEBHOOK_URL": listener.url]) { $1 })
      try await eventually("\(told) are told") { listener.requests.count >= told.count }

      let status = try await service.ask("GET", "/api/sync-status")
      let facts = try #require(
        try JSONSerialization.jsonObject(with: Data(status.body.utf8)) as? [String: Any])
      let alerts = (facts["alerts"] as? [[String: Any]] ?? []).filter { $0["firing"] as? Bool == true }
      #expect(
        status.status == setUp.status && facts["state"] as? String == setUp.state.rawValue, "\(status.body)")
      #expect(Set(alerts.compactMap { $0["name"] as? String }) == setUp.alerts)
      if status.status == 200 { #expect(facts["healthy"] as? Bool == setUp.alerts.isEmpty) }

      let page = try await service.ask("GET", "/")
      let headline = try #require(page.body.firstMatch(of: /<title>. (.*) · TwilioSync<\/title>/)).1
      let expected =
        switch setUp.state {
        case .ok: setUp.hasRun ? "Todo en orden" : "Espera su primera ejecución"
        case .attention: "Necesita atención"
        case .broken: status.status == 200 ? "No funciona" : "No se puede ver"
        }
      #expect(headline == expected && page.status == setUp.status)
      // Whatever is wrong is told with what ends it.
      if page.status == 200 {
        #expect(page.body.contains("<li class=\"bad\">") == (setUp.state != .ok))
        func count(_ text: String) -> Int { page.body.components(separatedBy: text).count - 1 }
        #expect(count("<li class=\"bad\">") == count("<p class=\"advice\">→ "))
      }

      let metrics = MetricsText(try await service.ask("GET", "/metrics").body)
      for state in ServiceState.allCases {
        #expect(metrics["twilio_sync_state", ["state": state.rawValue]] == (state == setUp.state ? 1 : 0))
      }
      for name in Alert.Name.allCases where status.status == 200 {
        let isFiring = setUp.alerts.contains(name.rawValue)
        #expect(
          metrics["twilio_sync_alert_firing", ["alert": name.rawValue]] == (isFiring ? 1 : 0), "\(name)")
      }

      let doctor = try await installation.run("doctor", "--json", changes: setUp.settings)
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(doctor.output.utf8)) as? [String: Any])
      #expect(doctor.status == (setUp.state == .ok ? 0 : 1), "\(doctor.output)")
      #expect(report["state"] as? String == setUp.state.rawValue, "\(doctor.output)")
      if setUp.state != .broken { #expect(report["healthy"] as? Bool == setUp.alerts.isEmpty) }

      #expect(try await service.end() == 0)
      let messages = listener.requests.compactMap {
        $0.firstMatch(of: /"alert":"(\w+)","firing":true/)?.output.1
      }
      #expect(messages.count == listener.requests.count && Set(messages.map(String.init)) == told)
      print(
        """
        screens | \(setUp.testDescription) | \(setUp.state.rawValue) | \(status.status) | \(headline) | \(doctor.status) | \
        \(setUp.alerts.sorted().joined(separator: ", ")) | \(messages.sorted().joined(separator: ", "))
        """)
    }
  }
}
