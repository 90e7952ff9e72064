import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("What audits found gone is noted in the rows that take it", .keepsFailedDatabases)
struct GoneNotesTests {
  /// Ended by 10:00, and after that.
  private let closed = makeRing(makeSID(1), endedAt: at("09:50"))
  private let open = makeRing(makeSID(2), endedAt: at("11:00"))
  private static let noted = "SELECT id FROM calls WHERE gone_at IS NOT NULL ORDER BY id"

  /// Has an audit find calls gone, each list on a day of its own, the oldest first.
  private func find(_ days: [[Call]], in fixture: StoreFixture) async throws {
    let fence = try await fixture.store.begin(.audit)
    for (index, calls) in days.enumerated() {
      let day = AuditDay(at("00:00").adding(hours: 24 * (index - days.count)).startOfDay)
      try await fixture.store.keep(
        AuditProgress(), verdicts: [day], gone: Set(calls.map(\.sid.text)), fence: fence)
    }
  }

  // One that keeps workspaces alone is in nobody's way.
  @Test(
    "A row that takes no change is left for the next time, the others are noted, each once",
    arguments: Closing.all)
  func refused(_ closing: Closing) async throws {
    try await withStore { fixture in
      try await fixture.commit([closed, open])
      for sql in closing.statements { try await fixture.pool.run(sql) }
      try await find([[closed, open]], in: fixture)
      let refuses = closing.testDescription != Closing.workspaceTrigger.testDescription
      for round in 0..<2 {
        let notes = try await fixture.store.noteGone(fence: fixture.fence)
        #expect(notes.noted == (round > 0 ? 0 : refuses ? 1 : 2) && notes.left == (refuses ? 1 : 0))
        #expect((notes.obstacle?.message.contains(closing.reason) ?? false) == refuses, "\(notes)")
        #expect((notes.obstacle?.cause != nil) == refuses)
        #expect(
          try await fixture.pool.lines(Self.noted)
            == (refuses ? [open.sid.text] : [closed.sid.text, open.sid.text]))
      }
      try await fixture.pool.run(
        "DROP TRIGGER IF EXISTS refuse ON calls", "ALTER TABLE calls DROP CONSTRAINT IF EXISTS late")
      let last = try await fixture.store.noteGone(fence: fixture.fence)
      #expect(last == GoneNotes(noted: refuses ? 1 : 0))
      #expect(try await fixture.pool.lines(Self.noted) == [closed.sid.text, open.sid.text])
      #expect(try await fixture.pool.line("SELECT count(*) FROM sync_audits WHERE gone_calls <> '{}'") == "0")
    }
  }

  @Test("A row that somebody has locked is not waited for, and noted once it is free")
  func locked() async throws {
    try await withStore { fixture in
      try await fixture.commit([closed, open])
      try await find([[closed, open]], in: fixture)
      try await fixture.pool.withTransaction(
        opening: [PostgresStatement("SELECT FROM calls WHERE id = $1 FOR UPDATE", [.text(closed.sid.text)])]
      ) { _ in
        let notes = try await fixture.store.noteGone(fence: fixture.fence)
        #expect(notes.noted == 1 && notes.left == 1 && notes.obstacle?.kind == .database(.busy))
      }
      #expect(try await fixture.store.noteGone(fence: fixture.fence) == GoneNotes(noted: 1))
      #expect(try await fixture.store.noteGone(fence: fixture.fence) == GoneNotes())
    }
  }

  @Test("However many old rows take no change, a newer one is noted")
  func many() async throws {
    try await withStore { fixture in
      let old = (0..<150).map { makeRing(makeSID(100 + $0), endedAt: at("09:00").adding(seconds: $0)) }
      try await fixture.commit(old + [open])
      for sql in Closing.all[1].statements { try await fixture.pool.run(sql) }
      try await find([old, [open]], in: fixture)
      let notes = try await fixture.store.noteGone(fence: fixture.fence)
      #expect(notes.noted == 1 && notes.left == 150)
      #expect(try await fixture.pool.lines(Self.noted) == [open.sid.text])
    }
  }

  @Test("A run that lost its lease notes nothing")
  func leaseLost() async throws {
    try await withStore { fixture in
      try await fixture.commit([open])
      try await find([[open]], in: fixture)
      let fence = RunFence(kind: .hourly, run: fixture.fence.run, token: 9)
      await #expect(throws: RunFailure.leaseLost) { try await fixture.store.noteGone(fence: fence) }
      #expect(try await fixture.pool.lines(Self.noted).isEmpty)
    }
  }
}
