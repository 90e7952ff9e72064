import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A database that cannot be used, before the whole program", .timeLimit(.minutes(5)))
struct DatabaseFaultTests {
  /// Something wrong with a database, and how an administrator mends it.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let broken: [String]
    let mended: [String]
    /// What `/ready` says under `database` and `schema`.
    let database: String
    let schema: String
    /// A part of the sentence.
    let sentence: String
    /// A part of what the log says lies behind it.
    let cause: String
  }

  static let faults = [
    Fault(
      testDescription: "read-only",
      broken: ["ALTER DATABASE %@ SET default_transaction_read_only = on"],
      mended: ["ALTER DATABASE %@ RESET default_transaction_read_only"],
      database: "read-only", schema: "unknown", sentence: "solo lectura", cause: "transaction_read_only is on"
    ),
    Fault(
      testDescription: "no permission to read",
      broken: ["REVOKE SELECT ON workspaces FROM servicio"],
      mended: ["GRANT SELECT ON workspaces TO servicio"],
      database: "forbidden", schema: "unknown", sentence: "le falta un permiso",
      cause: "missing privilege: SELECT en workspaces"),
    Fault(
      testDescription: "no permission to write",
      broken: ["REVOKE INSERT ON calls FROM servicio"], mended: ["GRANT INSERT ON calls TO servicio"],
      database: "forbidden", schema: "unknown", sentence: "le falta un permiso",
      cause: "missing privilege: INSERT en calls"),
    Fault(
      testDescription: "row level security",
      broken: [
        "ALTER TABLE workspace_phones ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE workspace_phones FORCE ROW LEVEL SECURITY",
        "CREATE POLICY narrow ON workspace_phones AS RESTRICTIVE USING (workspace_id > 0)",
      ],
      mended: [
        "DROP POLICY narrow ON workspace_phones",
        "ALTER TABLE workspace_phones NO FORCE ROW LEVEL SECURITY",
      ],
      database: "hidden-rows", schema: "unknown", sentence: "workspace_phones",
      cause: "row_security_active"),
    Fault(
      testDescription: "an old schema",
      broken: ["DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"],
      mended: [], database: "ok", schema: "old", sentence: "twilio-sync migrate",
      cause: "schema_migrations lacks a version"),
    Fault(
      testDescription: "a dropped table", broken: ["ALTER TABLE unsettled_calls RENAME TO elsewhere"],
      mended: ["ALTER TABLE elsewhere RENAME TO unsettled_calls"], database: "ok", schema: "incomplete",
      sentence: "le falta unsettled_calls", cause: "missing, though schema_migrations is complete"),
    Fault(
      testDescription: "a dropped key", broken: ["ALTER TABLE calls DROP CONSTRAINT calls_pkey CASCADE"],
      mended: ["CREATE UNIQUE INDEX ON calls (id)"], database: "ok", schema: "incomplete",
      sentence: "La tabla calls no tiene una clave única sobre id.",
      cause: "no valid unique index on calls (id)"),
    Fault(
      testDescription: "no schema",
      broken: [
        "DROP SCHEMA public CASCADE", "CREATE SCHEMA public",
        "GRANT ALL ON SCHEMA public TO \(TestCluster.owner)",
      ],
      mended: [], database: "ok", schema: "old", sentence: "twilio-sync migrate", cause: "schema_migrations"),
    Fault(
      testDescription: "a too new schema",
      broken: ["INSERT INTO schema_migrations (version, name, oldest_program) VALUES (999, 'x', 999)"],
      mended: ["DELETE FROM schema_migrations WHERE version = 999"],
      database: "ok", schema: "new", sentence: "versión más nueva", cause: "oldest_program"),
    Fault(
      testDescription: "no default workspace",
      broken: ["DELETE FROM workspaces WHERE id = 1"], mended: [],
      database: "no-default-workspace", schema: "ok", sentence: "Falta el workspace por defecto",
      cause: "no row in workspaces with id 1"),
  ]

  @Test("503 with a sentence, told by /ready, and over by itself once it is mended", arguments: faults)
  func fault(fault: Fault) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try await installation.sql(of: fault.broken)
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 503)
      #expect(answer.text("error")?.contains(fault.sentence) == true)
      // Others that ask the database tell of it, too, in words of their own.
      let cause = try await service.program.line(containing: fault.cause)
      #expect(cause.hasPrefix("  ↳ "), "\(cause)")
      #expect(!answer.body.contains(cause.dropFirst(4)) && !answer.body.contains("cause"))
      let ready = try await service.askOpenly("GET", "/ready")
      #expect(ready.status == 503)
      #expect(ready.text("database") == fault.database && ready.text("schema") == fault.schema)
      #expect(try await service.askOpenly("GET", "/health").status == 200)

      try await installation.sql(of: fault.mended)
      // What cannot be mended by hand is mended by the command that the sentence names.
      if fault.mended.isEmpty { try await installation.migrate() }
      // A setting of the database holds for new connections only.
      try await installation.cutConnections()
      let mended = try await service.sync()
      #expect(mended.status == 200 && mended.integer("savedCalls") == 3)
      try await eventually("/ready is 200") { try await service.askOpenly("GET", "/ready").status == 200 }
    }
  }

  #if os(Linux)
    // The table's file becomes /dev/full, on which every write fails as on a full disk.
    @Test("A full disk: 503 with a sentence, nothing stored, and over by itself once there is space")
    func diskFull() async throws {
      try await withInstallation { installation in
        installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
        let relation = try await installation.value("SELECT pg_relation_filepath('calls')")
        let file = "\(installation.cluster.directory)/data/\(try #require(relation))"
        try FileManager.default.moveItem(atPath: file, toPath: file + ".aside")
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")
        let service = try await installation.serve()
        let answer = try await service.sync()
        #expect(answer.status == 503)
        #expect(answer.text("error")?.contains("no tiene espacio en disco") == true)
        let cause = try await service.program.line(containing: "No space left on device")
        #expect(cause.hasPrefix("  ↳ ") && cause.contains("SQLSTATE 53100"), "\(cause)")
        #expect(!answer.body.contains("No space left"))
        #expect(try await installation.runStates() == ["failed"])
        #expect(try await !installation.coverageHasMoved())

        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: file + ".aside", toPath: file)
        try await installation.cutConnections()
        let mended = try await service.sync()
        #expect(mended.status == 200 && mended.integer("savedCalls") == 3)
      }
    }
  #endif
}

extension Installation {
  /// Does statements as an administrator; `%@` stands for the database's name.
  fileprivate func sql(of statements: [String]) async throws {
    for statement in statements { try await sql(statement.replacing("%@", with: database.name)) }
  }
}
