import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The role of scripts/least-privilege.sql", .keepsFailedDatabases)
struct LeastPrivilegeTests {
  @Test("It can do all that runs do; the file may be run again, and the migration has nothing left to do")
  func suffices() async throws {
    try await withLimited { database in
      try await database.store.check()
      try await WholeService(store: database.store).run()
      try await database.store.check()
      #expect(try await makeMigrator(database.limited).run().isEmpty)
    }
    try await PostgresCluster.shared().withDatabase(template: .limited) { database in
      try await LeastPrivilege.grant(in: database.conninfo)
      try await LeastPrivilege.grant(in: database.conninfo)
    }
  }

  @Test("It can do so in an adopted database, too, whose numbers have a sequence")
  func adopted() async throws {
    try await withLimited(.limitedLegacy) { database in
      #expect(try await database.permissions().contains("USAGE ON SEQUENCE workspace_phones_id_seq"))
      try await database.store.check()
      let fence = try await database.store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      let ring = makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))
      _ = try await database.store.commit(IntakePage(calls: [ring], readAt: at("12:00")), fence: fence)
      #expect(
        try await database.pool.lines(
          "SELECT workspace_id FROM workspace_phones WHERE phone_number = '+34910000077'") == ["1"])
      try await database.pool.run("REVOKE USAGE ON SEQUENCE workspace_phones_id_seq FROM twilio_sync")
      let error = await #expect(throws: RunFailure.self) { try await database.store.check() }
      #expect(error?.message.contains("USAGE en public.workspace_phones_id_seq") == true)
    }
  }

  @Test("Each permission is needed by a statement of a run, and one that a table lacks is named before any")
  func eachIsNeeded() async throws {
    let permissions = try await read { try await $0.permissions() }
    #expect(permissions.count > 50)
    for permission in permissions {
      try await withLimited { database in
        try await database.pool.run("REVOKE \(permission) FROM \(LeastPrivilege.role)")
        let error = await #expect(throws: RunFailure.self, "\(permission)") {
          // These two are read by the check itself.
          if ["SELECT ON schema_migrations", "SELECT ON workspaces"].contains(permission) {
            try await database.store.check()
          }
          try await WholeService(store: database.store).run()
        }
        #expect(error?.kind == .database(.forbidden), "\(permission)")
        guard !permission.contains("(") else { return }
        let check = await #expect(throws: RunFailure.self) { try await database.store.check() }
        #expect(check?.message.contains(permission.replacing(" ON ", with: " en ")) == true, "\(permission)")
      }
    }
    print("\(permissions.count) permissions, each revoked in turn")
  }

  @Test("Each policy is needed: without it rows could be hidden, and no run begins")
  func eachPolicyIsNeeded() async throws {
    let query = "SELECT tablename FROM pg_policies WHERE policyname = '\(LeastPrivilege.role)' ORDER BY 1"
    let tables = try await read { try await $0.pool.lines(query) }
    #expect(tables.count == 14)
    for table in tables {
      try await withLimited { database in
        try await database.pool.run("DROP POLICY \(LeastPrivilege.role) ON \(table)")
        let error = await #expect(throws: RunFailure.self) { try await database.store.check() }
        #expect(error?.kind == .database(.hiddenRows) && error?.message.contains(table) == true, "\(table)")
      }
    }
  }

  @Test("The check of its policies waits for nobody who holds the tables locked")
  func checkedWhileLocked() async throws {
    try await withLimited { database in
      try await database.pool.withTransaction { transaction in
        _ = try await transaction.query(
          PostgresStatement("LOCK TABLE calls, workspace_phones, sync_state IN ACCESS EXCLUSIVE MODE"))
        try await database.store.check()
        return
      }
    }
  }

  @Test("The schema and the database are opened to it by name, where they are not open to all")
  func closedToOthers() async throws {
    try await withLimited { database in
      let name = try #require(await database.pool.line("SELECT current_database()"))
      try await database.pool.run(
        "REVOKE ALL ON SCHEMA public FROM PUBLIC", "REVOKE ALL ON DATABASE \(name) FROM PUBLIC",
        "GRANT CONNECT ON DATABASE \(name) TO \(LeastPrivilege.role)")
      try await database.store.check()
      try await database.pool.run("REVOKE USAGE ON SCHEMA public FROM \(LeastPrivilege.role)")
      let closed = await #expect(throws: RunFailure.self) { try await database.store.check() }
      #expect(closed?.kind == .database(.oldSchema) || closed?.kind == .database(.forbidden))
    }
  }

  @Test(
    "It can do nothing else",
    arguments: [
      "DELETE FROM calls", "TRUNCATE calls", "UPDATE calls SET created_at = now()",
      "UPDATE calls SET source = 'other'", "UPDATE calls SET id = 'x'", "DROP TABLE calls",
      "ALTER TABLE calls DISABLE ROW LEVEL SECURITY", "CREATE INDEX mine ON calls (id)",
      "CREATE POLICY mine ON calls USING (true)", "CREATE TABLE mine (a int)", "CREATE SCHEMA mine",
      "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE VIEW mine AS SELECT FROM calls",
      "CREATE TRIGGER mine BEFORE INSERT ON calls EXECUTE FUNCTION suppress_redundant_updates_trigger()",
      "INSERT INTO workspaces (name) VALUES ('x')", "UPDATE workspaces SET name = 'x'",
      "DELETE FROM workspaces", "DELETE FROM workspace_phones",
      "UPDATE workspace_phones SET phone_number = 'x'", "UPDATE workspace_phones SET is_primary = true",
      "INSERT INTO workspace_phones (id, phone_number) VALUES (1000, 'x')",
      "SELECT FROM twilio_snapshots", "DELETE FROM twilio_snapshots", "DELETE FROM sync_runs",
      "INSERT INTO sync_leases (kind, token) VALUES ('x', 1)", "UPDATE sync_leases SET kind = 'x'",
      "DELETE FROM sync_alerts", "INSERT INTO sync_alerts (name, told_firing) VALUES ('x', true)",
      "UPDATE sync_alerts SET name = 'x'", "DELETE FROM sync_leases", "DELETE FROM sync_state",
      "INSERT INTO sync_state DEFAULT VALUES",
      "UPDATE sync_holes SET recorded_at = now()", "UPDATE schema_migrations SET oldest_program = 99",
      "INSERT INTO schema_migrations (version, name) VALUES (99, 'x')", "DELETE FROM schema_migrations",
      "SET ROLE postgres", "CREATE ROLE mine", "ALTER ROLE twilio_sync SUPERUSER",
      "ALTER ROLE twilio_sync BYPASSRLS", "CREATE DATABASE mine", "SELECT pg_read_file('PG_VERSION')",
      "COPY calls TO PROGRAM 'cat'", "COPY calls TO '/tmp/calls'", "SELECT FROM pg_authid",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
      "INSERT INTO calls (id, source) VALUES ('x', 'elevenlabs')",
      "INSERT INTO calls (id) VALUES ('x')",
      "UPDATE calls SET status = 'x' WHERE source = 'elevenlabs'",
      """
      INSERT INTO calls (id, source) VALUES ('conv_1', 'twilio')
      ON CONFLICT (id) DO UPDATE SET status = 'x'
      """,
    ])
  func nothingElse(statement: String) async throws {
    try await withLimited { database in
      let error = await #expect(throws: PostgresError.self) { try await database.limited.run(statement) }
      #expect(error?.kind == .insufficientPrivilege, "\(error?.cause ?? "")")
    }
  }

  private func read<Value>(_ body: (LimitedDatabase) async throws -> Value) async throws -> Value {
    var value: Value?
    try await withLimited { value = try await body($0) }
    return try #require(value)
  }
}
