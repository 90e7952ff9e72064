import CallDomain
import CallStore
import TestSupport
import Testing

@Suite("Numbers whose canonical form changed with the program", .keepsFailedDatabases)
struct CanonicalNumbersTests {
  private static let raws = [
    "whatsapp:+34910000004", "+34 910\u{A0}000\u{A0}004", "\u{200E}+34910000004", "+34/910000004",
    "＋34910000004",
    "tel:+34910000004",
  ]

  /// Stores calls as an older program did, for which such a text was no phone number.
  private func storeAsBefore(_ calls: [Call], in fixture: StoreFixture) async throws {
    try await fixture.commit(calls)
    try await fixture.pool.run(
      """
      UPDATE calls SET workspace_id = 1, phone_number = CASE WHEN direction = 'trunking-originating' THEN NULL
        ELSE phone_from END, lead_number = CASE WHEN direction = 'trunking-originating' THEN phone_from
        ELSE phone_to END
      WHERE phone_from ~ '[^+0-9]' OR phone_to ~ '[^+0-9]'
      """, "DELETE FROM schema_migrations WHERE version = 17")
  }

  private func takeIn(_ fixture: StoreFixture) async throws -> PageOutcome {
    let calls = try await fixture.store.olderCalls(after: nil, limit: 1000)
    return try await fixture.commit(calls, readAt: .epoch)
  }

  @Test(
    "After the upgrade a stored call has its workspace by the new form, and so have its lead's transfers",
    arguments: raws)
  func converted(raw: String) async throws {
    try await withStore { fixture in
      let call = makeRing(makeSID(1), from: raw, endedAt: at("09:59"))
      let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))
      let plain = makeRing(makeSID(2), of: 5, to: "+34600000099", endedAt: at("09:00"))
      try await storeAsBefore([call, transfer, plain], in: fixture)
      try await fixture.pool.run(
        "UPDATE calls SET workspace_id = 1, phone_number = NULL WHERE id = '\(transfer.sid.text)'")
      let stamp = "SELECT xmin FROM calls WHERE id = '\(plain.sid.text)'"
      try await fixture.age()
      let before = try await fixture.pool.line(stamp)
      #expect(try await makeMigrator(fixture.pool).run() == [17])
      let outcome = try await takeIn(fixture)
      #expect(outcome.changed == [call.sid, transfer.sid])
      // The run that takes them in anew moves them: to `migrate` itself no workspace is known.
      #expect(outcome.moves.map(\.cause) == [.lateFact, .candidate])
      #expect(
        try await fixture.pool.lines("SELECT DISTINCT run_id FROM call_moves")
          == ["\(fixture.fence.run.number)"])
      #expect(try await fixture.decision(call.sid) == Decision(4, StoreFixture.own(4)))
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      #expect(try await fixture.pool.line(stamp) == before)
      #expect(try await fixture.store.olderCalls(after: nil, limit: 1000).isEmpty)
    }
  }

  @Test("A lead and its transfer that were written alike are still found by one another")
  func leads() async throws {
    try await withStore { fixture in
      let calls = [
        makeRing(makeSID(1), of: 6, to: "whatsapp:+34600000022", endedAt: at("09:59")),
        makeTransfer(makeSID(100), from: "whatsapp:+34600000022", endTime: at("10:00")),
        makeTransfer(makeSID(101), from: "+34600000022", endTime: at("10:01")),
        makeTransfer(makeSID(102), from: "\u{200B}anonymous", endTime: at("10:02")),
      ]
      try await storeAsBefore(calls, in: fixture)
      #expect(try await makeMigrator(fixture.pool).run() == [17])
      _ = try await takeIn(fixture)
      for number in [1, 100, 101] {
        #expect(try await fixture.decision(makeSID(number)) == Decision(6, StoreFixture.own(6)), "\(number)")
      }
      let rows = try await fixture.attributions()
      #expect(rows[makeSID(102)] == PlainModel.Row(workspace: WorkspaceID(1)))
    }
  }

  @Test("Afterwards an older program may not write any more")
  func olderProgram() async throws {
    try await withStore { fixture in
      let oldest = try await fixture.pool.line("SELECT max(oldest_program) FROM schema_migrations")
      #expect(oldest == "17")
    }
  }
}
