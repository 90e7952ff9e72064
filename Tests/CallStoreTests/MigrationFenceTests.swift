import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Two who migrate are never at work at once", .keepsFailedDatabases)
struct MigrationFenceTests {
  /// The names of everything in the schema: of two who create one table the second's sequence has another.
  private static let names =
    "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"

  /// What a step changes, each at least one of these.
  private static let changes = """
    SELECT concat_ws(' ', attrelid::regclass, attname, atttypmod) FROM pg_attribute a
    JOIN pg_class c ON c.oid = attrelid AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT reloptions::text FROM pg_class WHERE reloptions IS NOT NULL
    UNION ALL SELECT id || (to_jsonb(c)->>'lead_number') FROM calls c
    ORDER BY 1
    """

  private static let expire = "UPDATE sync_leases SET expires_at = '-infinity'"

  /// Statements of the server that stand still at the end of a change, whatever becomes of the client, until
  /// there is a row in `released`.
  private func holdChanges(_ pattern: String, on pool: PostgresPool) async throws {
    try await pool.run(
      "CREATE SCHEMA held", "CREATE TABLE held.released ()",
      """
      CREATE FUNCTION held.hold() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_query() ~ '\(pattern)' THEN
          WHILE NOT EXISTS (SELECT FROM held.released) LOOP PERFORM pg_sleep(0.005); END LOOP;
        END IF;
      END $$
      """,
      "CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION held.hold()")
  }

  private func undisturbed() async throws -> [String] {
    var names: [String] = []
    try await withLegacy { adoption in
      try await adoption.migrate()
      names = try await adoption.pool.lines(Self.names)
    }
    return names
  }

