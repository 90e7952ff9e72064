import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("What another client left in the server's session changes nothing", .keepsFailedDatabases)
struct SharedSessionTests {
  /// Whether a pooler stands between; one in session mode gives nobody what another client left.
  static let ways = PostgresBouncer.wanted == .session ? [false] : [false, true]

  /// Statements of a client that had the session before; `stranger` is a role that may do nothing.
  static let leavings = [
    "SET search_path = other, public", "SET search_path = ''", "SET search_path = pg_temp, other",
    "CREATE TEMPORARY TABLE calls (LIKE public.calls INCLUDING ALL)",
    "SET default_transaction_read_only = on",
    "SET default_transaction_isolation = serializable", "SET ROLE stranger",
    "SET SESSION AUTHORIZATION stranger",
    "SET statement_timeout = '10min'; SET lock_timeout = '10min'",
    "SET idle_in_transaction_session_timeout = '10min'", "SET synchronous_commit = off",
    "SET session_replication_role = replica", "SET row_security = off", "SET array_nulls = off",
    "SET standard_conforming_strings = off", "SET client_encoding = LATIN1",
    "SET DateStyle = 'German, DMY'; SET IntervalStyle = sql_standard; SET TimeZone = 'Asia/Kathmandu'",
    "SET bytea_output = escape; SET extra_float_digits = -15; SET plan_cache_mode = force_generic_plan",
  ]

  /// Behind a pooler the other client has a connection of its own, and only the server's session is shared.
  private func withShared(
    _ leavings: String, isPooled: Bool, likes: String = "INCLUDING ALL", in database: PostgresTestDatabase,
    _ body: (PostgresPool) async throws -> Void
  ) async throws {
    let cluster = try await PostgresCluster.shared()
    if isPooled { _ = try await cluster.bouncer() }
    let conninfo = isPooled ? database.pooledConninfo : database.conninfo
    func client() -> PostgresPool {
      database.pool(direct: true) {
        $0.connectionString = conninfo
        $0.maximumConnections = 1
      }
    }
    let ours = client()
    let others = isPooled ? client() : ours
    let stranger = "stranger_\(database.name)"
    let administrator = database.pool(direct: true)
    try await administrator.run("CREATE ROLE \(stranger)", "CREATE SCHEMA other")
    for table in try await administrator.lines("SELECT relname FROM pg_class WHERE \(Self.isTable)") {
      try await administrator.run("CREATE TABLE other.\(table) (LIKE public.\(table) \(likes))")
    }
    for statement in leavings.replacing("stranger", with: stranger).split(separator: ";") {
      try await others.run(String(statement))
    }
    let sessions = try await [ours, others].asyncMap { pool in
      try await pool.withConnection { connection in
        try await connection.query(PostgresStatement("SELECT pg_backend_pid()")).rows[0].int(0)
      }
    }
    try #require(sessions[0] == sessions[1])
    try await body(ours)
    for table in try await administrator.lines("SELECT tablename FROM pg_tables WHERE schemaname = 'other'") {
      #expect(try await administrator.line("SELECT count(*) FROM other.\(table)") == "0", "\(table)")
    }
  }

  private static let isTable =
    "relkind = 'r' AND relname <> 'schema_migrations' AND relnamespace = 'public'::regnamespace"

  /// What a whole run writes, and under which settings.
  private static let contents = """
    SELECT 'call ' || (id, workspace_id, phone_from, phone_to, phone_number, lead_number, duration, cost,
      price_unit, status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data)::text
    FROM calls
    UNION ALL SELECT 'phone ' || (workspace_id, phone_number, is_primary)::text FROM workspace_phones
    UNION ALL SELECT 'run ' || (id, kind, state, started_at, finished_at, period_start, period_end, total_calls,
      error)::text FROM sync_runs
    UNION ALL SELECT 'hole ' || (period_start, period_end)::text FROM sync_holes
    UNION ALL SELECT 'covered ' || covered_until FROM sync_state
    UNION ALL SELECT 'unsettled ' || (call_id, call_date, asked_at, given_up_at, gone_at)::text
    FROM unsettled_calls
    UNION ALL SELECT DISTINCT 'seen ' || line FROM seen
    ORDER BY 1
    """

