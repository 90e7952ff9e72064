import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Migrating", .keepsFailedDatabases)
struct MigratorTests {
  /// Everything of a schema that a migration makes.
  static let structure =
    """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
      || coalesce(' ' || column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'invalid ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid
    UNION ALL SELECT 'constraint ' || conname || pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'security ' || relname FROM pg_class WHERE relrowsecurity
    UNION ALL SELECT 'version ' || version || name || oldest_program FROM schema_migrations
    UNION ALL SELECT 'workspace ' || id || name FROM workspaces
    UNION ALL SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'public'
    UNION ALL SELECT 'comment ' || objoid::regclass || objsubid || description FROM pg_description
      WHERE classoid = 'pg_class'::regclass AND objoid IN (
        SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT 'lease ' || kind FROM sync_leases UNION ALL SELECT 'state ' || s FROM sync_state s
    ORDER BY 1
    """

  @Test("An empty database gets everything, a second time changes nothing")
  func twice() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      let events = Events()
      #expect(try await makeMigrator(pool, onEvent: events.append).run() == everyMigration)
      #expect(events.applied == everyMigration)
      let structure = try await pool.lines(Self.structure)
      #expect(structure.contains("workspace 1Sin asignar"))
      #expect(!structure.contains { $0.hasPrefix("invalid") })
      let again = Events()
      #expect(try await makeMigrator(pool, onEvent: again.append).run() == [])
      #expect(again.all == [])
      #expect(try await pool.lines(Self.structure) == structure)
      #expect(try await pool.line("INSERT INTO workspaces (name) VALUES ('dos') RETURNING id") == "2")
    }
  }

  @Test("Tables of ours have row level security")
  func rowSecurity() async throws {
    try await withStore { fixture in
      let secured = try await fixture.pool.lines(
        "SELECT relname::text FROM pg_class WHERE relrowsecurity ORDER BY relname")
      #expect(
        Set(secured).isSuperset(of: [
          "calls", "schema_migrations", "sync_alerts", "sync_holes", "sync_leases", "sync_runs", "sync_state",
          "unsettled_calls", "workspace_phones", "workspaces",
        ]))
    }
  }

  @Test("Several at once apply each step once, and all end well", arguments: [2, 5])
  func several(count: Int) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let events = Events()
      let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<count {
          let migrator = makeMigrator(database.pool(), onEvent: events.append)
          group.addTask { try await migrator.run() }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(applied.filter { !$0.isEmpty } == [everyMigration])
      #expect(events.applied == everyMigration)
      #expect(events.all.filter { $0 == .createdDefaultWorkspace(WorkspaceID(1)) }.count == 1)
    }
  }

  @Test(
    "Killed once in the middle of every change and repeated it comes to the same schema",
    arguments: [false, true])
  func killed(isLegacy: Bool) async throws {
    var structures: [[String]] = []
    for isKilled in [false, true] {
      try await PostgresCluster.shared().withDatabase { database in
        let pool = database.pool()
        if isLegacy { try await OlderDatabase.make(on: pool) }
        if isKilled { try await killEachChangeOnce(pool) }
        var attempts = 1
        while case .failure(let error) = await attempt(makeMigrator(pool)) {
          attempts += 1
          #expect(error.kind == .database(.unreachable))
          try #require(isKilled && attempts < 100)
        }
        if isKilled {
          #expect(attempts > 20)
          try await pool.run("DROP EVENT TRIGGER kill", "DROP FUNCTION kill", "DROP SCHEMA changes CASCADE")
        }
        structures.append(try await pool.lines(Self.structure))
      }
    }
    #expect(structures[0] == structures[1])
  }

  private func attempt(_ migrator: Migrator) async -> Result<[Int], RunFailure> {
    do throws(RunFailure) {
      return .success(try await migrator.run())
    } catch { return .failure(error) }
  }

  // A sequence remembers what a transaction that died has seen: one for each statement's text.
  private func killEachChangeOnce(_ pool: PostgresPool) async throws {
    try await pool.run(
      "CREATE SCHEMA changes",
      """
      DO $$ BEGIN
        FOR n IN 0..255 LOOP EXECUTE 'CREATE SEQUENCE changes.change_' || n; END LOOP;
      END $$
      """,
      """
      CREATE FUNCTION kill() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('changes.change_' || (hashtext(current_query()) & 255)) = 1 THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
          PERFORM pg_sleep(60);
        END IF;
      END $$
      """,
      """
      CREATE EVENT TRIGGER kill ON ddl_command_end
      WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX', 'CREATE VIEW', 'COMMENT') EXECUTE FUNCTION kill()
      """)
  }

  @Test("Cancelled at any step it stops, and goes on there when it is repeated", arguments: everyMigration)
  func cancelled(step: Int) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      let running = Mutex<Task<[Int], any Error>?>(nil)
      let migrator = makeMigrator(
        pool,
        onEvent: { event in
          if case .applying(step, _) = event { running.withLock { $0?.cancel() } }
        })
      // The task is noted before it can get anywhere.
      let task = running.withLock { running in
        let task = Task { try await migrator.run() }
        running = task
        return task
      }
      let failure = await #expect(throws: RunFailure.self) { try await task.value }
      #expect(failure?.kind == .stopping, "\(String(describing: failure))")
      let events = Events()
      let rest = try await makeMigrator(pool, onEvent: events.append).run()
      #expect(rest == everyMigration.filter { $0 >= step })
      // The lease was freed, so that nobody had to wait for its end.
      #expect(!events.all.contains(.waiting))
      try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).check()
    }
  }

  @Test("An invalid index that an attempt left behind is built anew")
  func invalidIndex() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      await #expect(throws: PostgresError.self) {
        try await pool.run("CREATE UNIQUE INDEX CONCURRENTLY calls_related ON calls (source)")
      }
      let invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
      #expect(try await pool.lines(invalid) == ["calls_related"])
      _ = try await makeMigrator(pool).run()
      #expect(try await pool.lines(invalid) == [])
      let definition = try await pool.line(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'calls_related'")
      #expect(definition?.contains("(lead_number") == true)
    }
  }

  @Test("A long reader delays the change of a table, and does not make it fail")
  func longReader() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      let reader = try await PostgresConnection.open(PostgresConfiguration(database.conninfo))
      _ = try await reader.query(PostgresStatement("BEGIN"))
      _ = try await reader.query(PostgresStatement("SELECT count(*) FROM calls"))
      let pauses = Mutex(0)
      let migrator = makeMigrator(
        pool,
        onPause: {
          // After the second attempt that did not get the lock the reader is done.
          let count = pauses.withLock { pauses in
            pauses += 1
            return pauses
          }
          if count == 2 { _ = try await reader.query(PostgresStatement("COMMIT")) }
        })
      #expect(try await migrator.run() == everyMigration)
      #expect(pauses.withLock { $0 } == 2)
    }
  }
}
