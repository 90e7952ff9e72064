import CallDomain
import TestSupport
import Testing

@Suite("A call whose direction changes", .keepsFailedDatabases)
struct ChangedDirectionTests {
  /// What the page before was like, by which a commit chooses its way.
  enum Before: String, CaseIterable, Sendable {
    case new, unchanged, mixed
  }

  private let ring = makeRing(makeSID(1), of: 5, endedAt: at("09:58"))
  private let farther = makeRing(makeSID(2), of: 4, endedAt: at("09:40"))
  private let other = makeRing(makeSID(50), of: 6, to: "+34600000099", endedAt: at("08:00"))
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))

  /// The nearer call as Twilio tells it at some time.
  private func version(_ direction: CallDirection, at time: String) -> Call {
    var call = ring
    call.direction = direction
    call.dateUpdated = at(time)
    return call
  }

  private func prepare(_ before: Before, _ fixture: StoreFixture) async throws {
    switch before {
    case .new: try await fixture.commit([other])
    case .unchanged: #expect(try await fixture.commit([farther, transfer]).changed.isEmpty)
    case .mixed:
      try await fixture.commit([other])
      var priced = other
      priced.price = makePrice("-0.07")
      priced.dateUpdated = at("11:00")
      #expect(try await fixture.commit([priced]).changed == [other.sid])
    }
  }

  private func row(_ fixture: StoreFixture) async throws -> String? {
    try await fixture.pool.line(
      """
      SELECT concat_ws(' ', direction, workspace_id, coalesce(phone_number, '-'), lead_number) FROM calls
      WHERE id = '\(ring.sid.text)'
      """)
  }

  @Test(
    "explains its lead's transfers no more from that commit on, and does again once it changes back",
    arguments: Before.allCases,
    [CallDirection.trunkingOriginating, .inbound, .outboundDial, .other("conference-leg")])
  func changes(before: Before, direction: CallDirection) async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, farther, transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      try await prepare(before, fixture)
      try await fixture.age()

      let outcome = try await fixture.commit([version(direction, at: "10:30")])
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      #expect(outcome.changed == [ring.sid, transfer.sid] && outcome.transfers[transfer.sid] == true)
      // As a transfer it has a lead of its own, whom nobody rang; of no case it keeps its workspace.
      let isTransfer = direction == .trunkingOriginating
      let moved: Set<CallSID> = isTransfer ? [ring.sid, transfer.sid] : [transfer.sid]
      #expect(Set(outcome.moves.map(\.sid)) == moved)
      let expected =
        isTransfer
        ? "trunking-originating 1 - \(StoreFixture.own(5))"
        : "\(direction.text) 5 \(StoreFixture.own(5)) \(StoreFixture.lead)"
      #expect(try await row(fixture) == expected)

      // A version from before comes late.
      #expect(try await fixture.commit([ring]).changed.isEmpty)
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))

      let back = try await fixture.commit([version(.outboundAPI, at: "11:00")])
      #expect(back.changed == [ring.sid, transfer.sid])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(try await row(fixture) == "outbound-api 5 \(StoreFixture.own(5)) \(StoreFixture.lead)")
    }
  }

  @Test(
    "to a case that explains transfers takes those of its lead in that commit", arguments: Before.allCases,
    [CallDirection.trunkingOriginating, .inbound])
  func becomesCandidate(before: Before, direction: CallDirection) async throws {
    try await withStore { fixture in
      try await fixture.commit([version(direction, at: "09:59"), farther, transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      // Of no case it is not stored.
      let stored = try await row(fixture)
      #expect((stored == nil) == (direction == .inbound))
      try await prepare(before, fixture)
      let outcome = try await fixture.commit([version(.outboundAPI, at: "10:30")])
      #expect(outcome.changed == [ring.sid, transfer.sid])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(try await row(fixture) == "outbound-api 5 \(StoreFixture.own(5)) \(StoreFixture.lead)")
    }
  }

  @Test("is asked for again while it is of a case and unsettled, and not while it is of none")
  func unsettled() async throws {
    try await withStore { fixture in
      for (direction, time, waiting) in [
        (CallDirection.outboundAPI, "10:00", "1"), (.inbound, "10:30", "0"),
        (.trunkingOriginating, "11:00", "1"), (.other("conference-leg"), "11:30", "0"),
      ] {
        var call = version(direction, at: time)
        call.price = nil
        try await fixture.commit([call])
        #expect(
          try await fixture.pool.line("SELECT count(*) FROM unsettled_calls") == waiting, "\(direction)")
      }
    }
  }
}
