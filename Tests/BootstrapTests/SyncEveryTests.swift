import TestSupport
import Testing
import TwilioSimulator

@Suite("SYNC_EVERY_MINUTES, before the real program", .timeLimit(.minutes(5)))
struct SyncEveryTests {
  private static func every(_ minutes: Int?) -> [String: String?] {
    ["SYNC_EVERY_MINUTES": minutes.map(String.init)]
  }

  @Test("The window overlaps with the run before, whatever the pause; without the setting it is 75 minutes")
  func window() async throws {
    try await withInstallation { installation in
      let lengths: [(minutes: Int?, length: String)] = [
        (nil, "75"), (5, "75"), (60, "75"), (90, "105"), (1440, "1455"),
      ]
      for (minutes, length) in lengths {
        let run = try await installation.run("hourly", changes: Self.every(minutes))
        #expect(run.status == 0)
        #expect(try await installation.value(Self.minutesRead) == length)
      }
      let short = Self.every(60).merging(["SYNC_WINDOW_MINUTES": "20"]) { $1 }
      #expect(try await installation.run("hourly", changes: short).output.contains("📅 Periodo: "))
      #expect(try await installation.value(Self.minutesRead) == "75")
    }
  }

  private static let minutesRead =
    "SELECT (extract(epoch FROM period_end - period_start) / 60)::int FROM sync_runs ORDER BY id DESC LIMIT 1"

  @Test("Alerts, the next run and what Prometheus compares with go by it, in doctor, page, API and metrics")
  func alerts() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(1, now: installation.simulation.now))
      #expect(try await installation.run("hourly").status == 0)
      try await installation.sql(
        """
        UPDATE sync_runs SET started_at = started_at - INTERVAL '3 hours',
          finished_at = finished_at - INTERVAL '3 hours'
        """)
      let cases: [(minutes: Int?, bound: String?, pause: String, seconds: Int, next: String)] = [
        (nil, "2 horas", "hora", 7200, "1 hour"), (5, "65 minutos", "5 minutos", 3900, "5 minutes"),
        (1440, nil, "", 108_000, "24 hours"),
      ]
      for (minutes, bound, pause, seconds, next) in cases {
        let doctor = try await installation.run("doctor", changes: Self.every(minutes))
        let line = try #require(doctor.output.split(separator: "\n").first { $0.contains("alerta no_run") })
        #expect(line.hasPrefix(bound == nil ? "✅" : "❌"), "\(line)")
        if let bound {
          #expect(line.contains("Hace más de \(bound). → Compruebe que el programador llama cada \(pause) a"))
        }
        let expected = try await installation.value(
          """
          SELECT to_char((started_at + INTERVAL '\(next)') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') FROM sync_runs
          """)
        #expect(
          doctor.output.contains("La siguiente se espera el \(try #require(expected))"), "\(doctor.output)")
        let service = try await installation.serve(changes: Self.every(minutes))
        let metrics = try await service.ask("GET", "/metrics").body
        for alert in ["no_calls", "no_run"] {
          #expect(metrics.contains("twilio_sync_alert_after_seconds{alert=\"\(alert)\"} \(seconds)\n"))
        }
        #expect(metrics.contains("twilio_sync_alert_firing{alert=\"no_run\"} \(bound == nil ? 0 : 1)\n"))
        let status = try await service.ask("GET", "/api/sync-status").body
        #expect(status.contains(#""name":"no_run","firing":\#(bound != nil)"#), "\(status)")
        #expect(try await service.ask("GET", "/").status == 200)
        #expect(try await service.end() == 0)
      }
    }
  }

  @Test("Hours that are set for an alert go before it")
  func ownHours() async throws {
    try await withInstallation { installation in
      let changes = Self.every(5).merging(["ALERT_NO_RUN_HOURS": "4"]) { $1 }
      let metrics = try await installation.serve(changes: changes).ask("GET", "/metrics").body
      #expect(metrics.contains("twilio_sync_alert_after_seconds{alert=\"no_run\"} 14400\n"))
      #expect(metrics.contains("twilio_sync_alert_after_seconds{alert=\"no_calls\"} 3900\n"))
    }
  }

  @Test("A cap that is shorter than the window is warned about, in the log of each run and by doctor")
  func shortCap() async throws {
    try await withInstallation { installation in
      let caps: [(minutes: Int?, hours: String, window: String?)] = [
        (nil, "1", "75"), (nil, "2", nil), (1440, "24", "1455"), (1440, "25", nil),
      ]
      for (minutes, hours, window) in caps {
        let changes = Self.every(minutes).merging(["SYNC_MAX_CATCH_UP_HOURS": hours]) { $1 }
        let sentence =
          "SYNC_MAX_CATCH_UP_HOURS es menos que lo que lee cada ejecución, \(window ?? "") minutos"
        let run = try await installation.run("hourly", changes: changes)
        #expect(run.status == 0 && run.output.contains("⚠️ \(sentence)") == (window != nil), "\(run.output)")
        let doctor = try await installation.run("doctor", changes: changes)
        #expect(doctor.output.contains("⚠️ configuración: \(sentence)") == (window != nil), "\(doctor.output)")
      }
    }
  }
}