  private static let watch = [
    "CREATE TABLE seen (line TEXT)",
    """
    CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.seen SELECT concat_ws(' ', name, setting) FROM pg_settings WHERE name IN
        ('search_path', 'transaction_isolation', 'statement_timeout', 'lock_timeout', 'synchronous_commit',
        'idle_in_transaction_session_timeout', 'session_replication_role', 'row_security', 'TimeZone');
      RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER look BEFORE INSERT OR UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION look()",
  ]

  private func written(after leavings: String, isPooled: Bool) async throws -> [String] {
    var lines: [String] = []
    try await PostgresCluster.shared().withDatabase(template: .migrated) { database in
      let administrator = database.pool(direct: true)
      for statement in Self.watch { try await administrator.run(statement) }
      try await withShared(leavings, isPooled: isPooled, in: database) { pool in
        let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
        try await store.check()
        try await WholeService(store: store).run()
        let odd = makeRing(makeSID(9), from: "sip:josé\\'@example.com", endedAt: at("09:30"))
        let fence = try await store.begin(.hourly, requestedBy: "test", now: at("12:30"))
        _ = try await store.commit(IntakePage(calls: [odd], readAt: at("12:30")), fence: fence)
        _ = try await store.pageFigures(now: at("12:30"))
      }
      lines = try await administrator.lines(Self.contents)
    }
    return lines
  }

  @Test("A whole run writes the same into our tables, with the same settings", arguments: ways)
  func runs(isPooled: Bool) async throws {
    let expected = try await written(after: "SELECT 1", isPooled: isPooled)
    #expect(
      expected.contains { $0.contains("josé") } && expected.contains("seen search_path public, pg_temp"))
    for leavings in Self.leavings {
      let found = try await written(after: leavings, isPooled: isPooled)
      #expect(found == expected, "\(leavings)")
    }
  }

  @Test("A migration makes the same of our tables", arguments: ways)
  func migrations(isPooled: Bool) async throws {
    var expected: [String] = []
    for leavings in ["SELECT 1"] + Self.leavings {
      try await PostgresCluster.shared().withDatabase { database in
        let administrator = database.pool(direct: true)
        try await OlderDatabase.make(on: administrator)
        try await administrator.run("UPDATE calls SET call_date = '2026-01-01Z' WHERE source = 'elevenlabs'")
        try await withShared(leavings, isPooled: isPooled, likes: "", in: database) { pool in
          let applied = try await makeMigrator(pool).run()
          #expect(applied == everyMigration, "\(leavings)")
        }
        // A temporary table lives as long as the session.
        let state = try await AdoptedState(of: administrator).lines.filter { !$0.hasPrefix("pg_temp") }
        if expected.isEmpty { expected = state }
        expectSame(state, expected, "\(leavings)")
      }
    }
  }

  @Test(
    "An empty database gets all of its tables, whatever temporary ones of their names are there",
    arguments: ways)
  func emptyDatabase(isPooled: Bool) async throws {
    var expected: [String] = []
    let names = [
      "workspaces", "workspace_phones", "calls", "schema_migrations", "sync_leases", "sync_runs",
      "sync_state",
      "sync_slices", "sync_alerts",
    ]
    for name in ["unlike"] + names {
      try await PostgresCluster.shared().withDatabase { database in
        try await withShared("CREATE TEMPORARY TABLE \(name) (id INTEGER)", isPooled: isPooled, in: database)
        {
          pool in
          #expect(try await makeMigrator(pool).run() == everyMigration, "\(name)")
          try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).check()
        }
        let tables = try await database.pool(direct: true).lines(
          "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        if expected.isEmpty { expected = tables }
        #expect(tables == expected && tables.count >= names.count, "\(name)")
      }
    }
  }

  @Test("What the operators configured for database or role holds, and whether they let it be written to")
  func configured() async throws {
    try await withStore { fixture in
      let name = try #require(try await fixture.pool.line("SELECT current_database()"))
      let pool = fixture.database.pool { $0.maximumConnections = 1 }
      try await fixture.pool.run(
        "ALTER DATABASE \(name) SET synchronous_commit = remote_write",
        "ALTER DATABASE \(name) SET statement_timeout = '3s'")
      await pool.close()
      let later = fixture.database.pool(direct: true)
      let shown = try await later.withTransaction(
        PostgresSettings(lockMilliseconds: 5),
        opening: [
          PostgresStatement(
            """
            SELECT concat_ws(' ', current_setting('synchronous_commit'), current_setting('statement_timeout'),
              current_setting('lock_timeout'), current_setting('transaction_read_only'))
            """)
        ]
      ) { try $0.opening[0].rows[0].text(0) }
      #expect(shown == "remote_write 35s 5ms off")
      try await fixture.pool.run("ALTER DATABASE \(name) SET default_transaction_read_only = on")
      let closed = CallStore(
        pool: fixture.database.pool(direct: true), defaultWorkspace: WorkspaceID(1))
      let error = await #expect(throws: RunFailure.self) { try await closed.check() }
      #expect(error?.kind == .database(.readOnly))
      // It can still be looked at.
      #expect(try await closed.runs(limit: 5).count == 1)
    }
  }
}

extension Array where Element: Sendable {
  fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { try await values.append(transform(element)) }
    return values
  }
}
