import Foundation
import TestSupport
import Testing

@Suite("The operators' guide", .timeLimit(.minutes(5)))
struct GuideTests {
  private static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }

  private static func guide() throws -> String {
    try text("Sources/Bootstrap/Documentation.docc/GUIA_OPERADORES.md")
  }

  /// The blocks of code in a language, without what indents them.
  private static func blocks(_ language: String, in guide: String) -> [String] {
    guide.components(separatedBy: "```\(language)\n").dropFirst().map { rest in
      rest.components(separatedBy: "```")[0].split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      .joined(separator: "\n")
    }
  }

  @Test("Every block of SQL runs on a migrated database, in its order")
  func sql() async throws {
    let blocks = Self.blocks("sql", in: try Self.guide())
    #expect(blocks.count > 12)
    try await withInstallation { installation in
      // Whom the examples give numbers to.
      try await installation.sql("INSERT INTO workspaces (id, name) VALUES (4, 'Madrid')")
      try await installation.sql(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (1, '+34910000001')")
      for block in blocks { try await installation.sql(block) }
      #expect(
        try await installation.column("SELECT workspace_id::text FROM workspace_phones") == ["4", "4"])
      try await installation.sql("INSERT INTO sync_holes VALUES ('2025-09-01', '2025-09-02T06:30:00.5Z')")
      let fill = try #require(blocks.first { $0.contains("AS comando") })
      #expect(
        try await installation.value(fill.replacing(";", with: ""))
          == "twilio-sync historical --since 2025-09-01T00:00:00.000Z --until 2025-09-02T06:30:00.500Z")
    }
  }

  @Test("The three queries of the runbook stand in it word for word")
  func runbook() throws {
    let queries = [
      """
      SELECT MAX(call_date) AS ultima_llamada_sincronizada, COUNT(*) AS total_ultima_hora
      FROM calls WHERE source = 'twilio' AND call_date >= NOW() - INTERVAL '1 hour';
      """,
      """
      SELECT DATE_TRUNC('hour', call_date) AS hora, COUNT(*) AS llamadas,
      COUNT(DISTINCT workspace_id) AS workspaces, SUM(cost) AS costo_total
      FROM calls WHERE source = 'twilio' AND call_date >= NOW() - INTERVAL '24 hours'
      GROUP BY DATE_TRUNC('hour', call_date) ORDER BY hora DESC;
      """,
      """
      SELECT phone_number, COUNT(*) AS calls FROM calls
      WHERE workspace_id = 1 AND source = 'twilio' GROUP BY phone_number ORDER BY calls DESC;
      """,
    ]
    let blocks = Self.blocks("sql", in: try Self.guide())
    for query in queries { #expect(blocks.contains(query)) }
  }

  @Test("Every command in it is understood by the program")
  func commands() async throws {
    let guide = try Self.guide()
    let inText = guide.matches(of: /`(twilio-sync [^`]+)`/).map { String($0.1) }
    let inBlocks = Self.blocks("bash", in: guide).flatMap { $0.split(separator: "\n") }
      .filter { $0.hasPrefix("twilio-sync ") }.map { String($0.prefix { $0 != "#" }) }
    let commands = Set((inText + inBlocks).map { $0.replacing("…", with: "2025-08-01") })
    #expect(commands.count > 8)
    try await withPrograms { programs in
      for command in commands {
        let words = command.split(separator: " ").dropFirst().map(String.init)
        // Help is shown for what is well formed only.
        let ended = try await programs.run(words + ["--help"], [:])
        #expect(ended.status == 0, "\(command): \(ended.errors)")
      }
    }
  }

  @Test("Every variable in it stands in .env.example, and every route in the service's description")
  func names() async throws {
    let guide = try Self.guide()
    let known = Set(try Self.text(".env.example").matches(of: /(?m)^#?([A-Z_]+)=/).map { String($0.1) })
    let used = Set(guide.matches(of: /\b[A-Z]+(?:_[A-Z]+)+\b/).map { String($0.0) })
    #expect(used.count > 10)
    #expect(used.subtracting(known).subtracting(["GUIA_OPERADORES", "DATE_TRUNC"]) == [])

    let paths = Set(guide.matches(of: /\/(?:api\/[a-z-]+|health\b|ready\b|metrics\b)/).map { String($0.0) })
    #expect(paths.count >= 5)
    try await withInstallation { installation in
      let description = try await installation.serve().askOpenly("GET", "/openapi.json").body
      for path in paths { #expect(description.contains("\"\(path)\": {"), "\(path)") }
    }
  }

  @Test("Every link inside it leads to a heading")
  func links() throws {
    let guide = try Self.guide()
    let anchors = Set(
      guide.matches(of: /(?m)^#+ (.*)$/).map { heading in
        String(heading.1).lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
          .replacing(" ", with: "-")
      })
    let links = guide.matches(of: /\]\(#([^)]+)\)/).map { String($0.1) }
    #expect(links.count > 12)
    for link in links { #expect(anchors.contains(link), "\(link)") }
  }
}
