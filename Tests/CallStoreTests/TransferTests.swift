import CallDomain
import TestSupport
import Testing

@Suite("A transfer finds its related call wherever it is", .keepsFailedDatabases)
struct TransferTests {
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))

  @Test("In the same page, in either order", arguments: [false, true])
  func samePage(isReversed: Bool) async throws {
    let page = [transfer, makeRing(makeSID(1), of: 5, endedAt: at("09:50"))]
    try await withStore { fixture in
      let outcome = try await fixture.commit(isReversed ? page.reversed() : page)
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(outcome.transfers == [transfer.sid: true])
      #expect(outcome.changed == [transfer.sid, makeSID(1)])
      #expect(outcome.moves.isEmpty)
    }
  }

  @Test("On an earlier page")
  func earlierPage() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), of: 5, endedAt: at("09:50"))])
      let outcome = try await fixture.commit([transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(outcome.changed == [transfer.sid])
    }
  }

  @Test("On a later page, which decides the stored transfer anew")
  func laterPage() async throws {
    try await withStore { fixture in
      let first = try await fixture.commit([transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(1))
      #expect(first.transfers == [transfer.sid: false])
      try await fixture.age()
      let second = try await fixture.commit([makeRing(makeSID(1), of: 5, endedAt: at("09:50"))])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(second.transfers == [transfer.sid: true])
      #expect(second.changed == [transfer.sid, makeSID(1)])
      #expect(second.moves.count == 1)
    }
  }

  @Test("Stored three days ago, or three days after it", arguments: [-72, 72])
  func daysAway(hours: Int) async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), of: 6, endedAt: at("10:00").adding(hours: hours))])
      try await fixture.commit([transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(6, StoreFixture.own(6)))
    }
  }

  @Test("The nearest of several in several workspaces, before or after", arguments: ["09:58", "10:02"])
  func nearest(time: String) async throws {
    try await withStore { fixture in
      try await fixture.commit([
        makeRing(makeSID(1), of: 4, endedAt: at("09:55")), makeRing(makeSID(2), of: 5, endedAt: at("10:06")),
        makeRing(makeSID(3), of: 6, endedAt: at(time), direction: .trunkingTerminating), transfer,
      ])
      #expect(try await fixture.decision(transfer.sid) == Decision(6, StoreFixture.own(6)))
    }
  }

  @Test("None, or only of another lead, or with a withheld caller: the default workspace, no number")
  func absent() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        makeRing(makeSID(1), of: 4, to: "+34600000099", endedAt: at("09:55")),
        makeRing(makeSID(2), from: "anonymous", endedAt: at("09:56")),
        makeRing(makeSID(3), from: "+266696687", endedAt: at("09:57")), transfer,
      ])
      #expect(try await fixture.decision(transfer.sid) == Decision(1))
      #expect(try await fixture.pool.line("SELECT count(*) FROM workspace_phones") == "3")
    }
  }

  @Test(
    "A withheld lead matches nobody, not even a call to a withheld party",
    arguments: [nil, "", "Anonymous", "sip:anonymous@anonymous.invalid", "+8656696"])
  func withheldLead(lead: String?) async throws {
    let hidden = makeTransfer(makeSID(100), from: lead, endTime: at("10:00"))
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), of: 4, to: lead, endedAt: at("10:00")), hidden])
      #expect(try await fixture.attributions()[hidden.sid] == PlainModel.Row(workspace: WorkspaceID(1)))
      #expect(
        try await fixture.attributions()[makeSID(1)]
          == PlainModel.Row(workspace: WorkspaceID(4), phoneNumber: StoreFixture.own(4)))
    }
  }

  @Test("Through any spelling of the lead and of the number")
  func spelledOtherwise() async throws {
    let transfer = makeTransfer(
      makeSID(100), from: "sip:%2B34600000022@pbx.example;transport=tls", endTime: at("10:00"))
    try await withStore { fixture in
      try await fixture.commit([
        makeRing(makeSID(1), from: "0034 910 000 005", to: "34-600-000022", endedAt: at("09:50")), transfer,
      ])
      let rows = try await fixture.attributions()
      let row = PlainModel.Row(
        workspace: WorkspaceID(5), phoneNumber: StoreFixture.own(5), leadNumber: StoreFixture.lead)
      #expect(rows == [makeSID(1): row, makeSID(100): row])
      #expect(
        try await fixture.pool.line("SELECT phone_from FROM calls WHERE direction = 'outbound-api'")
          == "0034 910 000 005")
    }
  }

  @Test("At equal distances the call not later than the transfer wins")
  func equalDistance() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        makeRing(makeSID(1), of: 4, endedAt: at("10:05")), makeRing(makeSID(2), of: 5, endedAt: at("09:55")),
        transfer,
      ])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
    }
  }

  @Test("At equal times the SID that is smaller byte by byte wins", arguments: ["09:55", "10:00", "10:05"])
  func equalTime(time: String) async throws {
    // Upper case stands before lower case: a locale's collation would say otherwise.
    let small = try #require(CallSID("CA" + String(repeating: "0", count: 31) + "B"))
    let large = try #require(CallSID("CA" + String(repeating: "0", count: 31) + "a"))
    for isReversed in [false, true] {
      let calls = [makeRing(small, of: 6, endedAt: at(time)), makeRing(large, of: 4, endedAt: at(time))]
      try await withStore { fixture in
        for call in isReversed ? calls.reversed() : calls { try await fixture.commit([call]) }
        try await fixture.commit([transfer])
        #expect(try await fixture.decision(transfer.sid) == Decision(6, StoreFixture.own(6)))
      }
    }
  }
}
