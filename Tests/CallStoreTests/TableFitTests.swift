import CallDomain
import CallStore
import TestSupport
import Testing

@Suite("Types of an adopted database that refuse calls", .keepsFailedDatabases)
struct TableFitTests {
  @Test("Tables that migrate has made, and those of the older system, take every call")
  func fits() async throws {
    try await withStore { fixture in
      let inspection = try await fixture.store.inspect()
      #expect(inspection.misfits.isEmpty && inspection.encoding == "UTF8")
      #expect(inspection.findings(now: at("12:00")).filter { $0.check == "columnas" }.map(\.level) == [.ok])
    }
    try await PostgresCluster.shared().withDatabase { database in
      try await OlderDatabase.make(on: database.pool())
      let events = Events()
      _ = try await makeMigrator(database.pool(), onEvent: events.append).run()
      #expect(!events.all.contains { if case .misfit = $0 { true } else { false } })
    }
  }

  @Test(
    "A column of another type is named with the statement that mends it, by migrate and by doctor",
    arguments: [
      ("calls", "phone_from", "varchar(16)", "text"), ("calls", "duration", "smallint", "integer"),
      ("calls", "status", "word", "text"), ("calls", "direction", "char(20)", "text"),
      ("workspace_phones", "phone_number", "varchar(16)", "text"),
    ])
  func misfit(table: String, column: String, type: String, wanted: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(Migrator.dropViews, "CREATE TYPE word AS ENUM ('completed', 'busy')")
      try await fixture.pool.run(
        "ALTER TABLE \(table) ALTER \(column) TYPE \(type) USING \(column)::text::\(type)")
      let events = Events()
      _ = try await makeMigrator(fixture.pool, onEvent: events.append).run()
      let inspection = try await fixture.store.inspect()
      let misfit = try #require(inspection.misfits.first)
      #expect(inspection.misfits.count == 1 && misfit.column == "\(table).\(column)")
      #expect(events.all.contains(.misfit(misfit)))
      let isRead = ["duration", "status", "direction"].contains(column)
      #expect(
        misfit.remedy
          == (isRead ? Migrator.dropViews + " " : "")
          + "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(wanted);")
      #expect(inspection.hasViews)
      for statement in misfit.remedy.split(separator: ";") { try await fixture.pool.run(String(statement)) }
      #expect(try await fixture.store.inspect().misfits.isEmpty)
      _ = try await makeMigrator(fixture.pool).run()
      #expect(try await fixture.store.inspect().hasViews)
    }
  }
}

@Suite(
  "A database whose types or characters are not ours, when it is migrated or written", .keepsFailedDatabases)
struct TableMisuseTests {
  @Test("migrate warns of another encoding and goes on; of UTF8 it says nothing", arguments: ["LATIN1", nil])
  func encoding(name: String?) async throws {
    let template = PostgresTemplate(name == nil ? "bare" : "bare_latin", encoding: name) { _ in }
    try await PostgresCluster.shared().withDatabase(template: template) { database async throws in
      let events = Events()
      #expect(try await makeMigrator(database.pool(), onEvent: events.append).run() == everyMigration)
      #expect(events.encodings == [name].compactMap(\.self))
    }
  }

  // Of such a column nothing can be written, whatever the calls are.
  @Test("A run that meets an enum names the column and what mends it", arguments: ["status", "price_unit"])
  func wrongType(column: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        Migrator.dropViews, "CREATE TYPE word AS ENUM ('busy')",
        "ALTER TABLE calls ALTER \(column) TYPE word USING \(column)::text::word",
        // One that takes some calls only, beside it.
        "ALTER TABLE calls ALTER phone_from TYPE varchar(16)")
      let ring = makeRing(makeSID(1), endedAt: at("09:50"))
      let remedy = "ALTER TABLE calls ALTER COLUMN \(column) TYPE text;"
      for call in [ring, makeTransfer(makeSID(2), endTime: at("10:00"))] {
        let failure = await #expect(throws: RunFailure.self) { try await fixture.commit([call]) }
        #expect(failure?.kind == .database(.refused))
        #expect(
          failure?.message == """
            La columna calls.\(column) es word, y la base de datos rechaza lo que se escribe en ella. Ejecute como \
            dueño de las tablas «\(remedy)», después «twilio-sync migrate», y repita.
            """)
        #expect(failure?.cause?.contains("SQLSTATE 42804") == true, "\(failure?.cause ?? "")")
      }
      try await fixture.pool.run(remedy)
      #expect(try await fixture.commit([ring]).changed == [ring.sid])
    }
  }
}

extension Events {
  fileprivate var encodings: [String] {
    all.compactMap { event in if case .foreignEncoding(let encoding) = event { encoding } else { nil } }
  }
}

