import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Migrating without owning the tables", .keepsFailedDatabases)
struct ForeignMigrationTests {
  /// A database, the role that owns its tables and another that migrates.
  private struct Site {
    let database: PostgresTestDatabase
    let cluster: PostgresCluster
    let owner: String
    let tenant: String

    var pool: PostgresPool { database.pool(direct: true) }

    func conninfo(_ role: String) -> String { cluster.conninfo(database: database.name, user: role) }

    func pool(_ role: String) -> PostgresPool {
      database.pool(direct: true) { $0.connectionString = conninfo(role) }
    }
  }

  /// Migrates as one who does not own the tables, and has their owner run what that is told to hand on, until there
  /// is nothing left.
  ///
  /// - Parameter follow: What the owner does after that.
  /// - Returns: What the owner was given, and what the other applied in the end.
  private func migrate(
    _ tenant: PostgresPool, owner conninfo: String, follow: () async throws -> Void = {}
  ) async throws -> (scripts: [[String]], applied: [Int]) {
    var scripts: [[String]] = []
    while true {
      let script: [String]
      do throws(RunFailure) {
        return (scripts, try await makeMigrator(tenant).run())
      } catch {
        script = error.message.split(separator: "\n").dropFirst().map(String.init)
        try #require(error.kind == .database(.forbidden) && !script.isEmpty, "\(error)")
      }
      try #require(!scripts.contains(script), "the same again: \(script)")
      for line in script { #expect(line.hasSuffix(";") && !line.contains("--"), "\(line)") }
      scripts.append(script)
      try await LeastPrivilege.psql(script.joined(separator: "\n"), in: conninfo)
      try await follow()
    }
  }

  /// - Parameter isTenantTrusted: Whether the tenant sees and writes all rows, as Supabase's service role does.
  private func withSite(
    isTenantTrusted: Bool = true, tenant: String? = nil, _ body: (Site) async throws -> Void
  ) async throws {
    let cluster = try await PostgresCluster.shared()
    try await cluster.withDatabase { database in
      let site = Site(
        database: database, cluster: cluster, owner: "owner_\(database.name)",
        tenant: tenant ?? "tenant_\(database.name)")
      try await site.pool.run(
        "CREATE ROLE \(site.owner) LOGIN CREATEROLE",
        "GRANT ALL ON SCHEMA public TO \(site.owner) WITH GRANT OPTION",
        "GRANT ALL ON DATABASE \(database.name) TO \(site.owner) WITH GRANT OPTION")
      if let tenant {
        // The file's role is the cluster's, which another test may have made.
        try await site.pool.run(
          """
          DO $$ BEGIN CREATE ROLE \(tenant) LOGIN;
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
          """)
      } else {
        try await site.pool.run("CREATE ROLE \(site.tenant) LOGIN \(isTenantTrusted ? "BYPASSRLS" : "")")
        for kind in isTenantTrusted ? ["TABLES", "SEQUENCES"] : [] {
          try await site.pool.run(
            "ALTER DEFAULT PRIVILEGES FOR ROLE \(site.owner) GRANT ALL ON \(kind) TO \(site.tenant)")
        }
      }
      try await body(site)
    }
  }

  /// What it comes to where the owner migrates.
  private func expected(isOlder: Bool) async throws -> [String] {
    var lines: [String] = []
    try await withSite { site in
      let owner = site.pool(site.owner)
      if isOlder { try await OlderDatabase.make(on: owner) }
      _ = try await makeMigrator(owner).run()
      lines = try await contents(site)
    }
    return lines
  }

  private func contents(_ site: Site) async throws -> [String] {
    try await site.pool.lines(MigratorTests.structure)
      + site.pool.lines(
        "SELECT (to_jsonb(c) - 'created_at' - 'updated_at')::text FROM calls c WHERE source = 'twilio' ORDER BY id"
      )
  }

  @Test(
    "The owner runs what the other is told, and it goes on to the schema that the owner's own migration makes",
    arguments: [false, true])
  func untilDone(isOlder: Bool) async throws {
    let expected = try await expected(isOlder: isOlder)
    try await withSite { site in
      if isOlder { try await OlderDatabase.make(on: site.pool(site.owner)) }
      let (scripts, _) = try await migrate(site.pool(site.tenant), owner: site.conninfo(site.owner))
      print("handed on: \(scripts.map { $0.count - 1 }) lines")
      // Rows are converted in between.
      #expect((isOlder ? 2...3 : 1...1).contains(scripts.count))
      let contents = try await contents(site)
      #expect(contents == expected, "\(contents.difference(from: expected))")
      #expect(try await makeMigrator(site.pool(site.tenant)).run() == [])
      try await CallStore(pool: site.pool(site.tenant), defaultWorkspace: WorkspaceID(1)).check()
    }
  }

  @Test("The role of least-privilege.sql comes from an empty database to the end, too")
  func leastPrivilege() async throws {
    let expected = try await expected(isOlder: false)
    try await withSite(tenant: LeastPrivilege.role) { site in
      let (scripts, applied) = try await migrate(site.pool(site.tenant), owner: site.conninfo(site.owner)) {
        try await LeastPrivilege.grant(in: site.conninfo("postgres"))
      }
      #expect(scripts.count == 2 && applied.isEmpty)
      #expect(scripts.last?.contains { $0.contains("INSERT INTO workspaces") } == true)
      #expect(try await contents(site) == expected)
      try await CallStore(pool: site.pool(site.tenant), defaultWorkspace: WorkspaceID(1)).check()
    }
  }

  @Test(
    "That role upgrades a database of which any steps are not recorded yet", arguments: [1, 4, 6, 14, 17])
  func upgrade(from first: Int) async throws {
    try await withLimited { database in
      let before = try await database.pool.lines(MigratorTests.structure)
      let name = try #require(await database.pool.line("SELECT current_database()"))
      let conninfo = try await PostgresCluster.shared().conninfo(database: name)
      try await database.pool.run("DELETE FROM schema_migrations WHERE version >= \(first)")
      let (scripts, applied) = try await migrate(database.limited, owner: conninfo)
      #expect((1...4).contains(scripts.count) && applied.isEmpty)
      #expect(try await database.pool.lines(MigratorTests.structure) == before)
    }
  }

  @Test("That role hands the row of sync_state on where somebody deleted it")
  func stateRow() async throws {
    try await withLimited { database in
      let name = try #require(await database.pool.line("SELECT current_database()"))
      let conninfo = try await PostgresCluster.shared().conninfo(database: name)
      try await database.pool.run("DELETE FROM sync_state")
      let (scripts, applied) = try await migrate(database.limited, owner: conninfo)
      #expect(scripts.count == 1 && applied.isEmpty)
      #expect(scripts.first?.contains { $0.contains("INSERT INTO sync_state") } == true, "\(scripts)")
      let store = CallStore(pool: database.limited, defaultWorkspace: WorkspaceID(1))
      #expect(try await store.coverage(now: makeTime("2026-03-01T12:00:00Z")).coveredUntil == nil)
    }
  }

  @Test("A step that failed in the owner's hands is not recorded, and is handed on again with a broken index")
  func unfinished() async throws {
    try await withSite { site in
      let (owner, tenant) = (site.pool(site.owner), site.pool(site.tenant))
      func handedOn() async throws -> [String] {
        let error = await #expect(throws: RunFailure.self) { try await makeMigrator(tenant).run() }
        return (error?.message ?? "").split(separator: "\n").dropFirst().map(String.init)
      }
      func versions() async throws -> [String] {
        try await owner.lines("SELECT version::text FROM schema_migrations ORDER BY version")
      }
      try await OlderDatabase.make(on: owner)
      try await site.pool.run(
        """
        CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
          IF current_query() LIKE '%twilio_updated_at%' THEN RAISE EXCEPTION 'not now'; END IF;
        END $$
        """, "CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse()")
      // Pasted into psql, which goes on after an error.
      try await LeastPrivilege.psql(
        handedOn().joined(separator: "\n"), in: site.conninfo(site.owner), stopsAtError: false)
      try await site.pool.run("DROP EVENT TRIGGER refuse", "DROP FUNCTION refuse")
      #expect(try await versions() == ["1", "3", "4"])
      let second = try await handedOn()
      #expect(second.contains { $0.contains("twilio_updated_at") })
      try await LeastPrivilege.psql(second.joined(separator: "\n"), in: site.conninfo(site.owner))

      // A build that was cut off leaves an index that is not valid.
      let third = try await handedOn()
      try await site.pool.run(
        "CREATE INDEX calls_related ON calls (id)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'calls_related'::regclass")
      try await LeastPrivilege.psql(third.joined(separator: "\n"), in: site.conninfo(site.owner))
      let recorded = try await versions()
      #expect(!recorded.contains("6") && recorded.contains("7"))
      let (scripts, _) = try await migrate(tenant, owner: site.conninfo(site.owner))
      // The steps after the conversion of stored numbers, which is the tenant's, come in a script of their own.
      #expect(scripts.count == 2 && scripts.first?.contains("DROP INDEX IF EXISTS calls_related;") == true)
      #expect(try await owner.lines("SELECT indexrelid::text FROM pg_index WHERE NOT indisvalid").isEmpty)
    }
  }

  @Test("Whom row level security lets see nothing is told so, and nothing to run")
  func blind() async throws {
    try await withSite(isTenantTrusted: false) { site in
      try await site.pool.run("GRANT ALL ON SCHEMA public TO \(site.owner)")
      _ = try await makeMigrator(site.pool(site.owner)).run()
      for grant in [nil, "GRANT ALL ON ALL TABLES IN SCHEMA public TO \(site.tenant)"] {
        if let grant { try await site.pool.run(grant) }
        let error = await #expect(throws: RunFailure.self) {
          try await makeMigrator(site.pool(site.tenant)).run()
        }
        #expect(error?.kind == .database(.forbidden))
        #expect(error?.message.contains("Ejecute «twilio-sync migrate» como dueño de las tablas") == true)
        #expect(error?.message.contains("\n") == false)
      }
    }
  }
}
