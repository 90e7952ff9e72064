import Testing
import TwilioSimulator

@Suite("What catching up leaves out", .timeLimit(.minutes(5)))
struct HoleLineTests {
  @Test("is recorded, and the log names the command that fills it")
  func line() async throws {
    try await withInstallation { installation in
      try await installation.sql(
        "UPDATE sync_state SET covered_until = date_trunc('ms', clock_timestamp()) - interval '10 days'")
      let ended = try await installation.run("hourly")
      #expect(ended.status == 0)
      let iso = "at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
      let gap = try await installation.value(
        """
        SELECT '--since ' || to_char(h.period_start \(iso) || ' --until ' || to_char(h.period_end \(iso)
        FROM sync_holes h JOIN sync_runs r ON r.period_start = h.period_end
          AND r.period_end - r.period_start = interval '168 hours'
        """)
      let command = "twilio-sync historical \(try #require(gap))"
      let warning = (ended.output + ended.errors).split(separator: "\n").first { $0.contains(command) }
      #expect(warning?.contains("⚠️") == true, "\(ended.output)\(ended.errors)")
      let again = try await installation.run("hourly")
      #expect(!(again.output + again.errors).contains("historical"))
    }
  }
}
