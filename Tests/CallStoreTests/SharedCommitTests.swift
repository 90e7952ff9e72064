import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

// New calls are inserted before their commit has its turn; several pages are then in the table at once, and
// none of them is committed.
@Suite("Pages that are inserted side by side", .timeLimit(.minutes(2)), .keepsFailedDatabases)
struct SharedCommitTests {
  private let ring = makeRing(makeSID(2), of: 6, endedAt: at("09:55"))
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))

  @Test("A transfer and the call that explains it find one another, whichever has its turn first")
  func findOneAnother() async throws {
    try await withTurn { fixture, commit, release in
      let first = commit([ring])
      try await waiting(1, on: fixture)
      let second = commit([transfer, makeRing(makeSID(3), to: "+34600000044", endedAt: at("09:00"))])
      try await waiting(2, on: fixture)
      try await release()
      _ = try await (first.value, second.value)
      #expect(try await fixture.decision(transfer.sid) == Decision(6, StoreFixture.own(6)))
    }
  }

  @Test("A commit that holds the lock alone meets none of their rows, so nobody waits in a circle")
  func noCircle() async throws {
    try await withTurn { fixture, commit, release in
      let drafted = commit([ring])
      try await waiting(1, on: fixture)
      // A store that knows no directory yet makes no draft.
      let other = CallStore(pool: fixture.servicePool, defaultWorkspace: WorkspaceID(1))
      var changed = ring
      changed.dateUpdated = at("11:00")
      changed.price = Price("-0.1")
      let page = IntakePage(calls: [changed], readAt: at("12:00"))
      let merged = Task { try await other.commit(page, fence: fixture.fence) }
      try await waiting(2, on: fixture)
      try await release()
      #expect(try await drafted.value.changed == [ring.sid])
      #expect(try await merged.value.changed == [ring.sid])
      #expect(try await cost(of: ring, fixture) == "0.1")
      #expect(
        try await fixture.pool.line(
          "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == "0")
    }
  }

  @Test("Of two that bring the same call one is inserted and the other merged with it")
  func sameCall() async throws {
    try await withTurn { fixture, commit, release in
      var older = ring
      older.price = nil
      older.dateUpdated = at("08:00")
      let first = commit([older])
      try await waiting(1, on: fixture)
      let second = commit([ring, makeRing(makeSID(1), endedAt: at("09:00"))])
      try await waiting(2, on: fixture)
      try await release()
      #expect(try await first.value.changed == [ring.sid])
      #expect(try await second.value.changed == [ring.sid, makeSID(1)])
      #expect(try await cost(of: ring, fixture) == ring.price?.magnitude)
    }
  }

  /// Runs `body` while somebody else has the turn: with a function that begins to commit a page, for which
  /// the store makes a draft, and one that gives the turn back.
  private func withTurn(
    _ body: (
      StoreFixture, _ commit: ([Call]) -> Task<PageOutcome, any Error>, _ release: () async throws -> Void
    ) async throws -> Void
  ) async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(999), to: "+34600000033", endedAt: at("09:00"))])
      let release = Signal()
      let isHeld = Signal()
      let holder = Task {
        try await fixture.pool.withTransaction(opening: [Self.turn]) { transaction in
          isHeld.raise()
          await release.wait()
          try await transaction.commit()
          return
        }
      }
      await isHeld.wait()
      try await body(
        fixture,
        { calls in
          let page = IntakePage(calls: calls, readAt: at("12:00"))
          return Task { try await fixture.store.commit(page, fence: fixture.fence) }
        },
        {
          release.raise()
          try await holder.value
        })
    }
  }

  private func cost(of call: Call, _ fixture: StoreFixture) async throws -> String? {
    try await fixture.pool.line("SELECT cost::text FROM calls WHERE id = $1", [.text(call.sid.text)])
  }

  /// Until so many sessions wait for a lock.
  private func waiting(_ count: Int, on fixture: StoreFixture) async throws {
    let blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    while try await fixture.pool.line("\(blocked) AND wait_event_type = 'Lock'") != "\(count)" {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private static let turn = PostgresStatement("SELECT pg_advisory_xact_lock(7234160283747)")
}
