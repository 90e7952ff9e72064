import CallDomain
import TestSupport
import Testing

@Suite("A stored transfer is decided anew when a related call arrives or changes", .keepsFailedDatabases)
struct ReattributionTests {
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))

  @Test("A live call wins by its start, and loses the transfer again when it ends an hour later")
  func liveCallEnds() async throws {
    let earlier = makeRing(makeSID(1), of: 5, endedAt: at("09:50"))
    var live = makeRing(makeSID(2), of: 4, endedAt: at("11:00"))
    live.startTime = at("09:58")
    live.dateCreated = at("09:57")
    let ended = live
    live.endTime = nil
    live.duration = nil
    live.price = nil
    live.status = .inProgress
    live.dateUpdated = at("09:58")
    try await withStore { fixture in
      try await fixture.commit([earlier, live, transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      try await fixture.age()
      let outcome = try await fixture.commit([ended])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(outcome.moves.count == 1)
      #expect(outcome.changed == [ended.sid, transfer.sid])
      // The version that came first does no harm when it comes again.
      try await fixture.commit([live])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
    }
  }

  @Test("A nearer call that arrives on a later page takes the transfer; a farther one does not")
  func nearerArrives() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), of: 4, endedAt: at("09:50")), transfer])
      let farther = try await fixture.commit([makeRing(makeSID(2), of: 5, endedAt: at("09:49"))])
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      #expect(farther.changed == [makeSID(2)])
      try await fixture.age()
      let nearer = try await fixture.commit([makeRing(makeSID(3), of: 6, endedAt: at("09:51"))])
      #expect(try await fixture.decision(transfer.sid) == Decision(6, StoreFixture.own(6)))
      #expect(nearer.moves.count == 1)
    }
  }

  @Test("A call of the same workspace with another number changes the number alone")
  func sameWorkspace() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (4, '+34910000044')")
      try await fixture.commit([makeRing(makeSID(1), of: 4, endedAt: at("09:50")), transfer])
      try await fixture.age()
      let outcome = try await fixture.commit([
        makeRing(makeSID(2), from: "+34910000044", endedAt: at("09:59"))
      ])
      #expect(try await fixture.decision(transfer.sid) == Decision(4, "+34910000044"))
      #expect(outcome.moves.isEmpty)
      #expect(outcome.changed == [makeSID(2), transfer.sid])
    }
  }

  @Test("A call whose lead changes frees the transfers of the old lead and takes those of the new one")
  func leadChanges() async throws {
    let other = makeTransfer(makeSID(101), from: "+34600000033", endTime: at("10:00"))
    var call = makeRing(makeSID(1), of: 4, endedAt: at("09:50"))
    try await withStore { fixture in
      try await fixture.commit([call, transfer, other])
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      #expect(try await fixture.decision(other.sid) == Decision(1))
      call.to = "+34600000033"
      call.dateUpdated = call.dateUpdated?.adding(seconds: 1)
      try await fixture.age()
      let outcome = try await fixture.commit([call])
      #expect(try await fixture.decision(transfer.sid) == Decision(1))
      #expect(try await fixture.decision(other.sid) == Decision(4, StoreFixture.own(4)))
      #expect(outcome.transfers == [transfer.sid: false, other.sid: true])
      #expect(outcome.moves.count == 2)
    }
  }

  @Test("A call whose caller changes gives the transfer its new number, a withheld one takes it away")
  func callerChanges() async throws {
    var call = makeRing(makeSID(1), of: 4, endedAt: at("09:50"))
    try await withStore { fixture in
      try await fixture.commit([call, transfer])
      call.from = StoreFixture.own(5)
      call.dateUpdated = call.dateUpdated?.adding(seconds: 1)
      try await fixture.commit([call])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      call.from = "anonymous"
      call.dateUpdated = call.dateUpdated?.adding(seconds: 1)
      try await fixture.commit([call])
      #expect(try await fixture.decision(transfer.sid) == Decision(1))
    }
  }

  @Test("A transfer whose own time or lead changes is decided anew")
  func transferChanges() async throws {
    var transfer = transfer
    try await withStore { fixture in
      try await fixture.commit([
        makeRing(makeSID(1), of: 4, endedAt: at("09:50")), makeRing(makeSID(2), of: 5, endedAt: at("11:00")),
        makeRing(makeSID(3), of: 6, to: "+34600000033", endedAt: at("08:00")), transfer,
      ])
      transfer.endTime = at("10:50")
      transfer.dateUpdated = at("10:51")
      try await fixture.age()
      let moved = try await fixture.commit([transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(moved.moves.count == 1)
      transfer.from = "+34600000033"
      transfer.dateUpdated = at("10:52")
      try await fixture.commit([transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(6, StoreFixture.own(6)))
    }
  }

  @Test("Many transfers of one lead are decided by one arriving call, each by its own nearest")
  func manyTransfers() async throws {
    let transfers = (0..<60).map { minute in
      makeTransfer(makeSID(200 + minute), endTime: at("09:00").adding(minutes: minute))
    }
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), of: 4, endedAt: at("09:00"))] + transfers)
      try await fixture.age()
      let outcome = try await fixture.commit([makeRing(makeSID(2), of: 5, endedAt: at("09:40"))])
      // 09:20 is as far from both: the call not later than the transfer keeps it.
      for (minute, transfer) in transfers.enumerated() {
        #expect(try await fixture.decision(transfer.sid)?.workspace == (minute <= 20 ? 4 : 5))
      }
      #expect(outcome.moves.count == 39)
    }
  }
}
