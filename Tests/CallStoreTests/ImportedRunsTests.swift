import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Where sync_runs was imported with its ids, and its sequence was not", .keepsFailedDatabases)
struct ImportedRunsTests {
  private func importRuns(_ pool: PostgresPool) async throws {
    try await pool.run(
      """
      INSERT INTO sync_runs (id, kind, state, requested_by, started_at) OVERRIDING SYSTEM VALUE
      SELECT n, 'hourly', 'succeeded', 'import', '2026-02-01T00:00:00Z' FROM generate_series(1, 40) n
      """)
  }

  @Test("a run moves the sequence on and begins with the next id")
  func mended() async throws {
    try await withLimited { database in
      try await importRuns(database.pool)
      let store = CallStore(pool: database.pool, defaultWorkspace: WorkspaceID(1))
      let fence = try await store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      #expect(fence.run == RunID(41))
      #expect(try await store.begin(.historical, requestedBy: "test", now: at("12:00")).run == RunID(42))
      let runs = try await store.runs(limit: 3)
      #expect(runs.map(\.id) == [RunID(42), RunID(41), RunID(40)])
      #expect(runs.map(\.state) == [.running, .running, .succeeded])
    }
  }

  @Test("a role that may not use the sequence is told the statement that mends it, and holds no lease")
  func told() async throws {
    try await withLimited { database in
      try await importRuns(database.pool)
      let failure = await #expect(throws: RunFailure.self) {
        try await database.store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      }
      #expect(failure?.kind == .database(.refused))
      #expect(
        failure?.whatFailed == "La secuencia de sync_runs.id va por detrás de las filas de la tabla.")
      let statement = try #require(failure?.whatToDo?.firstMatch(of: /«(SELECT .*);»/)?.output.1)
      try await database.pool.run(String(statement))
      let fence = try await database.store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      #expect(fence.run == RunID(41))
    }
  }
}
