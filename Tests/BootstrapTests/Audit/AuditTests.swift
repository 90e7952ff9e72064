import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Audits of the real program", .timeLimit(.minutes(5)))
struct AuditTests {
  /// Three days; of the first a call is missing, of the second one is altered at Twilio, of the third one is in a wrong
  /// workspace and one is deleted at Twilio.
  private func withDamage(
    _ body: (AuditSite, _ damaged: [String: String]) async throws -> Void
  ) async throws {
    try await withAuditedMonth(seed: 11, days: 3, every: 3600) { site in
      let installation = site.installation
      func call(_ day: Int, _ isWanted: (SimulatedCall) -> Bool = { _ in true }) throws -> String {
        let period = Period(
          start: site.period.start.adding(hours: 24 * day),
          end: site.period.start.adding(hours: 24 * day + 24))
        return try #require(
          site.calls.first { period.contains($0.life.dialled ?? $0.life.created) && isWanted($0) }
        ).sid
      }
      // None that decides a transfer.
      let isTransfer = { (call: SimulatedCall) in call.direction == "trunking-originating" }
      let missing = try call(0, isTransfer)
      let different = try call(1, isTransfer)
      let misattributed = try call(2, isTransfer)
      let gone = try call(2) { $0.sid != misattributed }
      try await installation.sql("DELETE FROM calls WHERE id = '\(missing)'")
      #expect(try installation.simulation.alter(sid: different, json: #"{"duration":"4321"}"#))
      try await installation.sql(
        "UPDATE calls SET workspace_id = workspace_id % 6 + 1 WHERE id = '\(misattributed)' AND workspace_id IN (4, 5)"
      )
      try await installation.sql(
        "UPDATE calls SET workspace_id = 4 WHERE id = '\(misattributed)' AND workspace_id IN (1, 6)")
      #expect(installation.simulation.remove(sid: gone))
      try await body(
        site, ["missing": missing, "different": different, "misattributed": misattributed, "gone": gone])
    }
  }

  private func expected(_ site: AuditSite, _ damaged: [String: String]) -> Set<Named> {
    let days = ["missing": 0, "different": 1, "misattributed": 2, "gone": 2]
    return Set(
      damaged.map { kind, sid in
        Named(sid: sid, day: site.period.start.adding(hours: 24 * (days[kind] ?? 0)).isoDate, kind: kind)
      })
  }

  @Test(
    "The command names each difference, a line a day, ends with 1, and the commands that it names settle all")
  func command() async throws {
    try await withDamage { site, damaged in
      let installation = site.installation
      let rows = try await installation.fingerprint()
      let text = try await installation.programs.run(["audit"] + site.dates, installation.environment)
      #expect(text.status == 1)
      let days = (0..<3).map { site.period.start.adding(hours: 24 * $0).isoDate }
      for (day, words) in zip(days, ["faltan 1", "distintas 1", "mal asignadas 1, borradas en Twilio 1"]) {
        #expect(text.output.contains("⚠️ \(day): difiere (llamadas: Twilio 2"), "\(text.output)")
        #expect(text.output.contains(words), "\(text.output)")
      }
      #expect(text.output.contains("\(damaged["different"] ?? ""): distinta (duration)"))
      #expect(
        text.output.contains("⚠️ Lo guardado difiere de Twilio. Ejecute «twilio-sync historical --since"))
      let json = try await site.audit()
      #expect(json.status == 1 && json.agrees == false && Set(json.named) == expected(site, damaged))
      #expect(json.fields[damaged["different"] ?? ""] == "duration")
      #expect(try await installation.fingerprint() == rows)

      let doctor = try await installation.run("doctor")
      #expect(
        doctor.status == 1
          && doctor.output.contains("❌ auditoría: Lo guardado difiere de Twilio en 3 llamadas"))
      let line = try #require(doctor.output.split(separator: "\n").first { $0.contains("❌ auditoría") })
      let commands = line.matches(of: /«twilio-sync ((?:historical|reattribute|audit) [^»]*)»/).map {
        $0.output.1.split(separator: " ").map(String.init)
      }
      #expect(commands.count == 2)
      for command in commands {
        let ended = try await installation.programs.run(command, installation.environment)
        #expect(ended.status == 0, "\(command): \(ended.errors)")
      }
      #expect(
        try await installation.run("doctor").output.contains("✅ auditoría: Ningún día comparado difiere"))
      let after = try await site.audit()
      #expect(after.agrees == true && after.named.map(\.kind) == ["gone"])
    }
  }

  @Test("The route answers 200 with the days, in lines too; record, page, metric and status tell of them")
  func route() async throws {
    try await withDamage { site, damaged in
      let service = try await site.installation.serve()
      let path = "/api/audit?since=\(site.period.start.isoDate)&until=\(site.period.end.isoDate)"
      let lines = try await service.ask("POST", path, headers: ["Accept: application/x-ndjson"])
      let answer = try #require(lines.body.split(separator: "\n").last.map(String.init))
      let found = try AuditAnswer(status: 0, answer)
      #expect(lines.status == 200 && Set(found.named) == expected(site, damaged) && found.agrees == false)
      #expect(
        answer.hasPrefix(
          #"{"success":true,"agrees":false,"days":[{"day":"\#(site.period.start.isoDate)","kept":true"#))
      let whole = try await service.ask("POST", path)
      let again = try AuditAnswer(status: 0, whole.body)
      #expect(whole.status == 200 && Set(again.named) == Set(found.named))
      let run = try #require(whole.integer("runId"))
      let record = try await service.ask("GET", "/api/sync-runs/\(run)")
      #expect(
        record.body.contains(#""kind":"audit","state":"succeeded""#)
          && record.body.contains(#""days":[{"day":""#))
      let page = try await service.ask("GET", "/").body
      #expect(page.contains("difiere: 1") && page.contains("sin mirar") && page.contains("--restart"))
      let runPage = try await service.ask("GET", "/runs/\(run)?lang=en").body
      #expect(damaged.values.allSatisfy(runPage.contains) && runPage.contains("misattributed"))
      let metrics = try await service.ask("GET", "/metrics").body
      #expect(metrics.contains("\ntwilio_sync_audit_differences 3\n"))
      #expect(try await service.ask("GET", path).status == 405)
      #expect(try await service.ask("POST", "/api/audit?since=2999-01-01").status == 400)
    }
  }

  @Test("The next hourly run notes what is gone, and tells it once")
  func gone() async throws {
    try await withDamage { site, damaged in
      let gone = "SELECT string_agg(id, ' ') FROM calls WHERE gone_at IS NOT NULL"
      for round in 0..<2 {
        _ = try await site.audit()
        #expect(try await site.installation.value(gone) == (round == 0 ? nil : damaged["gone"]))
        let hourly = try await site.installation.run("hourly")
        #expect(hourly.status == 0)
        #expect(hourly.output.contains("anotadas en calls.gone_at: 1;") == (round == 0))
        #expect(try await site.installation.value(gone) == damaged["gone"])
      }
    }
  }

  @Test(
    "Calls that Twilio answers with nonsense when asked alone are told and count as they look; the audit ends"
  )
  func nonsense() async throws {
    try await withDamage { site, damaged in
      try site.installation.simulation.setFaults("call/*:html=200")
      let text = try await site.installation.programs.run(
        ["audit"] + site.dates, site.installation.environment)
      let told = text.output.split(separator: "\n").filter { $0.hasPrefix("⚠️ Twilio no da la llamada ") }
      let asked = [damaged["different"], damaged["gone"]].compactMap(\.self)
      #expect(text.status == 1 && told.count == asked.count, "\(text.output)")
      for sid in asked {
        #expect(
          told.contains { $0.contains("la llamada \(sid), que la auditoría cuenta como parece: ") },
          "\(text.output)")
      }
      let days = "SELECT day::text FROM sync_audits WHERE kept ORDER BY day"
      #expect(
        try await site.installation.column(days)
          == (0..<3).map { site.period.start.adding(hours: 24 * $0).isoDate })
      // Nobody has said that it is gone.
      #expect(
        try await site.installation.value("SELECT count(*) FROM sync_audits WHERE gone_calls <> '{}'") == "0")
    }
  }

  @Test("A row that takes no change is told by each hourly run, which succeeds, until it takes it")
  func goneOfClosedRow() async throws {
    try await withDamage { site, damaged in
      let installation = site.installation
      let gone = try #require(damaged["gone"])
      _ = try await site.audit()
      try await installation.sql(
        "ALTER TABLE calls ADD CONSTRAINT closed CHECK (id <> '\(gone)') NOT VALID")
      let noted = "SELECT string_agg(id, ' ') FROM calls WHERE gone_at IS NOT NULL"
      for _ in 0..<2 {
        let hourly = try await installation.run("hourly")
        let told = hourly.output.split(separator: "\n").filter { $0.contains("calls.gone_at") }
        #expect(
          hourly.status == 0
            && told == [
              "⚠️ Llamadas que Twilio ya no conoce, sin anotar en calls.gone_at: 1; la próxima ejecución horaria lo vuelve a intentar. La base de datos no deja cambiar sus filas (valor no permitido, SQLSTATE 23514, closed)."
            ], "\(hourly.output)")
        #expect(try await installation.value(noted) == nil)
      }
      try await installation.sql("ALTER TABLE calls DROP CONSTRAINT closed")
      #expect(try await installation.run("hourly").output.contains("anotadas en calls.gone_at: 1;"))
      #expect(try await installation.value(noted) == gone)
    }
  }

  @Test("Of days that Twilio keeps no more there is no verdict, and nothing is recorded as lost")
  func retention() async throws {
    try await withDamage { site, _ in
      site.installation.simulation.options.retentionDays = 16
      let found = try await site.audit()
      #expect(found.days.map { $0["kept"] as? Bool } == [false, false, true])
      #expect(
        found.days[0]["missing"] is NSNull && Set(found.named.map(\.kind)) == ["misattributed", "gone"])
      #expect(try await site.installation.value("SELECT count(*) FROM sync_holes") == "0")
    }
  }

  @Test(
    "With AUDIT_DAILY the first hourly run of a day is followed by the audit of the day that ended 48 hours ago"
  )
  func daily() async throws {
    try await withInstallation { installation in
      let settings: [String: String?] = ["AUDIT_DAILY": "true"]
      let audits = "SELECT count(*) FROM sync_runs WHERE kind = 'audit' AND requested_by = 'daily'"
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.value(audits) == "0")
      #expect(try await installation.run("hourly", changes: settings).status == 0)
      let day = installation.simulation.now.adding(hours: -48).startOfDay.adding(hours: -24).isoDate
      #expect(try await installation.value("SELECT day::text FROM sync_audits") == day)
      #expect(try await installation.run("hourly", changes: settings).status == 0)
      #expect(try await installation.value(audits) == "1")
      // One that did not come to its end is taken up by the next hourly run of a server.
      try await installation.sql("UPDATE sync_runs SET state = 'interrupted' WHERE kind = 'audit'")
      let service = try await installation.serve(changes: settings)
      #expect(try await service.sync().status == 200)
      try await eventually("the audit goes on") {
        try await installation.value(audits + " AND state = 'succeeded'") == "1"
      }
      #expect(try await installation.value("SELECT count(*) FROM sync_audits") == "1")
    }
  }
}
