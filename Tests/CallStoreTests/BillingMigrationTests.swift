import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The views of the bill and the comments, when migrate makes them", .keepsFailedDatabases)
struct BillingMigrationTests {
  private static let permissions = """
    SELECT c.relname || ' ' || a.privilege_type || ' ' || a.grantee::regrole || ' ' || a.is_grantable
    FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname LIKE 'twilio\\_%' AND a.grantee <> c.relowner ORDER BY 1
    """
  private static let options =
    "SELECT relname || reloptions::text FROM pg_class WHERE relname LIKE 'twilio\\_%' AND relkind = 'v' ORDER BY 1"
  private static let secured = [
    "twilio_billing_monthly{security_invoker=true}", "twilio_calls_hourly{security_invoker=true}",
  ]

  private func role(_ name: String, on pool: PostgresPool) async throws {
    try await pool.run(
      "DO $$ BEGIN CREATE ROLE \(name); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
  }

  @Test("Missing ones are made and told, those that are there are left alone")
  func missing() async throws {
    try await withStore { fixture in
      #expect(try await fixture.pool.lines(Self.options) == Self.secured)
      let oids = "SELECT oid::bigint FROM pg_class WHERE relname LIKE 'twilio\\_%' ORDER BY relname"
      let before = try await fixture.pool.lines(oids)
      let quiet = Events()
      #expect(try await makeMigrator(fixture.pool, onEvent: quiet.append).run() == [])
      #expect(quiet.all == [])
      #expect(try await fixture.pool.lines(oids) == before)
      try await fixture.pool.run("DROP VIEW twilio_calls_hourly")
      #expect(try await !fixture.store.inspect().hasViews)
      let events = Events()
      #expect(try await makeMigrator(fixture.pool, onEvent: events.append).run() == [])
      #expect(events.all == [.madeViews])
      #expect(try await fixture.store.inspect().hasViews)
      #expect(try await fixture.pool.lines(oids).first == before.first)
    }
  }

  @Test("One that a reader could see more by is made anew, and what stands on it stays, with its permissions")
  func insecure() async throws {
    try await withStore { fixture in
      try await role("billing_reader", on: fixture.pool)
      try await fixture.pool.run(
        "CREATE VIEW mine AS SELECT month, cost FROM twilio_billing_monthly",
        "GRANT SELECT ON twilio_billing_monthly TO billing_reader WITH GRANT OPTION",
        "ALTER VIEW twilio_billing_monthly RESET (security_invoker)")
      let before = try await fixture.pool.lines(Self.permissions)
      let events = Events()
      _ = try await makeMigrator(fixture.pool, onEvent: events.append).run()
      #expect(events.all == [.madeViews])
      #expect(try await fixture.pool.lines(Self.options) == Self.secured)
      #expect(try await fixture.pool.lines(Self.permissions) == before)
      #expect(try await fixture.pool.lines("SELECT cost FROM mine") == [])
    }
  }

  @Test("They are found again in a schema whose name needs quotes")
  func quotedSchema() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await pool.run("CREATE SCHEMA \"Las llamadas\"")
      let events = Events()
      let migrator = Migrator(
        pool: pool, schema: "Las llamadas", defaultWorkspace: WorkspaceID(1), token: 7, now: { at("12:00") },
        sleep: { _ in try await Task.sleep(for: .seconds(3600)) }, onEvent: events.append)
      #expect(try await migrator.run() == everyMigration)
      #expect(try await migrator.run() == [])
      #expect(!events.all.contains(.madeViews))
      #expect(try await pool.lines("SELECT cost FROM \"Las llamadas\".twilio_billing_monthly") == [])
    }
  }

  @Test(
    "An older view of our name is made anew, out of the way of exact costs, and keeps its permissions alone")
  func older() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      for name in ["billing_reader", "billing_other"] { try await role(name, on: pool) }
      try await pool.run(
        """
        CREATE VIEW twilio_billing_monthly AS
        SELECT date_trunc('month', call_date) AS month, workspace_id, ''::text AS workspace_name,
          'USD'::text AS price_unit, count(*)::int AS calls, 0 AS answered, sum(duration) AS seconds,
          0 AS billable_minutes, sum(cost) AS cost, 0 AS unpriced
        FROM calls GROUP BY 1, 2
        """,
        "COMMENT ON VIEW twilio_billing_monthly IS 'old'",
        "GRANT SELECT ON twilio_billing_monthly TO billing_reader",
        "GRANT SELECT (month) ON twilio_billing_monthly TO billing_other",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO billing_other")
      let before = try await pool.lines(Self.permissions)
      let events = Events()
      #expect(try await makeMigrator(pool, onEvent: events.append).run() == everyMigration)
      #expect(!events.all.contains { if case .costKeptNarrow = $0 { true } else { false } })
      #expect(
        try await pool.line(
          "SELECT atttypmod FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost'")
          == "-1")
      let after = try await pool.lines(Self.permissions).filter { $0.hasPrefix("twilio_billing") }
      #expect(after == before.filter { $0.hasPrefix("twilio_billing") } && after.count == 1)
      #expect(
        try await pool.lines(
          "SELECT attname || attacl::text FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid = 'twilio_billing_monthly'::regclass"
        ) == ["month{billing_other=r/postgres}"])
      #expect(try await pool.lines(Self.options) == Self.secured)
      #expect(try await pool.line("SELECT sum(calls) > 0 FROM twilio_billing_monthly") == "t")
    }
  }

  @Test(
    "After the advice for a column that they read is followed, they are made again")
  func dependents() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      try await pool.run("CREATE VIEW costs AS SELECT cost FROM calls")
      _ = try await makeMigrator(pool).run()
      // As somebody follows the advice.
      for statement in [
        "DROP VIEW costs", Migrator.dropViews, "ALTER TABLE calls ALTER COLUMN cost TYPE NUMERIC",
      ] { try await pool.run(statement) }
      let events = Events()
      _ = try await makeMigrator(pool, onEvent: events.append).run()
      #expect(events.all == [.madeViews])
    }
  }

  @Test("A status that is an enum is read like a text")
  func enumeration() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      try await pool.run(
        """
        DO $$ BEGIN
          EXECUTE (SELECT 'CREATE TYPE word AS ENUM (' || string_agg(DISTINCT quote_literal(status), ', ') || ')'
            FROM calls);
        END $$
        """, "ALTER TABLE calls ALTER status TYPE word USING status::word")
      _ = try await makeMigrator(pool).run()
      #expect(
        try await pool.line(
          """
          SELECT (SELECT sum(answered) FROM twilio_billing_monthly) = count(*) FROM calls
          WHERE source = 'twilio' AND status = 'completed' AND duration > 0
            AND direction IN ('outbound-api', 'trunking-terminating', 'trunking-originating')
          """) == "t")
    }
  }

  private static let uncommented = """
    SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
      AND obj_description(c.oid, 'pg_class') IS NULL ORDER BY 1
    """

  @Test("Every table and view that migrate makes has a comment; that of somebody else stays")
  func comments() async throws {
    try await withStore { fixture async throws in
      #expect(try await fixture.pool.lines(Self.uncommented) == [])
    }
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      try await pool.run("COMMENT ON TABLE calls IS 'theirs'", "COMMENT ON COLUMN calls.cost IS 'too'")
      _ = try await makeMigrator(pool).run()
      #expect(try await pool.lines(Self.uncommented) == ["twilio_snapshots"])
      #expect(
        try await pool.lines(
          """
          SELECT description FROM pg_description WHERE objoid = 'calls'::regclass AND objsubid IN (0,
            (SELECT attnum FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost')) ORDER BY 1
          """) == ["theirs", "too"])
      #expect(
        try await pool.line(
          "SELECT count(*) > 10 FROM pg_description WHERE objoid = 'calls'::regclass AND objsubid > 0") == "t"
      )
    }
  }

  @Test("A database without letters for the comments goes without them")
  func cyrillic() async throws {
    let template = PostgresTemplate("bare_cyrillic", encoding: "WIN1251") { _ in }
    try await PostgresCluster.shared().withDatabase(template: template) { database async throws in
      #expect(try await makeMigrator(database.pool()).run() == everyMigration)
      #expect(try await database.pool().lines(Self.options) == Self.secured)
      #expect(try await makeMigrator(database.pool()).run() == [])
    }
  }

  @Test("doctor says that nobody fills the older system's sums, after two days, and names the view")
  func snapshots() async throws {
    func finding(_ store: CallStore, _ now: String) async throws -> Finding? {
      try await store.inspect().findings(now: makeTime(now)).first { $0.check == "twilio_snapshots" }
    }
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      _ = try await makeMigrator(pool).run()
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      try await pool.run(
        "DELETE FROM twilio_snapshots",
        "INSERT INTO twilio_snapshots (snapshot_date) VALUES ('2026-03-01 10:00Z')")
      #expect(try await finding(store, "2026-03-03T10:00:00Z") == nil)
      let told = try await finding(store, "2026-03-03T10:00:01Z")
      #expect(told?.level == .ok && told?.detail.contains("2026-03-01T10:00:00.000Z") == true)
      #expect(told?.detail.contains("la vista twilio_calls_hourly") == true)
      try await pool.run("UPDATE twilio_snapshots SET snapshot_date = '-infinity'")
      #expect(try await finding(store, "2026-03-03T10:00:00Z")?.detail.contains("no tiene filas") == true)
      for statement in [
        "ALTER TABLE twilio_snapshots ALTER snapshot_date TYPE date",
        "ALTER TABLE twilio_snapshots ALTER snapshot_date TYPE text", "DROP TABLE twilio_snapshots",
      ] {
        try await pool.run(statement)
        let told = try await finding(store, "2026-03-03T10:00:00Z")
        #expect((told == nil) == !statement.hasSuffix("date"))
      }
    }
  }
}
