import CallDomain
import CallStore
import TestSupport
import Testing

@Suite("Numbers that somebody listed in another spelling", .keepsFailedDatabases)
struct PhoneSpellingTests {
  private static let spellings = [
    "+34 910 00\u{A0}00 01", "+34910\u{200B}000001", "\t+34910000001", "+34 (0)910 000 001",
  ]

  /// The statements that doctor gives.
  private func statements(_ fixture: StoreFixture) async throws -> [String] {
    let inspection = try await fixture.store.inspect()
    let finding = inspection.findings(now: at("12:00")).first { $0.check == "números mal escritos" }
    return (finding?.whatToDo ?? "").matches(of: /(?:UPDATE|DELETE)[^;]*;/).map { String($0.output) }
  }

  @Test(
    "Such a row gives its workspace to the number's calls, and no second one is created", arguments: spellings
  )
  func counts(spelling: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (71, 6, '\(spelling)')")
      let page = [
        makeRing(makeSID(1), from: "+34910000001", endedAt: at("09:50")),
        makeTransfer(makeSID(100), endTime: at("10:00")),
      ]
      let outcome = try await fixture.commit(page)
      #expect(outcome.createdPhones == 0)
      for sid in page.map(\.sid) { #expect(try await fixture.decision(sid) == Decision(6, "+34910000001")) }
      let statements = try await statements(fixture)
      #expect(statements == ["UPDATE workspace_phones SET phone_number = '+34910000001' WHERE id = 71;"])
      for statement in statements { try await fixture.pool.run(statement) }
      #expect(try await self.statements(fixture).isEmpty)
      #expect(try await fixture.store.inspect().spellings.isEmpty)
      #expect(try await fixture.commit(page).changed.isEmpty)
    }
  }

  @Test("Rows that become one number are mended by the statements in their order, and no call moves")
  func severalRows() async throws {
    try await withStore { fixture in
      // Also where a number may stand only once.
      try await fixture.pool.run(
        "ALTER TABLE workspace_phones ADD UNIQUE (phone_number)",
        """
        INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES
          (71, 1, '+34910000001'), (72, 6, '+34 910 000 001'), (73, NULL, '0034910000001'), (74, 1, '34910000001')
        """)
      let page = [makeRing(makeSID(1), from: "+34910000001", endedAt: at("09:50"))]
      #expect(try await fixture.commit(page).createdPhones == 0)
      let statements = try await statements(fixture)
      #expect(statements.count == 4)
      for statement in statements { try await fixture.pool.run(statement) }
      #expect(
        try await fixture.pool.lines(
          "SELECT concat_ws(' ', id, workspace_id, phone_number) FROM workspace_phones WHERE id > 70")
          == ["72 6 +34910000001"])
      #expect(try await fixture.store.inspect().spellings.isEmpty)
      #expect(try await fixture.commit(page).changed.isEmpty)
    }
  }

  @Test("What calls have brought is not odd for its form; what lacks its country is told")
  func brought() async throws {
    try await withStore { fixture in
      let brought = ["client:ana", "sip:pbx@acme.example", "112", "sip:911679868@pbx.example", "sim:DE1"]
      try await fixture.commit(
        brought.enumerated().map { index, from in
          makeRing(makeSID(index + 1), from: from, endedAt: at("09:50").adding(minutes: index))
        })
      #expect(try await fixture.pool.line("SELECT count(*) FROM workspace_phones") == "8")
      #expect(try await fixture.store.inspect().spellings.isEmpty)
      try await fixture.pool.run(
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (71, 6, '911679869'), (72, 6, 'Madrid')"
      )
      #expect(
        try await fixture.store.inspect().spellings.map(\.remedy)
          == [.complete(.country), .complete(.number)])
      #expect(try await statements(fixture).isEmpty)
    }
  }
}
