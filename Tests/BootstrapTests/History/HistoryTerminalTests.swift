import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync on a terminal", .timeLimit(.minutes(5)))
struct HistoryTerminalTests {
  private static let clear = "\u{1B}[J"

  @Test("draws a bar of one column less than the terminal has, below the log", arguments: [80, 40])
  func bar(columns: Int) async throws {
    try await withHistory(calls: 1500) { installation in
      installation.simulation.setLoad(latencyMilliseconds: 250, concurrencyLimit: nil)
      let text = try await run(installation, columns: columns, ["TERM": "xterm", "NO_COLOR": "1"])
      let bars = Self.pieces(of: text).filter { $0.contains("░") || $0.contains("█") }
      #expect(bars.count >= 2)
      #expect(bars.allSatisfy { $0.count == columns - 1 }, "\(bars)")
      #expect(bars.last?.contains(" 100 % ") == true && bars.last?.contains("1500 llamadas") == true)
      // The bar is gone while a line of the log is written, and stands below it again.
      let slice = try #require(text.firstRange(of: "\r\(Self.clear)  📦 "))
      #expect(text[slice.upperBound...].prefix { $0 != "█" }.contains("\r\n\r\(Self.clear)"))
      let end = try #require(text.firstRange(of: "🎉 Resincronización histórica completada!"))
      #expect(!text[end.upperBound...].contains(Self.clear))
      #expect(!text.contains("\u{1B}[3") && !text.contains("Progreso:"))
    }
  }

  @Test("uses colour unless it is not wanted, and no control characters on a dumb terminal")
  func colour() async throws {
    try await withHistory(calls: 1500) { installation in
      let coloured = try await run(installation, columns: 80, ["TERM": "xterm"])
      #expect(coloured.contains("\u{1B}[32m█"))
      let plain = try await run(installation, columns: 80, ["TERM": "dumb"])
      #expect(!plain.contains("\u{1B}") && plain.contains("Progreso: 100 %, 1500 llamadas"))
    }
  }

  @Test("reattribute has a bar, too")
  func reattribute() async throws {
    try await withHistory(calls: 1500) { installation in
      let stored = try await installation.resync().result.integer("savedCalls") ?? 0
      let program = try installation.programs.start(
        ["reattribute"], installation.environment.changed(by: ["TERM": "xterm"]), columns: 60)
      #expect(try await program.exitStatus() == 0)
      #expect(program.output.contains("\(stored) llamadas  2 pág."))
    }
  }

  /// Everything that a resync writes to its terminal.
  private func run(
    _ installation: Installation, columns: Int, _ changes: [String: String?]
  ) async throws -> String {
    let program = try installation.programs.start(
      ["historical"], installation.environment.changed(by: changes), columns: columns)
    #expect(try await program.exitStatus() == 0)
    return program.output
  }

  private static func pieces(of text: String) -> [Substring] {
    text.split { $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
      .map { $0.hasPrefix(clear) ? $0.dropFirst(clear.count) : $0 }
  }
}
