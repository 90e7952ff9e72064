import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The schema of the tables is found", .keepsFailedDatabases)
struct SchemaSearchTests {
  private func store(_ pool: PostgresPool, _ schema: String? = nil) -> CallStore {
    CallStore(pool: pool, schema: schema, defaultWorkspace: WorkspaceID(1))
  }

  private func migrator(_ pool: PostgresPool, _ schema: String? = nil) -> Migrator {
    Migrator(
      pool: pool, schema: schema, defaultWorkspace: WorkspaceID(1), token: .random(in: 1 ... .max),
      now: { at("12:00") },
      sleep: { _ in try await Task.sleep(for: .seconds(3600)) })
  }

  private func schemas(of pool: PostgresPool) async throws -> [String] {
    try await pool.lines(
      "SELECT schemaname FROM pg_tables WHERE tablename = 'sync_runs' ORDER BY 1")
  }

  private func withDatabase(_ body: (PostgresTestDatabase, PostgresPool) async throws -> Void) async throws {
    try await PostgresCluster.shared().withDatabase { try await body($0, $0.pool()) }
  }

  /// Calls of the earlier system in a schema of that name.
  private func makeOlder(_ schema: String, on pool: PostgresPool) async throws {
    try await OlderDatabase.make(on: pool)
    try await pool.run("CREATE SCHEMA \(schema)")
    for table in ["workspaces", "workspace_phones", "calls"] {
      try await pool.run("ALTER TABLE \(table) SET SCHEMA \(schema)")
    }
  }

  @Test("Where there is nothing migrate takes public; runs find nothing before, and that afterwards")
  func nothing() async throws {
    try await withDatabase { _, pool in
      try await pool.run("CREATE SCHEMA other", "CREATE TABLE other.calls (id TEXT PRIMARY KEY)")
      let store = store(pool)
      let early = await #expect(throws: RunFailure.self) { try await store.check() }
      #expect(early?.kind == .database(.oldSchema))
      #expect(try await migrator(pool).run() == everyMigration)
      #expect(try await schemas(of: pool) == ["public"])
      try await store.check()
    }
  }

  @Test("An older database is adopted in the schema in which it lies, whatever that is called")
  func older() async throws {
    try await withDatabase { _, pool in
      let schema = "\"Del \"\"CRM\"\", viejo; ñ\""
      try await makeOlder(schema, on: pool)
      #expect(try await migrator(pool).run() == everyMigration)
      #expect(try await schemas(of: pool) == ["Del \"CRM\", viejo; ñ"])
      let store = store(pool)
      try await store.check()
      let fence = try await store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      _ = try await store.commit(
        IntakePage(calls: [makeRing(makeSID(1), endedAt: at("09:50"))], readAt: at("12:00")), fence: fence)
      let stored = "SELECT count(*) FROM \(schema).calls WHERE id = '\(makeSID(1).text)'"
      #expect(try await pool.line(stored) == "1")
      #expect(try await migrator(pool).run() == [])
    }
  }

  @Test(
    "Calls without a key of their own, or with other columns, are not the older ones",
    arguments: [
      "ALTER TABLE crm.calls DROP CONSTRAINT calls_pkey", "ALTER TABLE crm.calls DROP COLUMN raw_data",
      """
      ALTER TABLE crm.calls DROP CONSTRAINT calls_pkey, ADD PRIMARY KEY (id, source)
      """,
      """
      ALTER TABLE crm.calls DROP CONSTRAINT calls_pkey, ADD UNIQUE (id) DEFERRABLE
      """,
    ])
  func notOlder(change: String) async throws {
    try await withDatabase { _, pool in
      try await makeOlder("crm", on: pool)
      try await pool.run(change)
      _ = try await migrator(pool).run()
      #expect(try await schemas(of: pool) == ["public"])
    }
  }

