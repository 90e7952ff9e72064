import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("A page whose process is killed in the middle", .keepsFailedDatabases)
struct CutCommitTests {
  /// A page that gives every statement something to do: a new number, calls of all cases, a stored transfer
  /// that changes hands, a call that settles and one that does not.
  private static let page = IntakePage(
    calls: [
      makeRing(makeSID(1), from: "+34910000099", endedAt: at("09:55")),
      makeTransfer(makeSID(2), from: "+34600000023", endTime: at("10:00")),
      makeCall(makeSID(3), status: .inProgress, duration: nil, endTime: nil, price: nil),
      makeCall(makeSID(4)),
    ],
    readAt: at("12:00"), marks: [.coveredUntil(at("12:00"))])

  @Test("Between any two statements it leaves nothing; after COMMIT it leaves all")
  func everyStatement() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        makeTransfer(makeSID(5), endTime: at("10:00")),
        makeCall(makeSID(4), status: .inProgress, duration: nil, endTime: nil, price: nil),
      ])
      // A row without an owner, to be claimed.
      try await fixture.pool.run(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (NULL, '+34910000001')")
      let cutter = try fixture.database.cutter()
      let store = CallStore(pool: fixture.database.pool(through: cutter), defaultWorkspace: WorkspaceID(1))
      let before = try await state(of: fixture)
      var states: [[String]] = []
      while true {
        cutter.cut(afterStatements: states.count, forGood: true)
        let error = await #expect(throws: RunFailure.self) {
          _ = try await store.commit(Self.page, fence: fixture.fence)
        }
        try #require(cutter.mend() && error?.kind == .database(.unreachable))
        states.append(try await state(of: fixture))
        if states.last != before { break }
        try #require(states.count <= IntakePlan.mostStatements)
      }
      cutter.close()
      print("a page of \(states.count - 1) statements was cut off after each of them")
      // Its last statement is COMMIT: what it left is what the same page leaves undisturbed.
      #expect(states.count - 1 == IntakePlan.mostStatements)
      try await fixture.commit(Self.page.calls, readAt: Self.page.readAt, marks: Self.page.marks)
      #expect(try await state(of: fixture) == states.last)
    }
  }

  /// All that a page writes. A pooler hangs up before the server has done what it was sent.
  private func state(of fixture: StoreFixture) async throws -> [String] {
    let working =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
    while try await fixture.pool.line("\(working) AND pid <> pg_backend_pid()") != "0" {
      try await Task.sleep(for: .milliseconds(2))
    }
    return try await fixture.stamps()
      + fixture.pool.lines("SELECT covered_until::text FROM sync_state")
  }
}
