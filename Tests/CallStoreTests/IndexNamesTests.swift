import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Names of our indexes that something else has", .keepsFailedDatabases)
struct IndexNamesTests {
  private static let everything = """
    SELECT c.oid::text || ' ' || coalesce(pg_get_indexdef(i.indexrelid), c.relname) || ' ' || relkind::text || relnatts
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) ORDER BY 1
    """

  private func withOlder(_ body: (PostgresPool) async throws -> Void) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      try await body(pool)
    }
  }

  /// Has `migrate` fail when it records a step, which it has done then.
  private func stop(at step: Int, on pool: PostgresPool) async throws {
    try await pool.run(
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT now(), oldest_program INTEGER NOT NULL DEFAULT 0)
      """,
      """
      CREATE OR REPLACE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'stopped at %', NEW.version;
      END $$
      """,
      "DROP TRIGGER IF EXISTS stop ON schema_migrations",
      """
      CREATE TRIGGER stop BEFORE INSERT ON schema_migrations FOR EACH ROW WHEN (NEW.version = \(step))
      EXECUTE FUNCTION stop()
      """)
    let fault = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
    #expect(fault?.cause?.contains("stopped at \(step)") == true, "\(String(describing: fault))")
    try await pool.run("DROP TRIGGER stop ON schema_migrations")
  }

  @Test(
    "It is named with the statement that renames it, before anything is changed, and outlives all steps",
    arguments: [
      ("calls_by_date", "VIEW calls_by_date AS SELECT call_date FROM calls", "VIEW"),
      ("calls_by_number", "TABLE calls_by_number (number text)", "TABLE"),
      ("calls_totals", "MATERIALIZED VIEW calls_totals AS SELECT count(*) FROM calls", "MATERIALIZED VIEW"),
      ("calls_transfers", "SEQUENCE calls_transfers", "SEQUENCE"),
      ("calls_unmatched", "TYPE calls_unmatched AS (id text)", "TYPE"),
      ("sync_runs_by_kind", "VIEW sync_runs_by_kind AS SELECT 1 AS kind", "VIEW"),
      ("calls_unpriced", "INDEX calls_unpriced ON workspaces (name)", "INDEX"),
      ("call_moves_by_run", "INDEX call_moves_by_run ON calls (id)", "INDEX"),
      ("calls_by_date", "INDEX calls_by_date ON calls (call_date)", "INDEX"),
      ("calls_by_date", "INDEX calls_by_date ON calls (call_date DESC) WHERE source = 'twilio'", "INDEX"),
      ("calls_by_date", "INDEX calls_by_date ON calls (call_date) WHERE source = 'elevenlabs'", "INDEX"),
      (
        "calls_by_date", "INDEX calls_by_date ON calls USING hash (call_date) WHERE source = 'twilio'",
        "INDEX"
      ),
      ("calls_by_date", "UNIQUE INDEX calls_by_date ON calls (call_date) WHERE source = 'twilio'", "INDEX"),
    ])
  func taken(name: String, definition: String, kind: String) async throws {
    try await withOlder { pool in
      try await pool.run("DELETE FROM calls", "CREATE \(definition)")
      let before = try await pool.lines(Self.everything)
      let fault = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(fault?.kind == .database(.unclearSchema))
      let remedy = try #require(fault?.message.firstMatch(of: /«(ALTER [^»]*;)»/)?.1)
      #expect(remedy == "ALTER \(kind) public.\(name) RENAME TO \(name)_ajeno;")
      #expect(try await pool.lines(Self.everything) == before)
      try await pool.run(String(remedy))
      #expect(try await makeMigrator(pool).run() == everyMigration)
      #expect(try await pool.line("SELECT to_regclass('\(name)_ajeno') IS NOT NULL") == "t")
      #expect(try await makeMigrator(pool).run() == [])
    }
  }

  @Test("All of them are named at once, in the schema that DATABASE_SCHEMA names; others do not matter")
  func several() async throws {
    try await withOlder { pool in
      try await pool.run(
        "CREATE VIEW calls_related AS SELECT 1 AS n", "CREATE SCHEMA \"Nuevo\"",
        "CREATE TABLE \"Nuevo\".calls_billing (n int)", "CREATE VIEW \"Nuevo\".calls_by_date AS SELECT 1 AS n"
      )
      func migrator() -> Migrator {
        Migrator(
          pool: pool, schema: "Nuevo", defaultWorkspace: WorkspaceID(1), token: 7, now: { at("12:00") },
          sleep: { _ in try await Task.sleep(for: .seconds(3600)) })
      }
      let fault = await #expect(throws: RunFailure.self) { try await migrator().run() }
      #expect(
        fault?.message == """
          En el esquema "Nuevo" hay nombres de índices de este programa que ya tiene otra cosa: calls_billing (tabla), \
          calls_by_date (vista). Ejecute como su dueño «ALTER TABLE "Nuevo".calls_billing RENAME TO \
          calls_billing_ajeno; ALTER VIEW "Nuevo".calls_by_date RENAME TO calls_by_date_ajeno;», corrija lo que use \
          esos nombres, y repita.
          """)
      try await pool.run(
        "ALTER TABLE \"Nuevo\".calls_billing RENAME TO calls_billing_ajeno",
        "ALTER VIEW \"Nuevo\".calls_by_date RENAME TO calls_by_date_ajeno")
      #expect(try await migrator().run() == everyMigration)
    }
  }

  // An older program has passed over the view, and would fail when it drops the index of its name.
  @Test("In a database of an older step it is named as well")
  func olderStep() async throws {
    try await withOlder { pool in
      try await stop(at: 9, on: pool)
      try await pool.run("DROP INDEX calls_by_date", "CREATE VIEW calls_by_date AS SELECT 1 AS n")
      let fault = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(fault?.message.contains("calls_by_date (vista)") == true)
      #expect(try await pool.line("SELECT max(version) FROM schema_migrations") == "8")
      try await pool.run("ALTER VIEW public.calls_by_date RENAME TO calls_by_date_ajeno")
      #expect(try await makeMigrator(pool).run() == everyMigration.filter { $0 > 8 })
    }
  }

  @Test("A name that no pending step asks for is free")
  func free() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "CREATE INDEX calls_by_date ON calls (call_date)", "CREATE VIEW calls_totals AS SELECT 1 AS n")
      let before = try await fixture.pool.lines(Self.everything)
      #expect(try await makeMigrator(fixture.pool).run() == [])
      #expect(try await fixture.pool.lines(Self.everything) == before)
    }
  }

  @Test(
    "Our own are known in every step, whatever types the columns have and where steps are repeated",
    arguments: ["text", "varchar(40)", "char(20)", "own.\"Word\"", "short"])
  func own(type: String) async throws {
    try await withOlder { pool in
      try await pool.run(
        "DELETE FROM calls", "CREATE SCHEMA own", "CREATE DOMAIN short AS varchar(30)",
        "CREATE TYPE own.\"Word\" AS ENUM ('outbound-api', 'trunking-terminating', 'trunking-originating')",
        "ALTER TABLE calls ADD direction \(type), ADD phone_number varchar(40), ALTER phone_to TYPE text COLLATE \"C\"",
        "ALTER TABLE calls ALTER source TYPE varchar(20), ALTER duration TYPE numeric")
      for step in [3, 6, 9, 11, 19, 21, 25] { try await stop(at: step, on: pool) }
      #expect(try await makeMigrator(pool).run() == [everyMigration.last])
      try await pool.run(
        "DELETE FROM schema_migrations", "ALTER INDEX calls_billing SET (fillfactor = 70)", "ANALYZE calls")
      #expect(try await makeMigrator(pool).run() == everyMigration)
    }
  }
}
