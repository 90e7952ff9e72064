import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("How the real program says that it stands", .timeLimit(.minutes(5)))
struct StatusTests {
  @Test("After a run it is healthy, and says how far the log is taken in")
  func healthy() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let service = try await installation.serve()
      let run = try await service.sync()
      let answer = try await service.ask("GET", "/api/sync-status")
      #expect(answer.status == 200 && answer.body.hasPrefix(#"{"healthy":true,"#))
      #expect(answer.text("coveredUntil") == run.text("synced_at"))
      #expect(answer.integer("callsLastDay") == 3)
      #expect(try await service.askOpenly("GET", "/api/sync-status").status == 401)
    }
  }

  @Test("A browser that sends the secret as password of Basic sees the page with the calls on it")
  func page() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let service = try await installation.serve()
      #expect(try await service.askOpenly("GET", "/").status == 401)
      let empty = try await service.askOpenly("GET", "/", headers: [AuthorizationTests.basic])
      #expect(empty.status == 200 && empty.body.contains("Espera su primera ejecución"))
      #expect(try await service.sync().status == 200)
      let page = try await service.askOpenly("GET", "/", headers: [AuthorizationTests.basic])
      #expect(page.header("Content-Type") == "text/html; charset=utf-8")
      #expect(page.body.contains("Todo en orden") && page.body.contains("3 llamadas"))
      let lost = try await installation.serve(changes: ["DATABASE_URL": "postgresql://127.0.0.1:1/base"])
      let away = try await lost.askOpenly("GET", "/", headers: [AuthorizationTests.basic])
      #expect(away.status == 503 && away.body.contains("No se puede ver"))
    }
  }

  @Test("Behind each number of calls on the page are as many calls")
  func numbersOfCalls() async throws {
    try await withInstallation { installation in
      try await RingAndTransfer.put(into: installation)
      let now = installation.simulation.now.wholeSecond
      func call(
        _ sid: Int, _ direction: String, from: String, to: String, minutesAgo minutes: Int
      ) -> SimulatedCall {
        let end = now.adding(minutes: -minutes)
        let life = CallLife(
          created: end.adding(seconds: -62), dialled: end.adding(seconds: -61),
          answered: end.adding(seconds: -60), ended: end)
        return SimulatedCall(
          sid: TestCalls.sid(sid), direction: direction, from: from, to: to, life: life, price: nil)
      }
      let (lead, own) = ("+34611222333", RingAndTransfer.own)
      installation.simulation.put([
        // Decided by our number and handed over to another, and the other way round.
        call(11, "trunking-originating", from: lead, to: "sip:+34910999888@pbx.example", minutesAgo: 12),
        call(12, "trunking-originating", from: lead, to: "sip:\(own)@pbx.example", minutesAgo: 13),
        call(13, "trunking-originating", from: "+34611222334", to: "sip:\(own)@pbx.example", minutesAgo: 14),
        call(14, "trunking-terminating", from: own, to: lead, minutesAgo: 40),
        call(15, "outbound-api", from: "anonymous", to: lead, minutesAgo: 41),
        call(16, "outbound-api", from: "+34910999888", to: lead, minutesAgo: 45),
      ])
      try await installation.sql(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (4, '+34910999888')")
      let service = try await installation.serve()
      #expect(try await service.sync().integer("savedCalls") == 8)
      // One of no case any more, one without a workspace, one that is given up.
      try await installation.sql(
        """
        INSERT INTO calls (id, source, workspace_id, direction, call_date, status, duration) VALUES
          ('\(TestCalls.sid(21))', 'twilio', 1, 'inbound', now() - INTERVAL '3 hours', 'completed', 61),
          ('\(TestCalls.sid(22))', 'twilio', NULL, 'outbound-api', now() - INTERVAL '3 hours', 'busy', 0)
        """)
      try await installation.sql(
        "UPDATE unsettled_calls SET given_up_at = asked_at WHERE call_id = '\(TestCalls.sid(13))'")
      var followed: [String: Int] = [:]
      let today = installation.simulation.now.isoDate
      for target in ["/", "/?since=\(today)", "/?workspace=1", "/?since=2026-01-01&until=2026-02-01"] {
        let page = try await service.ask("GET", target).body
        let links = page.matches(of: /<a href="\/calls\?([^"]*)&amp;lang=es"><bdi>([0-9]+)[^<]*<\/bdi>/)
        for link in links {
          let query = String(link.1).replacing("&amp;", with: "&")
          let answer = try await service.ask("GET", "/api/calls?\(query)&limit=500")
          let count = answer.body.matches(of: /"sid":/).count
          #expect(answer.status == 200 && count == Int(link.2), "\(target): \(query)")
          followed[query] = count
        }
      }
      // All; those without a workspace; those that are waited for and no more.
      let counts = Set(followed.values)
      #expect(followed.count > 100 && counts.isSuperset(of: [9, 8, 7, 3, 1]), "\(counts)")
      for (part, count) in [("workspace=none", 1), ("pending=unsettled", 5), ("pending=given_up", 1)] {
        #expect(followed.contains { $0.key.hasPrefix(part) && $0.value == count }, "\(part): \(followed)")
      }
    }
  }

  @Test("What fires in the database is told by the route, by doctor and in the log")
  func firing() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let service = try await installation.serve()
      _ = try await service.program.line(containing: "⚠️ Alerta no_run")
      let answer = try await service.ask("GET", "/api/sync-status")
      #expect(answer.body.hasPrefix(#"{"healthy":false,"#))
      #expect(answer.body.contains(#"{"name":"no_run","firing":true,"since":"20"#))
      let doctor = try await installation.run("doctor")
      #expect(doctor.status == 1 && doctor.output.contains("❌ alerta no_run: "))
      let hours = try await installation.run(
        "doctor", changes: ["ALERT_NO_RUN_HOURS": "4", "ALERT_NO_CALLS_HOURS": "4"])
      #expect(hours.output.contains("✅ alerta no_run: ") && hours.output.contains("✅ alerta no_calls: "))
    }
  }

  @Test("An installation made by a clock that was ahead is not silent about having no run")
  func installedAhead() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() + INTERVAL '3 days'")
      let service = try await installation.serve()
      for alert in ["no_run", "no_calls"] {
        let line = try await service.program.line(containing: "⚠️ Alerta \(alert)")
        #expect(line.contains("Todavía no ha") || line.contains("No hay ninguna"), "\(line)")
      }
      let metrics = MetricsText(try await service.ask("GET", "/metrics").body)
      // By which Prometheus judges.
      #expect(metrics["twilio_sync_installed_timestamp_seconds"] == 0)
      let status = try await service.ask("GET", "/api/sync-status")
      #expect(status.body.contains(#"{"name":"no_run","firing":true,"since":"20"#), "\(status.body)")
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      #expect(try await service.sync().status == 200)
      #expect(try await installation.run("doctor").status == 0)
    }
  }

  @Test("Why /ready is 503 and why /metrics has status_up 0 stands in the log, each cause once")
  func causes() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      func told(_ sentence: String, _ table: String) -> Int {
        let lines = service.program.output.split(separator: "\n")
        return lines.count { $0.contains("\(sentence): ") && $0.contains("le falta \(table).") }
      }
      let sentences = ["No puede empezar ninguna ejecución", "(twilio_sync_status_up 0)"]
      // The second is away before the first is back: nothing succeeds in between.
      for (table, statements) in [
        ("unsettled_calls", ["unsettled_calls RENAME TO elsewhere"]),
        ("sync_holes", ["sync_holes RENAME TO nowhere", "elsewhere RENAME TO unsettled_calls"]),
      ] {
        for statement in statements { try await installation.sql("ALTER TABLE \(statement)") }
        try await eventually("both tell it") {
          #expect(try await service.askOpenly("GET", "/ready").status == 503)
          let metrics = MetricsText(try await service.ask("GET", "/metrics").body)
          #expect(metrics["twilio_sync_status_up"] == 0)
          return sentences.allSatisfy { told($0, table) > 0 }
        }
      }
      for sentence in sentences {
        for table in ["unsettled_calls", "sync_holes"] { #expect(told(sentence, table) == 1) }
      }
      #expect(try await service.end() == 0)
    }
  }

  @Test("A stored call in the future is no news: no_calls fires, and all show the newest call that has been")
  func future() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '9 hours'")
      try await installation.sql(
        """
        INSERT INTO calls (id, source, workspace_id, direction, phone_number, call_date) VALUES
          ('CA1', 'twilio', 1, 'outbound-api', '+34910000001', date_trunc('second', now()) - INTERVAL '5 hours'),
          ('CA2', 'twilio', 1, 'outbound-api', '+34910000001', now() + INTERVAL '10 days'),
          ('CA3', 'twilio', 1, 'outbound-api', '+34910000001', now() + INTERVAL '1 hour')
        """)
      let newest = try await installation.value(
        """
        SELECT to_char(call_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') FROM calls WHERE id = 'CA1'
        """)
      let seconds = try await installation.value(
        "SELECT extract(epoch FROM call_date)::bigint FROM calls WHERE id = 'CA1'")
      let service = try await installation.serve()
      _ = try await service.program.line(containing: "⚠️ Alerta no_calls")
      let status = try await service.ask("GET", "/api/sync-status")
      #expect(status.text("newestCall") == newest && newest != nil)
      #expect(status.integer("callsLastDay") == 1)
      #expect(status.body.contains(#"{"name":"no_calls","firing":true,"#), "\(status.body)")
      let metrics = MetricsText(try await service.ask("GET", "/metrics").body)
      #expect(metrics["twilio_sync_alert_firing", ["alert": "no_calls"]] == 1)
      #expect(metrics["twilio_sync_newest_call_timestamp_seconds"] == seconds.flatMap { Double($0) })
      let page = try await service.ask("GET", "/").body
      #expect(page.contains("Sin llamadas nuevas") && page.contains("hace 5\u{A0}h"), "\(page)")
      #expect(page.contains("No funciona"))
      let doctor = try await installation.run("doctor")
      #expect(doctor.status == 1 && doctor.output.contains("❌ alerta no_calls: "), "\(doctor.output)")
    }
  }

  @Test(
    "Stored dates that are none end neither a server nor doctor, and leave page, runs and metrics as they are",
    arguments: ["0044-03-15 BC", "infinity", "-infinity", "294276-12-31"])
  func oddDates(date: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      #expect(try await installation.run("hourly").status == 0)
      for statement in [
        """
        UPDATE calls SET call_date = '\(date)', ended_at = '\(date)', effective_at = '\(date)',
          twilio_updated_at = '\(date)', created_at = '\(date)', updated_at = '\(date)'
        WHERE id = '\(TestCalls.sid(0))'
        """,
        """
        INSERT INTO unsettled_calls (call_id, call_date, asked_at)
        VALUES ('\(TestCalls.sid(0))', '\(date)', '\(date)')
        """,
        "UPDATE sync_state SET covered_until = '\(date)'",
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, period_start, period_end)
        SELECT kind, state, 'test', '\(date)', '\(date)', '\(date)', '\(date)'
        FROM unnest(ARRAY['hourly', 'historical']) kind, unnest(ARRAY['failed', 'running', 'succeeded']) state
        """,
        "INSERT INTO sync_holes (period_start, period_end) VALUES ('\(date)', '2026-01-02Z')",
        """
        INSERT INTO sync_alerts (name, firing_since) VALUES ('no_run', '\(date)')
        ON CONFLICT (name) DO UPDATE SET firing_since = excluded.firing_since
        """,
      ] { try await installation.sql(statement) }
      let service = try await installation.serve()
      for path in [
        "/", "/?lang=en", "/api/sync-status", "/api/sync-runs", "/api/sync-runs/2", "/metrics", "/ready",
      ] {
        let answer = try await service.ask("GET", path)
        #expect(answer.status == 200, "\(path): \(answer.body)")
      }
      let doctor = try await installation.run("doctor")
      #expect((0...1).contains(doctor.status), "\(doctor.output)\(doctor.errors)")
      #expect(doctor.output.contains("✅ base de datos: ") && doctor.output.contains("✅ alerta gap: "))
      let run = try await service.sync()
      #expect(run.status == 200, "\(run.body)")
      #expect(
        try await installation.value(
          "SELECT count(*) FROM calls WHERE call_date > now() - INTERVAL '2 hours'") == "3")
      #expect(try await service.end() == 0)
    }
  }
}
