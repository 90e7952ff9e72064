import TestSupport
import Testing
import TwilioSimulator

@Suite("An installation in which nobody has listed a number", .timeLimit(.minutes(5)))
struct EmptyDirectoryTests {
  /// What doctor says of the directory.
  private func finding(_ installation: Installation) async throws -> Substring? {
    let doctor = try await installation.run("doctor")
    return doctor.output.split(separator: "\n").first { $0.contains(" directorio: ") }
  }

  // The numbers that calls bring fill it, all of them in the default workspace.
  @Test(
    "Runs warn before they ask Twilio, and doctor and the page tell it until somebody has listed one",
    arguments: ["hourly", "historical"])
  func told(command: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(30, now: installation.simulation.now))
      let service = try await installation.serve()
      let sentence = "Ningún número de workspace_phones tiene un workspace propio"
      #expect(
        try await finding(installation)?.hasPrefix("⚠️ directorio: workspace_phones no tiene números") == true)
      #expect(try await service.ask("GET", "/").body.contains(sentence))

      let ended = try await installation.run(command)
      #expect(ended.status == 0, "\(ended.errors)")
      let lines = ended.output.split(separator: "\n")
      let warning = try #require(
        lines.firstIndex { $0.hasPrefix("⚠️ No hay números en workspace_phones: toda") })
      let asking = try #require(lines.firstIndex { $0.hasPrefix("📞 Obteniendo") })
      #expect(warning < asking, "\(ended.output)")
      #expect(try await installation.value("SELECT count(*) FROM calls WHERE workspace_id = 1") == "30")
      #expect(try await installation.value("SELECT count(*) FROM workspace_phones") == "17")
      let after = try await finding(installation)
      #expect(
        after?.hasPrefix("⚠️ directorio: workspace_phones solo tiene números que trajeron las llamadas")
          == true,
        "\(after ?? "")")
      #expect(try await service.ask("GET", "/").body.contains(sentence))

      try await installation.sql(
        "UPDATE workspace_phones SET is_primary = true WHERE id = (SELECT min(id) FROM workspace_phones)")
      #expect(try await finding(installation) == "✅ directorio: 17 números tienen workspace.")
      #expect(try await !service.ask("GET", "/").body.contains(sentence))
    }
  }
}
