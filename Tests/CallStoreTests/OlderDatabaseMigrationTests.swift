import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Adopting the older database", .keepsFailedDatabases)
struct LegacyMigrationTests {
  private func withLegacy(_ body: (PostgresTestDatabase, PostgresPool) async throws -> Void) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      try await body(database, pool)
    }
  }

  @Test("Nothing that others read is lost or changed")
  func keepsEverything() async throws {
    try await withLegacy { _, pool in
      let before = try await OlderDatabase.contents(pool)
      #expect(try await makeMigrator(pool).run() == everyMigration)
      #expect(try await OlderDatabase.contents(pool) == before)
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      try await store.check()
    }
  }

  /// The new columns of the row with this number.
  private func converted(_ number: Int, _ pool: PostgresPool) async throws -> String? {
    try await pool.line(
      """
      SELECT concat_ws('|', workspace_id, direction, coalesce(phone_number, '-'), lead_number,
        coalesce(cost::text, '-'), price_unit, coalesce((ended_at AT TIME ZONE 'UTC')::text, '-'),
        effective_at AT TIME ZONE 'UTC', coalesce(twilio_updated_at::text, '-'))
      FROM calls WHERE id = $1
      """, [.text(makeSID(number).text)])
  }

  @Test("The new columns of older rows are filled from raw_data")
  func backfill() async throws {
    try await withLegacy { _, pool in
      _ = try await makeMigrator(pool).run()
      let lead = "+34600000022"
      let expected = [
        6: "4|outbound-api|+34910000004|\(lead)|0.0560|USD|2025-09-01 08:07:01|2025-09-01 08:07:01|-",
        7: "5|outbound-api|+34910000004|\(lead)|-|USD|2025-09-01 08:08:01|2025-09-01 08:08:01|-",
        8: "6|trunking-terminating|+34910000005|\(lead)|0.0560|USD|2025-09-01 08:09:01|2025-09-01 08:09:01|-",
        9: "4|trunking-originating|-|\(lead)|0.0560|USD|2025-09-01 08:10:01|2025-09-01 08:10:01|-",
        // The call date was made up: it must not serve as a real time.
        11: "6|outbound-api|+34910000004|\(lead)|0.0560|USD|-|1970-01-01 00:00:00|-",
      ]
      for (number, row) in expected { #expect(try await converted(number, pool) == row) }
      #expect(
        try await pool.line(
          """
          SELECT count(*) FROM calls WHERE source = 'elevenlabs' AND (direction IS NOT NULL
            OR phone_number IS NOT NULL OR lead_number IS NOT NULL OR effective_at IS NOT NULL
            OR ended_at IS NOT NULL OR price_unit IS NOT NULL OR cost IS DISTINCT FROM 0)
          """) == "0")
    }
  }

  @Test("The planner knows the new columns at once")
  func analyzed() async throws {
    try await withLegacy { _, pool in
      let known = "SELECT count(*) FROM pg_stats WHERE tablename = 'calls' AND attname = 'effective_at'"
      #expect(try await pool.line(known) == "0")
      _ = try await makeMigrator(pool).run()
      #expect(try await pool.line(known) == "1")
    }
  }

  @Test("A role that may convert rows and not analyze the table goes on all the same")
  func notAnalyzed() async throws {
    try await withLegacy { database, pool in
      _ = try await makeMigrator(pool).run()
      let role = "converter_\(database.name)"
      try await pool.run(
        "DELETE FROM pg_statistic WHERE starelid = 'calls'::regclass",
        "DELETE FROM schema_migrations WHERE version = 5", "UPDATE calls SET effective_at = NULL",
        "CREATE ROLE \(role) LOGIN BYPASSRLS",
        // All of them would be MAINTAIN as well, from PostgreSQL 17 on.
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(role)")
      let cluster = try await PostgresCluster.shared()
      let conninfo = cluster.conninfo(database: database.name, user: role)
      let converter = database.pool { $0.connectionString = conninfo }
      #expect(try await makeMigrator(converter).run() == [5])
      let analyzed = "SELECT count(*) FROM pg_stats WHERE tablename = 'calls'"
      #expect(try await pool.line(analyzed) == "0")
    }
  }

  @Test("Once read again a row is like any other, and decides transfers by its real time")
  func readAgain() async throws {
    try await withLegacy { _, pool in
      _ = try await makeMigrator(pool).run()
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      let fence = try await store.begin(.historical, requestedBy: "test", now: at("12:00"))
      let transfer = makeTransfer(
        makeSID(9), from: "0034600000022", endTime: makeTime("2025-09-01T08:10:01Z"))
      let outcome = try await store.commit(IntakePage(calls: [transfer], readAt: at("12:00")), fence: fence)
      #expect(outcome.transfers == [makeSID(9): true])
      #expect(
        try await pool.line(
          "SELECT concat_ws(' ', workspace_id, phone_number, raw_data->>'extra') FROM calls WHERE id = $1",
          [.text(makeSID(9).text)]) == "5 +34910000005 9")
    }
  }

  @Test("Unsettled calls of the last 14 days are asked for again, older ones are not")
  func watch() async throws {
    try await withLegacy { _, pool in
      _ = try await makeMigrator(pool, now: makeTime("2025-09-15T10:00:00Z")).run()
      // Every sixth call has no price; those after 10:00 on 1 September are young.
      let young = (1...OlderDatabase.twilioCalls).filter { $0 % 6 == 1 && $0 > 120 }
      #expect(
        try await pool.lines("SELECT call_id FROM unsettled_calls ORDER BY 1")
          == young.map { makeSID($0).text }.sorted())
    }
  }

  @Test("The missing default workspace is created with a placeholder, and the next one gets a free id")
  func defaultWorkspace() async throws {
    try await withLegacy { _, pool in
      try await pool.run("SELECT setval('workspaces_id_seq', 3)")
      let events = Events()
      _ = try await makeMigrator(pool, onEvent: events.append).run()
      #expect(events.all.contains(.createdDefaultWorkspace(WorkspaceID(1))))
      #expect(
        try await pool.line("SELECT name || ' ' || phone_number FROM workspaces WHERE id = 1")
          == "Sin asignar default:1")
      #expect(
        try await pool.line(
          "INSERT INTO workspaces (name, phone_number) VALUES ('siete', '+34910000007') RETURNING id") == "7")
    }
  }

  @Test("A sequence that is ahead of all rows stays where it is")
  func sequenceStays() async throws {
    try await withLegacy { _, pool in
      try await pool.run("SELECT setval('workspaces_id_seq', 41)")
      _ = try await makeMigrator(pool).run()
      #expect(
        try await pool.line(
          "INSERT INTO workspaces (name, phone_number) VALUES ('siete', '+34910000007') RETURNING id") == "42"
      )
    }
  }

  @Test("A view on cost is named and keeps its type; everything else goes on")
  func viewOnCost() async throws {
    try await withLegacy { _, pool in
      try await pool.run("CREATE VIEW costs AS SELECT id, cost FROM calls")
      let events = Events()
      #expect(try await makeMigrator(pool, onEvent: events.append).run() == everyMigration)
      #expect(events.all.contains(.costKeptNarrow(dependents: ["view costs"])))
      #expect(try await converted(6, pool)?.contains("|0.0560|USD|2025-09-01") == true)
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      try await store.check()
    }
  }

  @Test(
    "Whatever stands on cost is named and keeps its type; everything else goes on",
    arguments: [
      ("CREATE MATERIALIZED VIEW costs AS SELECT cost FROM calls", "view costs"),
      ("CREATE POLICY dear ON calls USING (cost < 1)", "policy dear on table calls"),
      (
        "ALTER TABLE calls ADD cents NUMERIC GENERATED ALWAYS AS (cost * 100) STORED",
        "column cents of table calls"
      ),
      (
        "CREATE FUNCTION costs() RETURNS numeric LANGUAGE sql BEGIN ATOMIC SELECT sum(cost) FROM calls; END",
        "function costs()"
      ),
      (
        "CREATE PUBLICATION dear FOR TABLE calls WHERE (cost > 1) WITH (publish = 'insert')", "publication of"
      ),
      (
        "CREATE TRIGGER priced AFTER UPDATE OF cost ON calls FOR EACH ROW EXECUTE FUNCTION note()",
        "trigger priced"
      ),
      (
        "CREATE TRIGGER dear AFTER INSERT ON calls FOR EACH ROW WHEN (NEW.cost > 1) EXECUTE FUNCTION note()",
        "trigger dear on table calls"
      ),
    ])
  func onCost(statement: String, description: String) async throws {
    try await withLegacy { _, pool in
      try await pool.run(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        // These do not forbid it.
        "CREATE INDEX by_cost ON calls (cost)", "ALTER TABLE calls ADD CHECK (cost < 1000000)",
        "ALTER TABLE calls ALTER cost SET DEFAULT 0", "CREATE STATISTICS dear ON cost, duration FROM calls",
        statement)
      let events = Events()
      #expect(try await makeMigrator(pool, onEvent: events.append).run() == everyMigration)
      let dependents = events.all.compactMap {
        if case .costKeptNarrow(let names) = $0 { names } else { nil }
      }
      #expect(dependents.count == 1 && dependents.first?.count == 1)
      #expect(dependents.first?.first?.contains(description) == true, "\(dependents)")
      try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).check()
    }
  }

  @Test("A view on other columns does not stand in the way of exact costs")
  func viewElsewhere() async throws {
    try await withLegacy { _, pool in
      try await pool.run("CREATE VIEW numbers AS SELECT id, phone_from FROM calls")
      let events = Events()
      _ = try await makeMigrator(pool, onEvent: events.append).run()
      #expect(!events.all.contains { if case .costKeptNarrow = $0 { true } else { false } })
      #expect(
        try await pool.line(
          "SELECT atttypmod FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost'")
          == "-1")
    }
  }

  @Test("A conversion that was cut off goes on with the rows that are left")
  func backfillGoesOn() async throws {
    try await withLegacy { _, pool in
      try await pool.run(
        "DROP TABLE twilio_snapshots",
        """
        INSERT INTO calls (id, source, phone_from, phone_to, raw_data)
        SELECT 'CAf' || lpad(to_hex(n), 31, '0'), 'twilio', '+34910000004', '+34600000022',
          '{"direction": "outbound-api", "startTime": "2025-09-01T08:00:00.000Z"}'
        FROM generate_series(1, 2200) n
        """,
        // The connection is terminated with the 1,500th row of all attempts.
        "CREATE SEQUENCE conversions",
        """
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF nextval('conversions') = 1500 THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
            PERFORM pg_sleep(60);
          END IF;
          RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER cut BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION cut()")
      let error = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(error?.kind == .database(.unreachable))
      let left = "SELECT count(*) FROM calls WHERE id LIKE 'CAf%' AND effective_at IS NULL"
      #expect(try await pool.line(left) == "1500")
      let events = Events()
      #expect(try await makeMigrator(pool, onEvent: events.append).run() == everyMigration.filter { $0 >= 5 })
      #expect(try await pool.line(left) == "0")
      // The 50 inbound calls before them have nothing to be told by, and are read once more.
      #expect(events.all.contains(.converted(rows: 1550)))
    }
  }
}

/// Everything that a migration told.
final class Events: Sendable {
  private let told = Mutex<[Migrator.Event]>([])

  var all: [Migrator.Event] { told.withLock { $0 } }

  var applied: [Int] {
    all.compactMap { if case .applying(let version, _) = $0 { version } else { nil } }
  }

  @Sendable func append(_ event: Migrator.Event) {
    told.withLock { $0.append(event) }
  }
}