  @Test(
    "Several are a fault that names them; DATABASE_SCHEMA tells which, and a role that may use one of them")
  func several() async throws {
    try await withDatabase { database, pool in
      try await pool.run("CREATE SCHEMA dos", "CREATE SCHEMA tres")
      _ = try await migrator(pool).run()
      _ = try await migrator(pool, "dos").run()
      #expect(try await schemas(of: pool) == ["dos", "public"])
      for attempt in 1...2 {
        let fault = await #expect(throws: RunFailure.self) {
          if attempt == 1 { try await store(pool).check() } else { _ = try await migrator(pool).run() }
        }
        #expect(fault?.kind == .database(.unclearSchema))
        #expect(fault?.message.contains("(dos, public). Ponga en DATABASE_SCHEMA") == true)
      }
      for schema in ["dos", "public"] {
        let store = store(pool, schema)
        try await store.check()
        _ = try await store.begin(.hourly, requestedBy: "test", now: at("12:00"))
        #expect(try await pool.line("SELECT count(*) FROM \(schema).sync_runs") == "1")
      }
      #expect(
        await #expect(throws: RunFailure.self) { try await store(pool, "tres").check() }?.kind
          == .database(.oldSchema))
      let role = "clerk_\(database.name)"
      try await pool.run(
        "CREATE ROLE \(role) LOGIN", "GRANT USAGE ON SCHEMA dos TO \(role)",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC", "GRANT ALL ON ALL TABLES IN SCHEMA dos TO \(role)")
      let conninfo = try await PostgresCluster.shared().conninfo(database: database.name, user: role)
      let clerk = database.pool(direct: true) { $0.connectionString = conninfo }
      #expect(
        await #expect(throws: RunFailure.self) { try await store(clerk).check() }?.kind
          == .database(.hiddenRows))
      let closed = await #expect(throws: RunFailure.self) { try await store(clerk, "public").check() }
      #expect(closed?.message.contains("USAGE en el esquema public") == true)
    }
  }

  @Test("Two schemas with older calls are a fault that names them")
  func severalOlder() async throws {
    try await withDatabase { _, pool in
      try await makeOlder("crm", on: pool)
      try await pool.run("CREATE TABLE calls (LIKE crm.calls INCLUDING ALL)")
      let fault = await #expect(throws: RunFailure.self) { try await migrator(pool).run() }
      #expect(fault?.kind == .database(.unclearSchema) && fault?.message.contains("(crm, public)") == true)
      #expect(try await schemas(of: pool).isEmpty)
    }
  }

  @Test("A schema that is missing is named with the statement that makes it, and not made")
  func missing() async throws {
    try await withDatabase { _, pool in
      let fault = await #expect(throws: RunFailure.self) { try await migrator(pool, "Nuevo").run() }
      #expect(fault?.kind == .database(.unclearSchema))
      #expect(fault?.message.contains("«CREATE SCHEMA \"Nuevo\";»") == true)
      let early = await #expect(throws: RunFailure.self) { try await store(pool, "Nuevo").check() }
      #expect(early == fault)
      try await pool.run("CREATE SCHEMA \"Nuevo\"")
      #expect(try await migrator(pool, "Nuevo").run() == everyMigration)
      #expect(try await schemas(of: pool) == ["Nuevo"])
      try await store(pool, "Nuevo").check()
      try await pool.run("DROP SCHEMA public")
      try await store(pool).check()
    }
  }

  @Test(
    "Another program's schema_migrations is no sign of ours, and is left alone",
    arguments: [
      "CREATE TABLE schema_migrations (version VARCHAR PRIMARY KEY)",
      "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, dirty BOOLEAN NOT NULL)",
      "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, inserted_at TIMESTAMP)",
      "CREATE VIEW schema_migrations AS SELECT 1 AS version, '' AS name, now() AS applied_at, 0 AS oldest_program",
    ])
  func foreign(table: String) async throws {
    try await withDatabase { _, pool in
      try await pool.run(table)
      let fault = await #expect(throws: RunFailure.self) { try await migrator(pool).run() }
      #expect(
        fault?.kind == .database(.unclearSchema) && fault?.message.contains("es de otro programa") == true)
      #expect(
        try await pool.line("SELECT relrowsecurity FROM pg_class WHERE relname = 'schema_migrations'") == "f")
      try await pool.run("CREATE SCHEMA twilio_sync")
      #expect(try await migrator(pool, "twilio_sync").run() == everyMigration)
      // Found by itself from now on.
      try await store(pool).check()
      #expect(try await migrator(pool).run() == [])
    }
  }

  @Test("A schema that is renamed while the process lives is found again")
  func renamed() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER SCHEMA public RENAME TO mudado")
      await #expect(throws: RunFailure.self) { try await fixture.store.coverage(now: at("12:00")) }
      _ = try await fixture.store.coverage(now: at("12:00"))
      try await fixture.pool.run("ALTER SCHEMA mudado RENAME TO otra_vez")
      await #expect(throws: RunFailure.self) { try await fixture.store.check() }
      try await fixture.store.check()
    }
  }
}
