import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Searches for stored calls", .keepsFailedDatabases)
struct CallSearchTests {
  @Test(
    "Each filter, alone and with others, finds what a plain one finds, in order, part by part, nothing twice")
  func againstPlainFilter() async throws {
    try await forEachSeed(3) { random in
      let table = SearchedTable(&random)
      try await withStore { fixture in
        let rows = try await table.store(in: fixture)
        for (search, limit) in table.searches {
          let expected = table.expected(of: search, among: rows)
          let found = try await parts(of: search, limit: limit, in: fixture.store)
          try #require(found == expected, "\(search)")
        }
      }
    }
  }

  /// All calls that are asked for, by following `next`.
  private func parts(of search: CallSearch, limit: Int, in store: CallStore) async throws -> [CallSID] {
    var search = search
    search.limit = limit
    var found: [CallSID] = []
    for _ in 0..<2000 {
      let list = try await store.calls(search)
      try #require(list.calls.count <= limit && (list.next == nil || list.calls.count == limit))
      found += list.calls.map(\.sid)
      guard let next = list.next else { return found }
      // As a client sends it back.
      search.after = CallSearch.Place(next.text)
    }
    return found
  }

  @Test(
    "Pending calls are those that the status counts, of any age, and with other filters; those that were given up, too"
  )
  func pending() async throws {
    try await withStore { fixture in
      func unpriced(_ sid: Int, _ end: String, from: String = StoreFixture.own(4)) -> Call {
        var call = makeRing(makeSID(sid), from: from, endedAt: makeTime(end))
        call.price = nil
        return call
      }
      try await fixture.commit([
        unpriced(1, "2026-03-01T10:00:00Z"), unpriced(2, "2026-03-01T10:01:00Z", from: StoreFixture.own(5)),
        unpriced(3, "2026-01-02T10:00:00Z"), unpriced(4, "2026-03-01T10:03:00Z"),
        makeRing(makeSID(5), endedAt: makeTime("2026-03-01T10:04:00Z")),
      ])
      // One was given up, one was never asked for, one has no time.
      try await fixture.pool.run(
        "UPDATE unsettled_calls SET given_up_at = asked_at WHERE call_id = '\(makeSID(4).text)'")
      try await fixture.pool.run("DELETE FROM unsettled_calls WHERE call_id = '\(makeSID(3).text)'")
      try await fixture.pool.run("UPDATE calls SET call_date = NULL WHERE id = '\(makeSID(2).text)'")
      func found(_ pending: CallSearch.Pending, _ narrow: (inout CallSearch) -> Void = { _ in }) async throws
        -> [CallSID]
      {
        var search = CallSearch()
        search.pending = pending
        narrow(&search)
        return try await fixture.store.calls(search.within(now: at("12:00"))).calls.map(\.sid)
      }
      #expect(try await found(.unsettled) == [makeSID(1), makeSID(2)])
      #expect(try await found(.givenUp) == [makeSID(4), makeSID(3)])
      #expect(try await found(.unsettled) { $0.number = PhoneNumber(StoreFixture.own(5)) } == [makeSID(2)])
      #expect(
        try await found(.unsettled) { $0.number = PhoneNumber(StoreFixture.lead) } == [
          makeSID(1), makeSID(2),
        ])
      try await fixture.pool.run(
        "UPDATE calls SET phone_number = 'sip:\(StoreFixture.own(6))@pbx.example' WHERE id = '\(makeSID(4).text)'"
      )
      #expect(try await found(.givenUp) { $0.number = PhoneNumber(StoreFixture.own(6)) } == [makeSID(4)])
      #expect(try await found(.unsettled) { $0.workspace = WorkspaceID(4) } == [makeSID(1)])
      #expect(try await found(.givenUp) { $0.since = at("10:00") } == [makeSID(4)])
      let facts = try await fixture.store.status(now: at("12:00"))
      #expect(facts.unsettledCalls == 2 && facts.givenUpCalls == 2)
    }
  }

  @Test("A call is listed with what its row says")
  func facts() async throws {
    try await withStore { fixture in
      let transfer = makeTransfer(makeSID(2), from: "0034 600 000 022", endTime: at("10:00"))
      try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50")), transfer])
      let name = "=1+1 <b>\"cuatro\"</b>\r\n\u{1B}[31m"
      try await fixture.pool.run(
        "UPDATE workspaces SET name = U&'=1+1 <b>\"cuatro\"</b>\\000D\\000A\\001B[31m' WHERE id = 4")
      let call = try #require(try await fixture.store.calls(CallSearch()).calls.first)
      var expected = ListedCall(sid: makeSID(2))
      expected.attributionCase = .transfer
      expected.workspace = WorkspaceID(4)
      expected.workspaceName = name
      expected.from = "0034 600 000 022"
      expected.to = transfer.to
      expected.phoneNumber = StoreFixture.own(4)
      expected.leadNumber = StoreFixture.lead
      expected.status = "completed"
      expected.direction = "trunking-originating"
      expected.callDate = transfer.startTime
      expected.endedAt = transfer.endTime
      expected.duration = 61
      expected.cost = "0.05600"
      expected.priceUnit = "USD"
      expected.updatedAt = call.updatedAt
      #expect(call == expected && call.updatedAt != nil)
    }
  }

  @Test(
    "Either party is found in any spelling: the caller, the callee, and the target of a transfer",
    arguments: ["+34910000009", "0034 910 000 009", "34910000009", "sip:+34910000009@other.example"])
  func spellings(number: String) async throws {
    try await withStore { fixture in
      try await fixture.commit([
        makeTransfer(makeSID(1), endTime: at("10:00")),
        makeTransfer(makeSID(2), to: "SIP:34910000009@pbx.example", endTime: at("10:01")),
        makeTransfer(makeSID(3), to: "sip:%2B34910000009@pbx.example:5060", endTime: at("10:02")),
        makeTransfer(makeSID(4), to: "+34910000009", endTime: at("10:03")),
        makeTransfer(makeSID(5), to: "sip:+349100000091@pbx.example", endTime: at("10:04")),
        makeRing(makeSID(6), from: "sip:0034910000009@a.example", endedAt: at("10:05")),
        makeRing(makeSID(7), to: "+34 910 000 009", endedAt: at("10:06")),
        makeRing(makeSID(8), from: "anonymous", to: "whatsapp:+34910000009", endedAt: at("10:07")),
        makeTransfer(makeSID(9), from: "34910000009", to: nil, endTime: at("10:08")),
        makeTransfer(makeSID(10), to: "sip:+34910000009", endTime: at("10:09")),
        makeTransfer(makeSID(11), to: "tel:+34910000009;ext=1", endTime: at("10:10")),
        makeTransfer(makeSID(12), to: "sip:+349100000091", endTime: at("10:11")),
      ])
      var search = CallSearch()
      search.number = PhoneNumber(listed: number)
      let found = try await fixture.store.calls(search).calls.map(\.sid)
      #expect(found == [11, 10, 9, 8, 7, 6, 4, 3, 2, 1].map(makeSID))
    }
  }

  @Test(
    "Rows that cannot be shown are passed over, and the list goes on after them; other sources are not listed"
  )
  func strangeIDs() async throws {
    try await withStore { fixture in
      try await fixture.commit(
        (1...4).map { makeRing(makeSID($0), endedAt: at("10:00").adding(minutes: $0)) })
      try await fixture.pool.run(
        """
        INSERT INTO calls (id, source, workspace_id, call_date)
        SELECT 'x' || n, 'twilio', 4, timestamptz '2026-03-01 10:00:30Z' + n % 4 * interval '1 min'
        FROM generate_series(1, 40) n
        """,
        "INSERT INTO calls (id, source, workspace_id, call_date) VALUES ('\(makeSID(9).text)', 'other', 4, now())"
      )
      var search = CallSearch(limit: 3)
      var found: [CallSID] = []
      for _ in 0..<9 {
        let list = try await fixture.store.calls(search)
        found += list.calls.map(\.sid)
        search.after = list.next
        if list.next == nil { break }
      }
      #expect(found == [4, 3, 2, 1].map(makeSID))
    }
  }

  @Test("In a database that lacks a character no call has it, and a search for it finds none")
  func unknownCharacters() async throws {
    try await withStore(template: .latin) { fixture in
      try await fixture.commit([makeRing(makeSID(1), from: "client:José", endedAt: at("10:00"))])
      for (number, status, count) in [
        ("client:José", nil, 1), ("client:李", nil, 0), (nil, "李", 0), (nil, "completed", 1),
      ] as [(String?, String?, Int)] {
        var search = CallSearch()
        search.number = number.flatMap { PhoneNumber($0) }
        search.status = status
        let list = try await fixture.store.calls(search)
        #expect(list.calls.count == count && list.next == nil && list.search == search, "\(search)")
      }
    }
  }

  @Test("A place between two microseconds, at the ends of all times, or at a call that is gone is a place")
  func places() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), endedAt: at("10:00"))])
      var search = CallSearch()
      for (microseconds, count) in [(-62_135_596_800_000_000, 0), (253_402_300_799_999_000, 1)]
        as [(Int64, Int)]
      {
        search.after = CallSearch.Place(microseconds: microseconds, sid: makeSID(5))
        #expect(try await fixture.store.calls(search).calls.count == count)
      }
      let began = at("10:00").adding(seconds: -61).milliseconds * 1000
      for (microseconds, sid, count) in [(began, 1, 0), (began, 2, 1), (began + 1, 1, 1), (began - 1, 9, 0)] {
        search.after = CallSearch.Place(microseconds: microseconds, sid: makeSID(sid))
        #expect(try await fixture.store.calls(search).calls.count == count, "\(microseconds) \(sid)")
      }
    }
  }
}
