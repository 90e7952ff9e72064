import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("A newer program may know more kinds of runs", .keepsFailedDatabases)
struct OpenKindsTests {
  private static let insertAudit =
    "INSERT INTO sync_runs (kind, state, requested_by, started_at) VALUES ('survey', 'succeeded', 'new', now())"

  @Test("An existing database takes them once it is migrated, whatever its constraint is called")
  func existing() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      _ = try await makeMigrator(pool).run()
      try await pool.run(
        "ALTER TABLE sync_runs ADD CONSTRAINT \"Some name\" CHECK (kind IN ('hourly', 'historical'))",
        "ALTER TABLE sync_runs ADD CHECK (kind <> 'survey')",
        "DELETE FROM schema_migrations WHERE version = 14")
      await #expect(throws: PostgresError.self) { try await pool.run(Self.insertAudit) }
      #expect(try await makeMigrator(pool).run() == [14])
      try await pool.run(Self.insertAudit)
      let checks =
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'sync_runs'::regclass AND contype = 'c'"
      #expect(try await pool.lines(checks).count == 1)
      await #expect(throws: PostgresError.self) { try await pool.run("UPDATE sync_runs SET state = 'odd'") }
    }
  }

  @Test("The row of a kind's lease is made when the first run of the kind begins")
  func leases() async throws {
    try await withStore { fixture in
      let kinds = "SELECT kind FROM sync_leases ORDER BY kind"
      let before = try await fixture.pool.lines(kinds)
      #expect(before == ["hourly", "migrate"])
      let begun = await withTaskGroup(of: RunFence?.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try? await fixture.store.begin(.historical, requestedBy: "test", now: at("12:00"))
          }
        }
        return await group.reduce(into: []) { if let fence = $1 { $0.append(fence) } }
      }
      #expect(begun.count == 1)
      let after = try await fixture.pool.lines(kinds)
      #expect(after == ["historical", "hourly", "migrate"])
    }
  }

  @Test("Runs of a kind that this program does not know stand in nobody's way")
  func unknown() async throws {
    try await withStore { fixture in
      for _ in 1...3 { try await fixture.pool.run(Self.insertAudit) }
      let historical = try await fixture.store.begin(.historical, requestedBy: "test", now: at("12:00"))
      for _ in 1...3 { try await fixture.pool.run(Self.insertAudit) }
      let known = [historical.run, fixture.fence.run]
      #expect(try await fixture.store.runs(limit: 2).map(\.id) == known)
      #expect(try await fixture.store.runs(limit: 1, before: historical.run).map(\.id) == [known[1]])
      let newest = try #require(
        try await fixture.pool.line("SELECT max(id) FROM sync_runs").flatMap(Int64.init))
      #expect(try await fixture.store.run(RunID(newest)) == nil)
      #expect(try await fixture.store.status(now: at("12:00")).runs.count == 2)
      #expect(try await fixture.store.pageFigures(now: at("12:00")).runs.map(\.id) == known)
      try await fixture.store.check()
    }
  }
}
