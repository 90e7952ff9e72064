import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Through PgBouncer in transaction mode", .keepsFailedDatabases)
struct PooledAdoptionTests {
  @Test("An older database is migrated, taken in by several writers, and reattributed")
  func adoption() async throws {
    _ = try await PostgresCluster.shared().bouncer()
    try await withLegacy { direct in
      let before = try await LegacySnapshot(of: direct.pool)
      let pool = PostgresPool(PostgresConfiguration(direct.database.pooledConninfo))
      let adoption = Adoption(legacy: direct.legacy, database: direct.database, pool: pool, servicePool: pool)
      try await adoption.migrate()
      #expect(try await LegacySnapshot(of: direct.pool).tables == before.tables)
      let directory = try await direct.directory()
      let calls = adoption.legacy.calls.map(\.current)
      try await commit(calls, on: direct.database)
      let rows = plainOutcome(calls, directory: directory).rows
      let expected = rows.map { "\($0.text) \($1.workspace.number) \($1.phoneNumber ?? "-")" }
      expectSame(
        try await direct.pool.lines(
          """
          SELECT concat_ws(' ', id, workspace_id, coalesce(phone_number, '-')) FROM calls
          WHERE source = 'twilio' AND direction <> 'inbound'
          """), expected, "attribution")
      await pool.close(grace: .zero)
    }
  }

  // More writers than the pooler has connections to the server.
  private func commit(_ calls: [Call], on database: PostgresTestDatabase) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, kind) in RunKind.allCases.enumerated() {
        let part = stride(from: number, to: calls.count, by: 3).map { calls[$0] }
        let pool = PostgresPool(PostgresConfiguration(database.pooledConninfo))
        let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
        group.addTask {
          let fence = try await store.begin(kind, requestedBy: "test", now: LegacyDatabase.now)
          for start in stride(from: 0, to: part.count, by: 200) {
            let page = Array(part[start..<min(start + 200, part.count)])
            _ = try await store.commit(IntakePage(calls: page, readAt: LegacyDatabase.now), fence: fence)
            try await store.renew(fence, counts: RunCounts())
          }
          let second = await #expect(throws: RunFailure.self) {
            try await store.begin(kind, requestedBy: "test", now: LegacyDatabase.now)
          }
          #expect(second?.kind == .alreadyRunning)
          try await store.finish(
            SyncRun(
              id: fence.run, kind: kind, state: .succeeded, startedAt: LegacyDatabase.now,
              requestedBy: "test"),
            fence: fence)
          await pool.close(grace: .zero)
        }
      }
      try await group.waitForAll()
    }
  }
}
