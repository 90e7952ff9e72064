import Foundation
import Postgres
import TestSupport
import Testing
import TwilioSimulator

@Suite("The scripts of Operations.md, as they stand there", .timeLimit(.minutes(5)))
struct OperationsTests {
  /// The only block in a language that has all of these words.
  private static func block(_ language: String, _ words: String...) throws -> String {
    let blocks = DocumentTests.blocks(language, in: try DocumentTests.text(DocumentTests.operations))
    let found = blocks.filter { block in words.allSatisfy(block.contains) }
    try #require(found.count == 1, "\(words): \(found)")
    return found[0]
  }

  /// Every row of ours, table by table.
  private static func rows(_ pool: PostgresPool, columns: String = "t::text") async throws -> [String] {
    var rows: [String] = []
    let tables = PostgresStatement(
      "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    for table in try await pool.repeatable(tables).rows {
      let name = try table.requiredText(0)
      let found = try await pool.repeatable(
        PostgresStatement("SELECT '\(name) ' || \(columns) FROM \(name) t ORDER BY 1"))
      rows += try found.rows.map { try $0.requiredText(0) }
    }
    return rows
  }

  @Test("Backed up, moved into a database of another server and caught up there: no row is lost or changed")
  func moved() async throws {
    let backUp = try Self.block("bash", "pg_dump")
    let close = try Self.block("bash", "default_transaction_read_only")
    let restore = try Self.block("bash", "pg_restore")
    try await withPrivateInstallation { installation in
      let simulation = installation.simulation
      simulation.put(TestCalls.settled(120, now: simulation.now))
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.run("reattribute").status == 0)
      let server = try await TestCluster.make()
      let result = await Result {
        let new = try await server.database()
        let shell = try OperatorShell(
          installation.cluster,
          ["OWNER_URL": installation.database.conninfo, "NEW_OWNER_URL": new.conninfo])
        try await shell.run(close)
        try await shell.run(backUp)
        try await shell.run(restore)
        let pool = new.pool(direct: true)
        let (before, after) = (try await Self.rows(installation.pool), try await Self.rows(pool))
        #expect(before.count > 150 && before == after)
        let forgotten = try await installation.run("hourly")
        #expect(forgotten.status == 1 && forgotten.errors.contains("solo lectura"), "\(forgotten.errors)")
        // Meanwhile there were more calls.
        simulation.put(TestCalls.settled(150, now: simulation.now))
        let address = server.conninfo(database: new.name, user: LeastPrivilege.role)
        let hourly = try await installation.run("hourly", changes: ["DATABASE_URL": address])
        #expect(hourly.status == 0, "\(hourly.errors)")
        let stored = try await pool.repeatable(PostgresStatement("SELECT count(*) FROM calls"))
        #expect(try stored.rows[0].requiredInt(0) == 150)
        let doctor = try await installation.run("doctor", changes: ["DATABASE_URL": address])
        #expect(doctor.output.contains("✅ base de datos"), "\(doctor.output)")
        try await new.finish(keep: false)
      }
      await server.remove()
      try result.get()
    }
  }

  @Test("The way back lets an older program write, and forward again what it wrote is converted")
  func wayBack() async throws {
    let back = try Self.block("sql", "SET oldest_program")
    let forward = try Self.block("sql", "WHERE version = 17")
    try await withInstallation { installation in
      let simulation = installation.simulation
      simulation.put(TestCalls.settled(5, now: simulation.now))
      #expect(try await installation.run("hourly").status == 0)
      let oldest = "SELECT max(oldest_program) FROM schema_migrations"
      #expect(try await installation.value(oldest) == "17")
      try await installation.sql(back)
      #expect(try await installation.value(oldest) == "0")
      #expect(try await installation.run("hourly").status == 0)
      // As a program before step 17 leaves such a number.
      try await installation.sql(
        """
        UPDATE calls SET phone_from = '+34 910/000/001', phone_number = '+34 910/000/001', twilio_updated_at = now()
        WHERE id = '\(TestCalls.sid(0))'
        """)
      try await installation.sql(forward)
      try await installation.migrate()
      #expect(try await installation.value(oldest) == "17")
      #expect(try await installation.run("hourly").status == 0)
      let number = "SELECT phone_number FROM calls WHERE id = '\(TestCalls.sid(0))'"
      #expect(try await installation.value(number) == "+34910000001")
      #expect(try await installation.storedCalls() == 5)
    }
  }

  @Test("Uninstalled, an adopted database is as it was, but for comments and the room for digits of a cost")
  func uninstalled() async throws {
    let drop = try Self.block("sql", "DROP TABLE sync_audits")
    let columns = try Self.block("sql", "DROP COLUMN")
    try await withInstallation(template: nil) { installation in
      let legacy = LegacyDatabase(calls: 300, others: 20)
      try await legacy.create(on: installation.pool)
      let url = ["OWNER_URL": installation.database.conninfo]
      let shell = try OperatorShell(installation.cluster, url)
      let facts = "(to_jsonb(t) - 'cost')::text"
      let dump = #"pg_dump -s "$OWNER_URL""#
      let schema = Self.statements(try await shell.run(dump))
      let rows = try await Self.rows(installation.pool, columns: facts)
      let owner: [String: String?] = ["DATABASE_URL": installation.database.conninfo]
      #expect(try await installation.run("migrate", changes: owner).status == 0)
      for statement in (drop + "\n" + columns).components(separatedBy: ";\n") {
        try await installation.sql(statement)
      }
      let left = Self.statements(try await shell.run(dump))
      let wider = schema.map { $0.replacing("    cost numeric(10,4),", with: "    cost numeric,") }
      #expect(left.difference(from: wider).isEmpty)
      let kept = Set(try await Self.rows(installation.pool, columns: facts))
      let lost = rows.filter { !kept.contains($0) }
      #expect(rows.count > 320 && lost.isEmpty, "\(lost.count): \(lost.prefix(3))")
    }
  }

  /// What a dump does, without the words about it.
  private static func statements(_ dump: String) -> [String] {
    dump.split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix("--") && !$0.hasPrefix("\\") && !$0.hasPrefix("COMMENT ON")
    }
  }
}

/// A folder in which an operator runs what the documents say, with PostgreSQL's programs of the tests' version.
private struct OperatorShell {
  private let folder: String
  private let environment: [String: String]

  init(_ cluster: PostgresCluster, _ variables: [String: String]) throws {
    folder = NSTemporaryDirectory() + "operator-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/scripts", withDestinationPath: DocumentTests.repository.path + "/scripts")
    environment = variables.merging(["PATH": "\(cluster.programFolder):/usr/bin:/bin"]) { $1 }
  }

  /// - Returns: What was printed.
  @discardableResult
  func run(_ block: String) async throws -> String {
    let (output, errors) = ("\(folder)/\(UUID().uuidString)", "\(folder)/errors")
    let process = try ChildProcess(
      "/bin/bash", ["-euo", "pipefail", "-c", block], environment: environment, in: folder,
      output: .file(output), errors: .file(errors))
    let status = await process.end()
    try #require(status == 0, "\(block): \((try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")")
    return try String(contentsOfFile: output, encoding: .utf8)
  }
}
