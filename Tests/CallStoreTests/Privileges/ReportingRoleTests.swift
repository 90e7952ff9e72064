import CallDomain
import CallStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The role of scripts/reporting-role.sql", .keepsFailedDatabases)
struct ReportingRoleTests {
  private static let role = "twilio_reporting"
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts/reporting-role.sql")

  private func grant(
    in database: PostgresTestDatabase, calls: Bool = false, by conninfo: String? = nil
  ) async throws {
    let script = try String(contentsOf: Self.file, encoding: .utf8)
    try await LeastPrivilege.psql(
      (calls ? "\\set calls 1\n" : "") + script, in: conninfo ?? database.conninfo)
  }

  private func pool(_ database: PostgresTestDatabase, _ role: String) async throws -> PostgresPool {
    let conninfo = try await PostgresCluster.shared().conninfo(database: database.name, user: role)
    return database.pool(direct: true) { $0.connectionString = conninfo }
  }

  private func login(_ role: String, _ pool: PostgresPool) async throws {
    try await pool.run(
      "DO $$ BEGIN CREATE ROLE \(role) LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
  }

  private func fill(_ fixture: StoreFixture) async throws {
    try await fixture.commit([
      makeRing(makeSID(1), endedAt: at("10:00")), makeRing(makeSID(2), of: 5, endedAt: at("10:10")),
      makeTransfer(makeSID(3), endTime: at("10:20")),
    ])
    try await fixture.pool.run(
      "INSERT INTO calls (id, source, workspace_id) VALUES ('conv_1', 'elevenlabs', 4)")
  }

  private static let views = [
    "SELECT t::text FROM twilio_billing_monthly t ORDER BY 1",
    "SELECT t::text FROM twilio_calls_hourly t ORDER BY 1",
  ]

  private static func denied(_ statement: String, to pool: PostgresPool) async {
    let error = await #expect(throws: PostgresError.self, "\(statement)") { try await pool.run(statement) }
    #expect(error?.kind == .insufficientPrivilege, "\(statement): \(error?.cause ?? "")")
  }

  @Test("It reads what the views say under row level security, and changes nothing; the file may be repeated")
  func views() async throws {
    try await withStore { fixture in
      try await fill(fixture)
      for _ in 0..<2 { try await grant(in: fixture.database) }
      let reader = try await pool(fixture.database, Self.role)
      for view in Self.views {
        let all = try await fixture.pool.lines(view)
        #expect(!all.isEmpty)
        #expect(try await reader.lines(view) == all)
      }
      for statement in [
        "SELECT phone_to FROM calls", "SELECT phone_from FROM calls", "SELECT lead_number FROM calls",
        "SELECT raw_data FROM calls", "SELECT phone_number FROM calls", "SELECT id FROM calls",
        "SELECT * FROM calls",
        "SELECT FROM workspace_phones", "SELECT FROM sync_runs", "SELECT FROM call_moves",
        "SELECT FROM refused_calls",
        "INSERT INTO calls (id) VALUES ('x')", "UPDATE calls SET cost = 0", "DELETE FROM calls",
        "UPDATE workspaces SET name = 'x'", "CREATE TABLE mine (a int)", "SELECT c FROM calls c",
      ] { await Self.denied(statement, to: reader) }
      // The service goes on as before.
      try await fixture.store.check()
      #expect(try await makeMigrator(fixture.pool).run() == [])
    }
  }

  @Test(
    "If wished it reads the calls too, without leads' numbers and without those of another source; that is taken back"
  )
  func calls() async throws {
    try await withStore { fixture in
      try await fill(fixture)
      try await grant(in: fixture.database, calls: true)
      let reader = try await pool(fixture.database, Self.role)
      let query =
        "SELECT id || ' ' || coalesce(phone_number, '-') || ' ' || workspace_id FROM calls ORDER BY id"
      let own = { StoreFixture.own($0) }
      #expect(
        try await reader.lines(query) == [
          "\(makeSID(1).text) \(own(4)) 4", "\(makeSID(2).text) \(own(5)) 5",
          "\(makeSID(3).text) \(own(5)) 5",
        ])
      for column in ["phone_from", "phone_to", "lead_number", "raw_data"] {
        await Self.denied("SELECT \(column) FROM calls", to: reader)
      }
      try await grant(in: fixture.database)
      await Self.denied(query, to: reader)
      #expect(try await !reader.lines(Self.views[0]).isEmpty)
    }
  }

  @Test("An owner of the tables who may make no roles runs the file where the role is there")
  func owner() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let administrator = database.pool(direct: true)
      for role in [Self.role, "bi_owner"] { try await login(role, administrator) }
      try await administrator.run("ALTER SCHEMA public OWNER TO bi_owner")
      let conninfo = try await PostgresCluster.shared().conninfo(database: database.name, user: "bi_owner")
      _ = try await makeMigrator(pool(database, "bi_owner")).run()
      try await grant(in: database, by: conninfo)
      let reader = try await pool(database, Self.role)
      for view in Self.views { #expect(try await reader.lines(view) == []) }
    }
  }

  @Test("A role without it, with every permission, sees no row; one without permissions is refused")
  func without() async throws {
    try await withStore { fixture in
      try await fill(fixture)
      try await login("bi_blind", fixture.pool)
      let blind = try await pool(fixture.database, "bi_blind")
      for view in Self.views { await Self.denied(view, to: blind) }
      try await fixture.pool.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO bi_blind")
      for view in Self.views { #expect(try await blind.lines(view) == []) }
    }
  }

  @Test("anon, to which a provider grants all that is made, reads nothing by the views")
  func anonymous() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let owner = database.pool(direct: true)
      for role in ["anon", "authenticated"] {
        try await login(role, owner)
        try await owner.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO \(role)")
      }
      _ = try await makeMigrator(owner).run()
      try await owner.run(
        """
        INSERT INTO calls (id, source, workspace_id, direction, status, duration, cost, call_date)
        VALUES ('CA1', 'twilio', 1, 'outbound-api', 'completed', 61, 0.5, now())
        """)
      for role in ["anon", "authenticated"] {
        let visitor = try await pool(database, role)
        for view in Self.views {
          #expect(try await owner.lines(view).count == 1)
          #expect(try await visitor.lines(view) == [])
        }
        for statement in ["UPDATE twilio_billing_monthly SET calls = 0", "DELETE FROM twilio_calls_hourly"] {
          await #expect(throws: PostgresError.self) { try await visitor.run(statement) }
        }
      }
    }
  }

  @Test(
    "In an adopted database, where every row is open to all, it sees the same figures and no lead's number")
  func adopted() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let owner = database.pool(direct: true)
      try await OlderDatabase.make(on: owner)
      _ = try await makeMigrator(owner).run()
      try await grant(in: database, calls: true)
      let reader = try await pool(database, Self.role)
      for view in Self.views { #expect(try await reader.lines(view) == owner.lines(view)) }
      for column in ["phone_from", "phone_to", "lead_number", "raw_data"] {
        await Self.denied("SELECT \(column) FROM calls", to: reader)
      }
    }
  }
}