@Suite("Tables of our names that are not ours, or have lost their keys", .keepsFailedDatabases)
struct TableClaimTests {
  @Test(
    "Another program's table of one of our names is named, and nothing is changed",
    arguments: [
      ("sync_runs", "TABLE sync_runs (id bigint PRIMARY KEY, job text)"),
      ("sync_leases", "TABLE sync_leases (name text PRIMARY KEY)"),
      ("sync_state", "TABLE sync_state (state text)"),
      ("sync_holes", "VIEW sync_holes AS SELECT 1 AS period_start, 2 AS period_end, 3 AS recorded_at"),
      ("unsettled_calls", "TABLE unsettled_calls (call_id uuid)"),
      ("sync_slices", "TABLE sync_slices (n int)"),
      ("sync_alerts", "SEQUENCE sync_alerts"),
      ("twilio_billing_monthly", "VIEW twilio_billing_monthly AS SELECT 1 AS month, 2 AS cost"),
      ("twilio_calls_hourly", "TABLE twilio_calls_hourly (hour timestamptz)"),
      ("refused_calls", "TABLE refused_calls (call_id text)"),
      ("calls", "TABLE calls (id text PRIMARY KEY, caller text)"),
      ("workspaces", "TABLE workspaces (id uuid)"),
      ("workspace_phones", "TABLE workspace_phones (phone text)"),
      ("schema_migrations", "TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp)"),
    ])
  func foreign(table: String, definition: String) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await pool.run("CREATE \(definition)")
      let everything =
        "SELECT (relname, relkind, relrowsecurity, relnatts)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
      let before = try await pool.lines(everything)
      let fault = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(fault?.message.hasPrefix("\(table) del esquema public es de otro programa.") == true)
      #expect(fault?.message.contains("DATABASE_SCHEMA") == true)
      #expect(try await pool.lines(everything) == before)
      try await pool.run("CREATE SCHEMA twilio_sync")
      let apart = Migrator(
        pool: pool, schema: "twilio_sync", defaultWorkspace: WorkspaceID(1), token: 7, now: { at("12:00") },
        sleep: { _ in try await Task.sleep(for: .seconds(3600)) })
      #expect(try await apart.run() == everyMigration)
      #expect(try await pool.lines(everything) == before)
    }
  }

  @Test("An older table of calls without a key gets advice that mends it, before anything is changed")
  func noKey() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      try await pool.run("ALTER TABLE calls DROP CONSTRAINT calls_pkey")
      let fault = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(
        fault?.message == """
          La tabla calls no tiene una clave única sobre id. Ejecute como su dueño \
          «CREATE UNIQUE INDEX CONCURRENTLY ON calls (id);» y repita.
          """)
      #expect(try await pool.line("SELECT to_regclass('schema_migrations') IS NULL") == "t")
      try await pool.run("CREATE UNIQUE INDEX CONCURRENTLY ON calls (id);")
      #expect(try await makeMigrator(pool).run() == everyMigration)
    }
  }

  @Test(
    "A table with partitions is named, and nothing is changed", arguments: ["RANGE (call_date)", "HASH (id)"])
  func partitioned(by partitions: String) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await pool.run(
        """
        CREATE TABLE calls (
          id text NOT NULL, workspace_id integer, source text NOT NULL, phone_from text, phone_to text,
          duration integer, cost numeric, status text, call_date timestamptz, raw_data jsonb, created_at timestamptz,
          PRIMARY KEY (id\(partitions.hasPrefix("RANGE") ? ", call_date" : ""))) PARTITION BY \(partitions)
        """)
      let fault = await #expect(throws: RunFailure.self) { try await makeMigrator(pool).run() }
      #expect(fault?.message.hasPrefix("La tabla calls está particionada") == true)
      #expect(try await pool.line("SELECT to_regclass('schema_migrations') IS NULL") == "t")
    }
  }

  @Test(
    "A key that was dropped later makes check say so, with the statement that mends it",
    arguments: [
      ("calls", "id"), ("sync_leases", "kind"), ("unsettled_calls", "call_id"), ("refused_calls", "call_id"),
      ("workspaces", "id"),
    ])
  func dropped(table: String, column: String) async throws {
    try await withStore { fixture in
      try await fixture.store.check()
      try await fixture.pool.run("ALTER TABLE \(table) DROP CONSTRAINT \(table)_pkey CASCADE")
      for work in [{ try await fixture.store.check() }, { _ = try await makeMigrator(fixture.pool).run() }] {
        let fault = await #expect(throws: RunFailure.self) { try await work() }
        #expect(fault?.kind == .database(.incompleteSchema))
        let remedy = fault?.message.firstMatch(of: /«(CREATE UNIQUE INDEX[^»]*)»/)?.1
        #expect(remedy == "CREATE UNIQUE INDEX CONCURRENTLY ON \(table) (\(column));")
      }
      try await fixture.pool.run("CREATE UNIQUE INDEX CONCURRENTLY ON \(table) (\(column))")
      try await fixture.store.check()
      #expect(try await makeMigrator(fixture.pool).run() == [])
    }
  }
}
