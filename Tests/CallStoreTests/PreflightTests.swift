import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("A database that cannot be used is named before a run begins", .keepsFailedDatabases)
struct PreflightTests {
  private func store(_ pool: PostgresPool, workspace: Int64 = 1) -> CallStore {
    CallStore(pool: pool, defaultWorkspace: WorkspaceID(workspace))
  }

  private func fault(_ store: CallStore) async -> RunFailure? {
    do throws(RunFailure) {
      try await store.check()
      return nil
    } catch { return error }
  }

  /// A role of this database's own, which may do with its tables what `grants` say.
  private func makeRole(_ fixture: StoreFixture, _ grants: String..., options: String = "") async throws
    -> PostgresPool
  {
    let role = "clerk_\(fixture.database.name)"
    try await fixture.pool.run("CREATE ROLE \(role) LOGIN \(options)")
    for grant in grants { try await fixture.pool.run("GRANT \(grant) TO \(role)") }
    let cluster = try await PostgresCluster.shared()
    let conninfo = cluster.conninfo(database: fixture.database.name, user: role)
    return fixture.database.pool { $0.connectionString = conninfo }
  }

  @Test("A migrated database passes")
  func passes() async throws {
    try await withStore { fixture in try await fixture.store.check() }
  }

  @Test("An empty database has no schema; nothing else works on it either")
  func emptyDatabase() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let store = store(database.pool())
      #expect(await fault(store)?.kind == .database(.oldSchema))
      #expect(await fault(store)?.message.contains("twilio-sync migrate") == true)
      let error = await #expect(throws: RunFailure.self) {
        try await store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      }
      #expect(error?.kind == .database(.oldSchema))
      let unread = await #expect(throws: RunFailure.self) { try await store.coverage(now: at("12:00")) }
      #expect(unread?.kind == .database(.oldSchema))
    }
  }

  @Test("A schema that lacks a step is old, whichever it is and whatever came after it")
  func missingStep() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "INSERT INTO schema_migrations (version, name) VALUES (99, 'later')",
        "CREATE TABLE applied AS SELECT * FROM schema_migrations")
      let versions = try await fixture.pool.lines("SELECT version FROM applied WHERE version < 99")
      #expect(versions.count >= 6)
      for version in versions {
        try await fixture.pool.run("DELETE FROM schema_migrations WHERE version = \(version)")
        #expect(await fault(fixture.store)?.kind == .database(.oldSchema), "without \(version)")
        try await fixture.pool.run(
          "INSERT INTO schema_migrations SELECT * FROM applied WHERE version = \(version)")
        try await fixture.store.check()
      }
      try await fixture.pool.run("DELETE FROM schema_migrations")
      #expect(await fault(fixture.store)?.kind == .database(.oldSchema))
    }
  }

  @Test(
    "A table that was dropped is named, by the check and by whatever needs it, with a way that brings it back",
    arguments: ["calls", "unsettled_calls", "workspaces", "sync_runs", "sync_state"])
  func droppedTable(table: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run("DROP TABLE \(table) CASCADE")
      let missing = await fault(fixture.store)
      #expect(missing?.kind == .database(.incompleteSchema))
      #expect(missing.map { Readiness($0) } == Readiness(database: .ok, schema: .incomplete))
      #expect(
        missing?.message.contains("le falta \(table)") == true && missing?.message.contains("copia") == true)
      if table == "calls" {
        let commit = await #expect(throws: RunFailure.self) {
          try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50"))])
        }
        #expect(commit?.kind == .database(.incompleteSchema) && commit?.message.contains("calls") == true)
      }
      // The way without a backup.
      try await fixture.pool.run("DELETE FROM schema_migrations")
      _ = try await makeMigrator(fixture.pool).run()
      try await store(fixture.pool).check()
    }
  }

  @Test("A column that was dropped is named by what needs it; in an old schema that says to migrate")
  func droppedColumn() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER TABLE calls DROP COLUMN price_unit CASCADE")
      let fault = await #expect(throws: RunFailure.self) {
        try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50"))])
      }
      #expect(fault?.kind == .database(.incompleteSchema) && fault?.message.contains("price_unit") == true)
      try await fixture.pool.run("DELETE FROM schema_migrations WHERE version = 6")
      let old = await #expect(throws: RunFailure.self) {
        try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50"))])
      }
      #expect(old?.kind == .database(.oldSchema))
    }
  }

  @Test("A standby, a setting of the database and one of the connection are told apart")
  func whyReadOnly() async throws {
    let cluster = try await PostgresCluster(settings: PostgresCluster.canBeFollowed)
    try await cluster.withDatabase(template: .migrated) { database in
      let standby = try await cluster.standby()
      try await standby.start()
      let follower = PostgresPool(PostgresConfiguration(standby.conninfo(database: database.name)))
      let behind = await fault(store(follower))
      #expect(behind?.kind == .database(.readOnly) && behind?.message.contains("réplica (standby)") == true)
      await follower.close()
      await standby.remove()
      let ours = await fault(
        store(
          database.pool(direct: true) {
            $0.connectionString += " options='-c default_transaction_read_only=on'"
          }))
      #expect(ours?.kind == .database(.readOnly) && ours?.message.contains("options en DATABASE_URL") == true)
      try await database.pool(direct: true).run(
        "ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
      let configured = await fault(store(database.pool(direct: true)))
      #expect(configured?.kind == .database(.readOnly) && configured?.message.contains("disco") == true)
      #expect(
        configured?.cause?.hasSuffix("default_transaction_read_only: database") == true,
        "\(configured?.cause ?? "")")
    }
    await cluster.remove()
  }

  @Test("A newer schema is refused only when it says that this program is too old", arguments: [0, 6, 7, 99])
  func newerSchema(oldest: Int) async throws {
    try await withStore { fixture in
      let ours = try #require(
        Int(await fixture.pool.line("SELECT max(version) FROM schema_migrations") ?? ""))
      try await fixture.pool.run(
        "INSERT INTO schema_migrations (version, name, oldest_program) VALUES (99, 'later', \(oldest))")
      let fault = await fault(fixture.store)
      #expect(fault?.kind == (oldest > ours ? .database(.newSchema) : nil))
      if let fault { #expect(fault.message.contains("Actualice")) }
    }
  }

  @Test("A default workspace that does not exist is named")
  func noDefaultWorkspace() async throws {
    try await withStore { fixture in
      let fault = await fault(store(fixture.pool, workspace: 77))
      #expect(fault?.kind == .database(.noDefaultWorkspace))
      #expect(fault?.message.contains("77") == true)
    }
  }

  @Test("A read-only database is named by the check and by whatever writes")
  func readOnly() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "ALTER DATABASE \(fixture.database.name) SET default_transaction_read_only = on")
      // It holds for new sessions; a pooler would go on with its old ones.
      let direct = fixture.database.pool(direct: true)
      while try await direct.line(
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """) != "0"
      { try await Task.sleep(for: .milliseconds(2)) }
      let pool = fixture.database.pool()
      #expect(await fault(store(pool))?.kind == .database(.readOnly))
      let commit = await #expect(throws: RunFailure.self) {
        try await store(pool).commit(
          IntakePage(calls: [makeRing(makeSID(1), endedAt: at("09:50"))], readAt: at("12:00")),
          fence: fixture.fence)
      }
      #expect(commit?.kind == .database(.readOnly))
    }
  }

  @Test("A role from which row level security could hide rows is refused, with the table's name")
  func hiddenRows() async throws {
    try await withStore { fixture in
      let pool = try await makeRole(fixture, "ALL ON ALL TABLES IN SCHEMA public")
      // The new tables have row level security and no policy for this role.
      let unseen = await fault(store(pool))
      #expect(unseen?.kind == .database(.hiddenRows))
      #expect(unseen?.message.contains("sync_runs") == true)
      // What is read for people would tell of an empty table.
      let store = store(pool)
      for read in [
        { _ = try await store.calls(CallSearch(limit: 1)) },
        { _ = try await store.explanation(of: makeSID(1)) }, { _ = try await store.status(now: at("12:00")) },
      ] as [@Sendable () async throws -> Void] {
        let failure = await #expect(throws: RunFailure.self) { try await read() }
        #expect(failure?.kind == .database(.hiddenRows))
      }
      try await permitAll(fixture)
      try await store.check()
      try await fixture.pool.run(
        "DROP POLICY everything ON workspace_phones",
        "CREATE POLICY one ON workspace_phones USING (workspace_id = 4)")
      let hidden = await fault(store)
      #expect(hidden?.kind == .database(.hiddenRows))
      #expect(hidden?.message.contains("workspace_phones") == true)
      #expect(hidden?.message.contains("sync_runs") == false)
    }
  }

  private func permitAll(_ fixture: StoreFixture) async throws {
    for table in try await fixture.pool.lines("SELECT relname FROM pg_class WHERE relrowsecurity") {
      try await fixture.pool.run("CREATE POLICY everything ON \(table) USING (true)")
    }
  }

  @Test(
    "Policies that show everything pass; narrower, restrictive and other people's ones do not",
    arguments: [
      ("FOR ALL USING (true)", true), ("FOR SELECT USING (true)", true),
      ("FOR INSERT WITH CHECK (true)", false), ("TO postgres USING (true)", false),
      ("USING (id > 3)", false), ("USING (true OR id > 3)", false),
      ("AS RESTRICTIVE USING (true)", false),
    ])
  func policies(policy: String, passes: Bool) async throws {
    try await withStore { fixture in
      let pool = try await makeRole(fixture, "ALL ON ALL TABLES IN SCHEMA public")
      try await permitAll(fixture)
      try await fixture.pool.run(
        "DROP POLICY everything ON workspaces", "CREATE POLICY shown ON workspaces \(policy)")
      #expect(await fault(store(pool))?.kind == (passes ? nil : .database(.hiddenRows)))
    }
  }

  @Test("A restrictive policy beside one that shows everything can hide rows")
  func restrictive() async throws {
    try await withStore { fixture in
      let pool = try await makeRole(fixture, "ALL ON ALL TABLES IN SCHEMA public")
      try await permitAll(fixture)
      try await fixture.pool.run(
        "CREATE POLICY narrow ON sync_state AS RESTRICTIVE USING (covered_until IS NULL)")
      #expect(await fault(store(pool))?.kind == .database(.hiddenRows))
    }
  }

  @Test("A role past row level security passes, and works")
  func bypass() async throws {
    try await withStore { fixture in
      let pool = try await makeRole(
        fixture, "ALL ON ALL TABLES IN SCHEMA public", "ALL ON ALL SEQUENCES IN SCHEMA public",
        options: "BYPASSRLS")
      let store = store(pool)
      try await store.check()
      let fence = try await store.begin(.historical, requestedBy: "test", now: at("12:00"))
      _ = try await store.commit(
        IntakePage(
          calls: [makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))], readAt: at("12:00"),
          marks: [.coveredUntil(at("12:00"))]), fence: fence)
      #expect(try await fixture.decision(makeSID(1)) == Decision(1, "+34910000077"))
    }
  }

  @Test("A missing permission is named, in the check and in a commit")
  func forbidden() async throws {
    try await withStore { fixture in
      let pool = try await makeRole(
        fixture, "SELECT ON schema_migrations, sync_leases, workspace_phones, calls, unsettled_calls",
        "UPDATE ON sync_leases", options: "BYPASSRLS")
      #expect(await fault(store(pool))?.kind == .database(.forbidden))
      let commit = await #expect(throws: RunFailure.self) {
        try await store(pool).commit(
          IntakePage(calls: [makeRing(makeSID(1), endedAt: at("09:50"))], readAt: at("12:00")),
          fence: fixture.fence)
      }
      #expect(commit?.kind == .database(.forbidden))
      #expect(commit?.message.contains("permiso") == true)
    }
  }
}
