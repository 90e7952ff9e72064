import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("A commit that froze while it was sending", .keepsFailedDatabases)
struct CommitLockRescueTests {
  /// The lock that every page commit takes, alone or, where it inserts new calls before its turn, with others.
  private static let commitLock = PostgresStatement("SELECT pg_advisory_xact_lock(7234160283746)")
  private static let sharedLock = PostgresStatement("SELECT pg_advisory_xact_lock_shared(7234160283746)")
  private static let lease = PostgresStatement("SELECT FROM sync_leases WHERE kind = 'hourly' FOR UPDATE")

  private func makeStore(_ fixture: StoreFixture, staleSeconds: Int) -> CallStore {
    CallStore(
      pool: fixture.servicePool, defaultWorkspace: WorkspaceID(1),
      lease: LeaseTerms(lockMilliseconds: 200, staleSeconds: staleSeconds))
  }

  @Test(
    "Who waits for it ends it, once it is older than any that lives, and goes on", arguments: [false, true])
  func ended(isShared: Bool) async throws {
    let lock = isShared ? Self.sharedLock : Self.commitLock
    try await withStore { fixture in
      let frozen = fixture.database.servicePool()
      let store = makeStore(fixture, staleSeconds: 0)
      let page = IntakePage(calls: [], readAt: at("12:00"), marks: [.coveredUntil(at("12:00"))])
      let error = await #expect(throws: PostgresError.self) {
        try await frozen.withTransaction(opening: [lock, Self.lease]) { transaction in
          _ = try await store.commit(page, fence: fixture.fence)
          _ = try await transaction.query(PostgresStatement("SELECT 1"))
          return
        }
      }
      #expect(error?.isUnavailable == true)
      let coverage = try await store.coverage(now: at("12:00"))
      #expect(coverage.coveredUntil == at("12:00"))
      await frozen.close()
    }
  }

  @Test("A commit that lives is waited for and not ended")
  func spared() async throws {
    try await withStore { fixture in
      let living = fixture.database.servicePool()
      let store = makeStore(fixture, staleSeconds: 3600)
      let page = IntakePage(calls: [], readAt: at("12:00"), marks: [.coveredUntil(at("12:00"))])
      try await living.withTransaction(opening: [Self.commitLock, Self.lease]) { transaction in
        let error = await #expect(throws: RunFailure.self) {
          _ = try await store.commit(page, fence: fixture.fence)
        }
        #expect(error?.kind == .database(.unreachable))
        _ = try await transaction.query(PostgresStatement("SELECT 1"))
        return
      }
      _ = try await store.commit(page, fence: fixture.fence)
      await living.close()
    }
  }
}
