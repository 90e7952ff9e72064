import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

// A page that follows one of which nothing was stored is made ready ahead, as if nothing of it were stored
// either; what it could not know then must count all the same.
@Suite("A page made ready before its transaction")
struct PageDraftTests {
  private func ring(_ number: Int, of workspace: Int = 4, to lead: String = StoreFixture.lead) -> Call {
    makeRing(makeSID(number), of: workspace, to: lead, endedAt: at("09:50").adding(seconds: number))
  }

  @Test("New calls, and a call that was stored meanwhile, are merged as ever")
  func storedMeanwhile() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring(1)])
      var older = ring(2)
      older.price = nil
      older.dateUpdated = at("08:00")
      let other = CallStore(pool: fixture.servicePool, defaultWorkspace: WorkspaceID(1))
      _ = try await other.commit(
        IntakePage(calls: [ring(2)], readAt: at("12:00")), fence: fixture.fence)
      let outcome = try await fixture.commit([older, ring(3)])
      #expect(outcome.changed == [makeSID(3)])
      #expect(
        try await fixture.pool.lines("SELECT coalesce(cost::text, 'none') FROM calls ORDER BY id")
          == ["0.05600", "0.05600", "0.05600"])
    }
  }

  @Test("A number that was given to another workspace meanwhile decides")
  func directoryChanged() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring(1)])
      try await fixture.pool.run(
        "UPDATE workspace_phones SET workspace_id = 6 WHERE phone_number = '\(StoreFixture.own(4))'")
      try await fixture.commit([ring(2)])
      #expect(try await fixture.decision(makeSID(2)) == Decision(6, StoreFixture.own(4)))
      try await fixture.commit([ring(3)])
      #expect(try await fixture.decision(makeSID(3)) == Decision(6, StoreFixture.own(4)))
    }
  }

  @Test("Another program's row with a call's id stays as it is, and the page is committed")
  func foreignRow() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring(1)])
      try await fixture.pool.run(
        "INSERT INTO calls (id, source, workspace_id) VALUES ('\(makeSID(2).text)', 'elevenlabs', 5)")
      try await fixture.commit([ring(2), ring(3)])
      #expect(
        try await fixture.pool.lines("SELECT source || ' ' || workspace_id FROM calls ORDER BY id")
          == ["twilio 4", "elevenlabs 5", "twilio 4"])
    }
  }

  @Test("A transfer and its related call on the same page, and on the page before and after")
  func transfers() async throws {
    try await withStore { fixture in
      let (here, later) = ("+34600000031", "+34600000032")
      try await fixture.commit([ring(1, of: 5)])
      try await fixture.commit([
        makeTransfer(makeSID(100)), ring(2, of: 6, to: here), makeTransfer(makeSID(101), from: here),
        makeTransfer(makeSID(102), from: later),
      ])
      #expect(try await fixture.decision(makeSID(100)) == Decision(5, StoreFixture.own(5)))
      #expect(try await fixture.decision(makeSID(101)) == Decision(6, StoreFixture.own(6)))
      #expect(try await fixture.decision(makeSID(102)) == Decision(1))
      try await fixture.age()
      let outcome = try await fixture.commit([ring(3, of: 4, to: later)])
      #expect(outcome.moves.count == 1)
      #expect(try await fixture.decision(makeSID(102)) == Decision(4, StoreFixture.own(4)))
    }
  }

  @Test("A run that lost its lease meanwhile writes nothing")
  func leaseLost() async throws {
    try await withStore(lease: LeaseTerms(seconds: 0)) { fixture in
      try await fixture.commit([ring(1)])
      _ = try await fixture.store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      let failure = await #expect(throws: RunFailure.self) { try await fixture.commit([ring(2)]) }
      #expect(failure?.kind == .leaseLost)
      #expect(try await fixture.pool.line("SELECT count(*) FROM calls") == "1")
    }
  }
}
