import Foundation
import TestSupport
import Testing

@Suite("The documents", .timeLimit(.minutes(5)))
struct DocumentTests {
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let catalogue = "Sources/Bootstrap/Documentation.docc/"

  private static let readme = "README.md"
  static let guide = catalogue + "GUIA_OPERADORES.md"
  private static let reference = catalogue + "Reference.md"
  static let operations = catalogue + "Operations.md"
  /// All but those about Twilio and the code, which name routes and variables of others.
  private static let pages = [
    readme, guide, reference, operations, catalogue + "Deployment.md", catalogue + "Changes.md",
  ]

  static func text(_ path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }

  /// The blocks of code in a language, without what indents them.
  static func blocks(_ language: String, in page: String) -> [String] {
    page.components(separatedBy: "```\(language)\n").dropFirst().map { rest in
      rest.components(separatedBy: "```")[0].split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      .joined(separator: "\n")
    }
  }

  @Test("Every block of SQL of the guide runs on a migrated database, in its order")
  func guideSQL() async throws {
    let blocks = Self.blocks("sql", in: try Self.text(Self.guide))
    #expect(blocks.count > 12)
    try await withInstallation { installation in
      for block in blocks { try await installation.sql(block) }
      try await installation.sql("INSERT INTO sync_holes VALUES ('2025-09-01', '2025-09-02T06:30:00.5Z')")
      let fill = try #require(blocks.first { $0.contains("AS comando") })
      #expect(
        try await installation.value(fill.replacing(";", with: ""))
          == "twilio-sync historical --since 2025-09-01T00:00:00.000Z --until 2025-09-02T06:30:00.500Z")
    }
  }

  @Test(
    "The guide's command and its request give the number to the workspace, whether its row came by itself or not"
  )
  func guideAssignment() async throws {
    let blocks = Self.blocks("bash", in: try Self.text(Self.guide)).filter { $0.contains("34910000001") }
    let command = try #require(blocks.first { $0.hasPrefix("twilio-sync phones assign ") })
    let request = try #require(blocks.first { $0.contains("-X PUT") })
    try await withInstallation { installation in
      try await installation.sql("INSERT INTO workspaces (id, name) VALUES (4, 'Madrid')")
      let words = command.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
      #expect(try await installation.programs.run(words, installation.environment).status == 0)
      try await installation.sql("UPDATE workspace_phones SET workspace_id = 1")
      let service = try await installation.serve()
      let path = try #require(request.firstMatch(of: /example\.com([^ ]+)/)?.1)
      let body = try #require(request.firstMatch(of: /-d '([^']+)'/)?.1)
      let answer = try await service.ask(
        "PUT", String(path), headers: ["Content-Type: application/json"], body: String(body))
      #expect(answer.status == 200)
      #expect(
        try await installation.column("SELECT workspace_id || ' ' || phone_number FROM workspace_phones")
          == ["4 +34910000001"])
    }
  }

  @Test("The SQL of README and Operations runs; uninstalled, the calls stay and can be adopted again")
  func otherSQL() async throws {
    let start = Self.blocks("sql", in: try Self.text(Self.readme))
    // The role belongs to all databases of the cluster, and other tests use it.
    let operations = Self.blocks("sql", in: try Self.text(Self.operations)).filter {
      !$0.contains("DROP ROLE")
    }
    #expect(start.count == 1)
    #expect(operations.count == 5)
    try await withInstallation { installation in
      #expect(try await installation.run("hourly").status == 0)
      let calls = try await installation.storedCalls()
      for statement in (start + operations).flatMap({ $0.components(separatedBy: ";\n") }) {
        try await installation.sql(statement)
      }
      let left = try await installation.column(
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
          + "ORDER BY relname")
      #expect(left == ["calls", "workspace_phones", "workspaces"])
      try await installation.migrate()
      #expect(try await installation.storedCalls() == calls)
      #expect(try await installation.run("hourly").status == 0)
    }
  }

  @Test("The three queries of the runbook are in the guide word for word")
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
    let blocks = Self.blocks("sql", in: try Self.text(Self.guide))
    for query in queries { #expect(blocks.contains(query)) }
  }

  /// The commands that a page gives, without the synopses of them.
  private static func commands(in page: String) -> Set<String> {
    let inText = page.matches(of: /`(twilio-sync [^`]+)`/).map { String($0.1) }
    let inBlocks = blocks("bash", in: page).flatMap { $0.split(separator: "\n") }
      .map { $0.replacing(".build/release/", with: "") }
      .filter { $0.hasPrefix("twilio-sync ") }.map { String($0.prefix { $0 != "#" }) }
    return Set(
      (inText + inBlocks).filter { !$0.contains("[") && !$0.contains("|") }
        .map { $0.replacing("…", with: "2025-08-01") })
  }

  @Test("Every command is understood by the program")
  func commands() async throws {
    #expect(Self.commands(in: try Self.text(Self.guide)).count > 8)
    let commands = try Self.pages.reduce(into: Set<String>()) {
      $0.formUnion(Self.commands(in: try Self.text($1)))
    }
    try await withPrograms { programs in
      for command in commands {
        let words = command.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
        // Help is shown for what is well formed only.
        let ended = try await programs.run(words + ["--help"], [:])
        #expect(ended.status == 0, "\(command): \(ended.errors)")
      }
    }
  }

  @Test(
    "Every variable is in .env.example, every route in the service's description, and all of these in Reference"
  )
  func names() async throws {
    let names = Set(try Self.text(".env.example").matches(of: /(?m)^#?([A-Z_]+)=/).map { String($0.1) })
    let known = names.union(names.filter { $0.contains(/SECRET|TOKEN|_URL$/) }.map { $0 + "_FILE" })
    let others: Set = [
      "GUIA_OPERADORES", "DATE_TRUNC", "OWNER_URL", "NEW_OWNER_URL", "NO_COLOR", "ON_ERROR_STOP",
      "DEADLINE_EXCEEDED", "TARGET_GROUP_ARN", "SWIFT_BACKTRACE",
    ]
    var paths: [String: Set<String>] = [:]
    for page in Self.pages {
      let text = try Self.text(page)
      let used = Set(text.matches(of: /\b[A-Z]+(?:_[A-Z]+)+\b/).map { String($0.0) })
      #expect(used.subtracting(known).subtracting(others) == [], "\(page)")
      paths[page] = Set(
        text.matches(of: /\/(?:api\/[a-z-]+|health\b|ready\b|metrics\b|openapi\.json)/).map { String($0.0) })
      if page == Self.guide {
        #expect(used.count > 10)
        #expect(paths[page, default: []].count >= 5)
      }
    }
    try await withInstallation { installation in
      let description = try await installation.serve().askOpenly("GET", "/openapi.json").body
      let root = try JSONSerialization.jsonObject(with: Data(description.utf8)) as? [String: Any]
      let described = Set(try #require(root?["paths"] as? [String: Any]).keys)
      for (page, paths) in paths { #expect(paths.subtracting(described) == [], "\(page)") }
      let reference = try Self.text(Self.reference)
      for path in described {
        #expect(reference.contains("| `\(path)") || reference.contains("`, `\(path)"), "\(path)")
      }
    }
  }
}