  @Test(
    "Who was killed while the server changes a table for him is waited for, and the change comes once",
    arguments: [
      "CREATE TABLE IF NOT EXISTS sync_runs", "ADD COLUMN IF NOT EXISTS lead_number", "sync_slices",
    ])
  func killedInAChange(pattern: String) async throws {
    let expected = try await undisturbed()
    try await withLegacy { adoption in
      let administrator = adoption.database.pool(direct: true)
      try await holdChanges(pattern, on: administrator)
      let killed = try MigrateProcess(on: adoption.database.programConninfo)
      let atWork = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
          AND query ~ '\(pattern)' AND pid <> pg_backend_pid()
        """
      let isHeld = atWork + " AND wait_event = 'PgSleep'"
      while try await administrator.line(isHeld) != "1" { try await Task.sleep(for: .milliseconds(2)) }
      killed.kill()
      _ = await killed.end()
      try await administrator.run(Self.expire)
      let events = Events()
      let next = makeMigrator(
        adoption.database.pool(), lease: LeaseTerms(takeoverMilliseconds: 20), onEvent: events.append)
      let end = Task { try await next.run() }
      while !events.all.contains(.waiting) { try await Task.sleep(for: .milliseconds(2)) }
      // A look may fall between two of its sleeps.
      #expect(try await administrator.line(atWork) == "1")
      #expect(events.applied.isEmpty)
      try await administrator.run(
        "ALTER EVENT TRIGGER hold DISABLE", "INSERT INTO held.released DEFAULT VALUES")
      _ = try await end.value
      #expect(try await administrator.lines(Self.names) == expected)
    }
  }

  @Test(
    "Who lost the lease changes nothing more, whatever the step",
    // The last one changes only what an older program wrote.
    arguments: everyMigration.dropFirst().dropLast())
  func lost(step: Int) async throws {
    let expected = try await changes(before: step)
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      let last = try #require(everyMigration.last { $0 < step })
      // Somebody else has it as soon as the step before is done.
      try await pool.run(
        """
        CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL,
          applied_at TIMESTAMPTZ NOT NULL DEFAULT now(), oldest_program INTEGER NOT NULL DEFAULT 0)
        """,
        """
        CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          UPDATE sync_leases SET token = token + 1 WHERE kind = 'migrate';
          RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER take AFTER INSERT ON schema_migrations FOR EACH ROW WHEN (NEW.version = \(last))
        EXECUTE FUNCTION take()
        """)
      let error = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(error?.kind == .leaseLost)
      #expect(try await pool.line("SELECT max(version) FROM schema_migrations") == "\(last)")
      #expect(try await pool.lines(Self.changes) == expected)
      try await pool.run("DROP TRIGGER take ON schema_migrations", Self.expire)
      #expect(try await makeMigrator(pool).run() == everyMigration.filter { $0 >= step })
      #expect(try await pool.lines(Self.changes) != expected)
    }
  }

  /// What is there of `changes` when a step begins.
  private func changes(before step: Int) async throws -> [String] {
    var lines: [String] = []
    try await PostgresCluster.shared().withDatabase { database in
      try await OlderDatabase.make(on: database.pool())
      let running = Mutex<Task<[Int], any Error>?>(nil)
      let migrator = makeMigrator(
        database.pool(),
        onEvent: { event in
          if case .applying(step, _) = event { running.withLock { $0?.cancel() } }
        })
      let task = running.withLock { running in
        let task = Task { try await migrator.run() }
        running = task
        return task
      }
      await #expect(throws: RunFailure.self) { try await task.value }
      lines = try await database.pool().lines(Self.changes)
    }
    return lines
  }

  /// Runs `body` beside an open snapshot, whose end the building of an index waits for.
  private func besideSnapshot(
    _ administrator: PostgresPool, _ body: (_ end: @escaping @Sendable () -> Void) async throws -> Void
  ) async throws {
    let (mayEnd, end) = AsyncStream.makeStream(of: Void.self)
    let (isReading, read) = AsyncStream.makeStream(of: Void.self)
    async let reading: Void = administrator.withTransaction(PostgresSettings(isSnapshot: true)) {
      transaction in
      _ = try await transaction.query(PostgresStatement("SELECT count(*) FROM twilio_snapshots"))
      read.finish()
      for await _ in mayEnd {}
    }
    for await _ in isReading {}
    defer { end.finish() }
    try await body { end.finish() }
    try await reading
  }

  // The limits hold for the statement that lifts them, too, and a busy machine needs tens of milliseconds for it.
  @Test(
    "Limits of time that the database or the role has for every session do not end the building of an index",
    arguments: ["DATABASE %1$I", "ROLE %2$I IN DATABASE %1$I"])
  func configuredLimits(whose: String) async throws {
    try await withLegacy { adoption in
      let administrator = adoption.database.pool(direct: true)
      try await administrator.run(
        """
        DO $$ BEGIN
          EXECUTE format('ALTER \(whose) SET statement_timeout = 2000', current_database(), current_user);
          EXECUTE format('ALTER \(whose) SET lock_timeout = 1000', current_database(), current_user);
        END $$
        """)
      try await besideSnapshot(administrator) { end in
        async let applied = makeMigrator(adoption.database.pool()).run()
        let waits = """
          SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE '%CREATE INDEX CONCURRENTLY%' AND clock_timestamp() - query_start > INTERVAL '2500 ms'
          """
        while try await administrator.line(waits) == "0" { try await Task.sleep(for: .milliseconds(5)) }
        end()
        #expect(try await applied == everyMigration)
      }
    }
  }

  @Test("An index that the server still builds for somebody who is gone is waited for, not dropped")
  func killedInABuild() async throws {
    try await withLegacy { adoption in
      let administrator = adoption.database.pool(direct: true)
      var built: String?
      try await besideSnapshot(administrator) { end in
        let killed = try MigrateProcess(on: adoption.database.programConninfo)
        let unfinished = """
          SELECT string_agg(i.indexrelid::text, ' ') FROM pg_index i
          JOIN pg_stat_progress_create_index p ON p.index_relid = i.indexrelid
          WHERE NOT i.indisvalid AND p.phase LIKE 'waiting for old snapshots%'
          """
        while try await administrator.line(unfinished) == "NULL" {
          try await Task.sleep(for: .milliseconds(2))
        }
        let index = try #require(try await administrator.line(unfinished))
        built = index
        killed.kill()
        _ = await killed.end()
        try await administrator.run(Self.expire)
        let pauses = Mutex(0)
        let next = makeMigrator(
          adoption.database.pool(),
          onPause: {
            let count = pauses.withLock { pauses in
              pauses += 1
              return pauses
            }
            if count == 3 {
              #expect(try await administrator.line(unfinished) == index)
              end()
            }
            try await Task.sleep(for: .milliseconds(5))
          })
        _ = try await next.run()
      }
      #expect(try await administrator.line("SELECT 'calls_related'::regclass::oid") == built)
      #expect(try await administrator.line("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0")
    }
  }

  @Test("That another replica is migrating is told at once and then every half minute")
  func waiting() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "UPDATE sync_leases SET expires_at = now() + interval '1 hour' WHERE kind = 'migrate'")
      let pauses = Mutex(0)
      let events = Events()
      let waiting = Mutex<[Int]>([])
      let migrator = makeMigrator(
        fixture.database.pool(),
        onPause: {
          let count = pauses.withLock { pauses in
            pauses += 1
            return pauses
          }
          if count == 130 { try await fixture.pool.run(Self.expire) }
        },
        onEvent: { event in
          events.append(event)
          let count = pauses.withLock(\.self)
          waiting.withLock { $0.append(count) }
        })
      #expect(try await migrator.run() == [])
      #expect(events.all == [.waiting, .waiting, .waiting])
      #expect(waiting.withLock(\.self) == [0, 60, 120])
    }
  }
}
