import TestSupport
import Testing

@Suite("A cap on catching up that is shorter than the window", .timeLimit(.minutes(5)))
struct ShortCapTests {
  /// One hourly run with such a cap.
  ///
  /// - Parameter hours: How long ago the one before it was.
  private func run(_ installation: Installation, after hours: Int) async throws -> Programs.Ended {
    try await installation.sql(
      "UPDATE sync_state SET covered_until = covered_until - INTERVAL '\(hours) hours'")
    let ended = try await installation.run("hourly", changes: ["SYNC_MAX_CATCH_UP_HOURS": "1"])
    #expect(ended.status == 0, "\(ended.errors)")
    return ended
  }

  private static let length = "SELECT period_end - period_start FROM sync_runs ORDER BY id DESC LIMIT 1"

  @Test("leaves no hole where runs come each hour, and none of an overlap that was read before")
  func punctual() async throws {
    try await withInstallation { installation in
      _ = try await run(installation, after: 0)
      for _ in 0..<3 {
        let ended = try await run(installation, after: 1)
        #expect(!ended.output.contains("Queda sin sincronizar"), "\(ended.output)")
        #expect(try await installation.value(Self.length) == "01:15:00")
      }
      #expect(try await installation.value("SELECT count(*) FROM sync_holes") == "0")
      #expect(try await installation.run("doctor").output.contains("✅ alerta gap: "))
    }
  }

  @Test("leaves what it cuts away where runs were missed, with the command that fills it")
  func missed() async throws {
    try await withInstallation { installation in
      _ = try await run(installation, after: 0)
      let ended = try await run(installation, after: 3)
      #expect(ended.output.contains("⚠️ Queda sin sincronizar "), "\(ended.output)")
      #expect(try await installation.value(Self.length) == "01:15:00")
      #expect(
        try await installation.value(
          """
          SELECT count(*) FROM sync_holes h JOIN sync_runs r ON r.period_start = h.period_end
          WHERE h.period_end - h.period_start BETWEEN INTERVAL '2 hours' AND INTERVAL '2 hours 5 minutes'
          """) == "1")
      let command = try #require(
        ended.output.firstMatch(of: /twilio-sync (historical --since \S+ --until \S+)/)
      ).1
      let filling = try await installation.programs.run(
        command.split(separator: " ").map(String.init), installation.environment)
      #expect(filling.status == 0, "\(filling.errors)")
      #expect(try await installation.value("SELECT count(*) FROM sync_holes") == "0")
    }
  }
}
