import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

// A page that follows one which changed nothing is looked at without the commit lock; what it changes after
// all must count all the same.
@Suite("A page that is stored as it came", .timeLimit(.minutes(2)), .keepsFailedDatabases)
struct UnchangedPageTests {
  private static let lock = PostgresStatement("SELECT pg_advisory_xact_lock(7234160283746)")

  private let page = [
    makeRing(makeSID(1), of: 5, endedAt: at("09:50")), makeTransfer(makeSID(2), endTime: at("10:00")),
    makeTransfer(makeSID(3), from: "+34600000099", endTime: at("10:00")),
  ]

  /// Runs `body` where the page is stored and the last page changed nothing.
  private func withUnchanged(
    lease: LeaseTerms = LeaseTerms(), _ body: (StoreFixture) async throws -> Void
  ) async throws {
    try await withStore(lease: lease) { fixture in
      try await fixture.commit(page)
      let again = try await fixture.commit(page)
      try #require(again.changed.isEmpty)
      try await body(fixture)
    }
  }

  @Test("It waits for nobody, writes only its marks and counts as ever")
  func withoutLock() async throws {
    try await withUnchanged { fixture in
      let before = try await fixture.stamps()
      try await fixture.pool.withTransaction(opening: [Self.lock]) { transaction in
        let outcome = try await fixture.commit(page, marks: [.coveredUntil(at("12:00"))])
        #expect(outcome.changed.isEmpty)
        #expect(outcome.transfers == [makeSID(2): true, makeSID(3): false])
        try await transaction.commit()
        return
      }
      #expect(try await fixture.stamps() == before)
      #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil == at("12:00"))
    }
  }

  @Test("A call that changed, one that is new and one that is no longer settled are merged as ever")
  func changedCalls() async throws {
    try await withUnchanged { fixture in
      var priced = page[0]
      priced.price = Price("-0.2")
      priced.dateUpdated = at("11:00")
      let nearer = makeRing(makeSID(4), of: 6, endedAt: at("09:59"))
      let open = makeCall(makeSID(5), status: .inProgress, duration: nil, endTime: nil, price: nil)
      let outcome = try await fixture.commit([priced, nearer, open])
      #expect(outcome.changed == [makeSID(1), makeSID(2), makeSID(4), makeSID(5)])
      #expect(try await fixture.decision(makeSID(2)) == Decision(6, StoreFixture.own(6)))
      #expect(try await fixture.pool.lines("SELECT call_id FROM unsettled_calls") == [makeSID(5).text])
    }
  }

  @Test("A number that was given to another workspace meanwhile decides, for its calls and their transfers")
  func directoryChanged() async throws {
    try await withUnchanged { fixture in
      try await fixture.pool.run(
        "UPDATE workspace_phones SET workspace_id = 6 WHERE phone_number = '\(StoreFixture.own(5))'")
      let outcome = try await fixture.commit([page[1]])
      #expect(outcome.changed == [makeSID(2)])
      #expect(try await fixture.decision(makeSID(2)) == Decision(6, StoreFixture.own(5)))
      try await fixture.commit(page)
      #expect(try await fixture.decision(makeSID(1)) == Decision(6, StoreFixture.own(5)))
    }
  }

  @Test("An older version of a transfer, which says less than what is stored, changes nothing")
  func olderVersion() async throws {
    try await withUnchanged { fixture in
      var older = page[1]
      older.endTime = nil
      older.dateUpdated = at("09:00")
      let before = try await fixture.stamps()
      #expect(try await fixture.commit([older]).changed.isEmpty)
      #expect(try await fixture.stamps() == before)
    }
  }

  @Test("A run that lost its lease meanwhile moves no mark")
  func leaseLost() async throws {
    try await withUnchanged(lease: LeaseTerms(seconds: 0)) { fixture in
      _ = try await fixture.store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      let failure = await #expect(throws: RunFailure.self) {
        try await fixture.commit(page, marks: [.coveredUntil(at("12:00"))])
      }
      #expect(failure?.kind == .leaseLost)
      #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil == nil)
    }
  }
}
