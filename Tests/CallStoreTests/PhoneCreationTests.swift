import CallDomain
import TestSupport
import Testing

@Suite("Numbers that the directory does not know", .keepsFailedDatabases)
struct PhoneCreationTests {
  private static let phones =
    """
    SELECT concat_ws(' ', coalesce(workspace_id::text, 'none'), phone_number, is_primary)
    FROM workspace_phones ORDER BY id
    """

  @Test("A number is created once, canonical, under the default workspace and not as primary")
  func createsOnce() async throws {
    try await withStore { fixture in
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), from: "0034 910 000 077", endedAt: at("09:50")),
        makeRing(makeSID(2), from: "sip:+34910000077@pbx.example", endedAt: at("09:51")),
        makeRing(makeSID(3), from: "client:ana", endedAt: at("09:52")),
      ])
      #expect(outcome.createdPhones == 2)
      let again = try await fixture.commit([
        makeRing(makeSID(4), from: "34910000077", endedAt: at("09:53"))
      ])
      #expect(again.createdPhones == 0)
      let phones = try await fixture.pool.lines(Self.phones)
      #expect(phones.count == 5)
      #expect(Set(phones.suffix(2)) == ["1 +34910000077 f", "1 client:ana f"])
      #expect(try await fixture.decision(makeSID(4)) == Decision(1, "+34910000077"))
    }
  }

  @Test("No number is created for a withheld caller, for a lead or for a direction that is not stored")
  func createsNone() async throws {
    try await withStore { fixture in
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), from: "Anonymous", endedAt: at("09:50")),
        makeRing(makeSID(2), from: "", endedAt: at("09:51")),
        makeRing(makeSID(3), from: "+7378742833", endedAt: at("09:52")),
        makeTransfer(makeSID(4), from: "+34600000044"),
        makeRing(makeSID(5), from: "+34910000088", endedAt: at("09:53"), direction: .inbound),
        makeRing(makeSID(6), from: "+34910000088", endedAt: at("09:53"), direction: .outboundDial),
        makeRing(makeSID(7), from: "+34910000088", endedAt: at("09:53"), direction: .other("new")),
      ])
      #expect(outcome.createdPhones == 0)
      #expect(try await fixture.pool.line("SELECT count(*) FROM workspace_phones") == "3")
      let rows = try await fixture.attributions()
      #expect(Set(rows.keys) == [makeSID(1), makeSID(2), makeSID(3), makeSID(4)])
      for number in 1...3 {
        #expect(
          rows[makeSID(number)] == PlainModel.Row(workspace: WorkspaceID(1), leadNumber: StoreFixture.lead))
      }
    }
  }

  @Test("A row without a workspace is given the default one instead of a second row")
  func claimsRow() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        INSERT INTO workspace_phones (id, workspace_id, phone_number)
        VALUES (51, NULL, '34 910 000 077'), (50, NULL, '+34910000077')
        """)
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))
      ])
      #expect(outcome.createdPhones == 0)
      #expect(try await fixture.decision(makeSID(1)) == Decision(1, "+34910000077"))
      #expect(
        try await fixture.pool.lines(
          "SELECT id || ' ' || coalesce(workspace_id::text, 'none') FROM workspace_phones WHERE id >= 50 ORDER BY 1"
        ) == ["50 1", "51 none"])
    }
  }

  @Test(
    "A number listed twice belongs to its primary row, else to a workspace that is not the default",
    arguments: [
      ("(10, 1, true), (11, 5, false)", 1), ("(10, 5, false), (11, 6, true)", 6),
      ("(10, 1, false), (11, 5, false), (12, 6, false)", 5), ("(10, 6, true), (11, 5, true)", 6),
      ("(10, 1, true), (11, 6, true)", 6), ("(10, NULL, true), (11, 6, false)", 6),
    ])
  func precedence(rows: String, workspace: Int64) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        INSERT INTO workspace_phones (id, workspace_id, phone_number, is_primary)
        SELECT r.id, r.workspace, '+34910000077', r.is_primary
        FROM (VALUES \(rows)) AS r(id, workspace, is_primary)
        """)
      let call = makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))
      let outcome = try await fixture.commit([call, makeTransfer(makeSID(100), endTime: at("10:00"))])
      #expect(outcome.createdPhones == 0)
      let decision = Decision(workspace, "+34910000077")
      #expect(try await fixture.decision(makeSID(1)) == decision)
      #expect(try await fixture.decision(makeSID(100)) == decision)
    }
  }

  @Test("A database that allows a number once keeps the row that somebody wrote in another spelling")
  func uniqueNumbers() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "ALTER TABLE workspace_phones ADD UNIQUE (phone_number)",
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (6, '0034910000077')")
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))
      ])
      #expect(outcome.createdPhones == 0)
      #expect(try await fixture.decision(makeSID(1)) == Decision(6, "+34910000077"))
    }
  }
}
