import CallDomain
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("What a page writes into the rows of calls", .keepsFailedDatabases)
struct RewriteTests {
  private var page: [Call] {
    var live = makeRing(makeSID(3), of: 5, endedAt: at("11:59"))
    live.status = .inProgress
    (live.endTime, live.duration, live.price) = (nil, nil, nil)
    var unpriced = makeRing(makeSID(4), of: 6, endedAt: at("09:30"))
    unpriced.price = nil
    return [
      makeRing(makeSID(1), of: 4, endedAt: at("09:50")), live, unpriced,
      makeRing(makeSID(2), from: "+34910000077", endedAt: at("09:51")),
      makeRing(makeSID(5), from: "", to: nil, endedAt: at("09:52")),
      makeTransfer(makeSID(100), endTime: at("10:00")),
      makeTransfer(makeSID(101), from: "anonymous", endTime: at("10:01")),
      makeTransfer(makeSID(102), from: "+34600000099", endTime: at("10:02")),
      Call(sid: makeSID(6), direction: .outboundAPI), Call(sid: makeSID(7), direction: .trunkingOriginating),
    ]
  }

  @Test("The same page committed twice writes no row")
  func sameTwice() async throws {
    try await withStore { fixture in
      try await fixture.commit(page)
      let before = try await fixture.stamps()
      let outcome = try await fixture.commit(page.reversed())
      #expect(try await fixture.stamps() == before)
      #expect(outcome.changed.isEmpty)
      #expect(outcome.createdPhones == 0)
      #expect(outcome.moves.isEmpty)
    }
  }

  @Test("Of 2,500 calls of which 40 changed exactly 40 rows are written")
  func fortyOf2500() async throws {
    var calls = (1...2500).map { number in
      makeRing(
        makeSID(number), to: "+3460000\(10_000 + number % 400)",
        endedAt: at("00:00").adding(seconds: number * 20))
    }
    try await withStore { fixture in
      for start in stride(from: 0, to: 2500, by: 1000) {
        try await fixture.commit(Array(calls[start..<min(start + 1000, 2500)]))
      }
      let before = try await fixture.stamps()
      for index in stride(from: 11, to: 2500, by: 63) {
        calls[index].price = makePrice("-0.12345")
        calls[index].dateUpdated = calls[index].dateUpdated?.adding(seconds: 5)
      }
      var changed: Set<CallSID> = []
      for start in stride(from: 0, to: 2500, by: 1000) {
        changed.formUnion(try await fixture.commit(Array(calls[start..<min(start + 1000, 2500)])).changed)
      }
      #expect(changed.count == 40)
      #expect(Set(try await fixture.stamps()).subtracting(before).count == 40)
      #expect(try await fixture.pool.line("SELECT count(*) FROM calls WHERE cost = 0.12345") == "40")
    }
  }

  private static let allColumns =
    """
    SELECT concat_ws('|', id, workspace_id, source, phone_from, phone_to, phone_number, lead_number,
      duration, cost, price_unit, status, direction, call_date, ended_at, twilio_updated_at, raw_data)
    FROM calls ORDER BY id
    """

  @Test("Versions of a call give the same row in whatever order they come")
  func anyOrder() async throws {
    var queued = makeRing(makeSID(1), endedAt: at("09:50"))
    let priced = queued
    (queued.status, queued.duration, queued.price) = (.queued, nil, nil)
    (queued.startTime, queued.endTime, queued.dateUpdated) = (nil, nil, at("09:48"))
    var live = queued
    (live.status, live.startTime, live.dateUpdated) = (.inProgress, priced.startTime, at("09:49"))
    // The same second as the priced version, and nothing known but the end.
    var sparse = Call(sid: priced.sid, status: .completed, dateUpdated: priced.dateUpdated)
    sparse.endTime = priced.endTime
    let versions = [queued, live, sparse, priced]
    var rows: Set<[String]> = []
    for order in permutations(of: versions) {
      try await withStore { fixture in
        for version in order { try await fixture.commit([version]) }
        rows.insert(try await fixture.pool.lines(Self.allColumns))
        #expect(try await fixture.pool.line("SELECT count(*) FROM unsettled_calls") == "0")
      }
    }
    #expect(rows.count == 1)
    #expect(rows.first?.first?.contains("|61|0.05600|USD|completed|outbound-api|") == true)
  }

  private func permutations(of calls: [Call]) -> [[Call]] {
    guard let first = calls.first else { return [[]] }
    return permutations(of: Array(calls.dropFirst())).flatMap { rest in
      (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
    }
  }

  @Test("What is known is not overwritten by a newer version in which it is unknown")
  func knownStays() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50"))])
      let before = try await fixture.pool.lines(Self.allColumns)
      let outcome = try await fixture.commit([
        Call(sid: makeSID(1), from: "", to: nil, status: .ringing, dateUpdated: at("09:40"), priceUnit: "")
      ])
      #expect(try await fixture.pool.lines(Self.allColumns) == before)
      #expect(outcome.changed.isEmpty)
      try await fixture.commit([
        Call(sid: makeSID(1), from: "", status: .ringing, dateUpdated: at("11:00"), priceUnit: "")
      ])
      // Only the stamp of the newer version is new.
      let expected = before.map {
        $0.replacingOccurrences(of: "2026-03-01 09:50:01+00", with: "2026-03-01 11:00:00+00")
          .replacingOccurrences(of: "2026-03-01T09:50:01.000Z", with: "2026-03-01T11:00:00.000Z")
      }
      #expect(try await fixture.pool.lines(Self.allColumns) == expected)
    }
  }

  @Test("raw_data has the promised keys and shapes, and keeps the keys of others")
  func rawData() async throws {
    var call = makeRing(makeSID(1), from: "sip:+34910000004@h", endedAt: at("09:50"))
    call.price = nil
    try await withStore { fixture in
      try await fixture.commit([call])
      let expected = { (price: String, updated: String) in
        """
        {"to": "+34600000022", "sid": "\(call.sid.text)", "from": "sip:+34910000004@h", "price": \(price), \
        "status": "completed", "endTime": "2026-03-01T09:50:00.000Z", "duration": "61", \
        "direction": "outbound-api", "priceUnit": "USD", "startTime": "2026-03-01T09:48:59.000Z", \
        "dateCreated": "2026-03-01T09:48:58.000Z", "dateUpdated": "2026-03-01T09:50:\(updated).000Z"}
        """
      }
      #expect(try await fixture.pool.line("SELECT raw_data FROM calls") == expected("null", "01"))
      try await fixture.pool.run(
        "UPDATE calls SET raw_data = raw_data || '{\"note\": {\"by\": \"ana\"}, \"annotation\": null}'")
      call.price = makePrice("-0.05600")
      call.dateUpdated = call.dateUpdated?.adding(seconds: 4)
      try await fixture.commit([call])
      #expect(
        try await fixture.pool.line("SELECT raw_data - 'note' - 'annotation' FROM calls")
          == expected("\"-0.05600\"", "05"))
      #expect(
        try await fixture.pool.line(
          "SELECT concat_ws(' ', raw_data->'note', raw_data->'annotation') FROM calls")
          == "{\"by\": \"ana\"} null")
    }
  }

  @Test(
    "The cost is the price without its sign and with every digit",
    arguments: [
      ("-0.01700", "0.01700"), ("-1", "1"), ("0.00", "0.00"), ("-.5", "0.5"), ("+007.10", "7.10"),
      ("-0.123456789012345678901234567890", "0.123456789012345678901234567890"),
    ])
  func exactCost(price: String, cost: String) async throws {
    var call = makeRing(makeSID(1), endedAt: at("09:50"))
    call.price = makePrice(price)
    try await withStore { fixture in
      try await fixture.commit([call])
      #expect(try await fixture.pool.line("SELECT cost::text FROM calls") == cost)
      #expect(try await fixture.pool.line("SELECT raw_data->>'price' FROM calls") == price)
      let before = try await fixture.stamps()
      try await fixture.commit([call])
      #expect(try await fixture.stamps() == before)
    }
  }

  @Test("The cost is NULL until the call is priced, and a zero that an older program wrote is none")
  func unknownCost() async throws {
    var call = makeRing(makeSID(1), endedAt: at("09:50"))
    call.price = nil
    try await withStore { fixture in
      try await fixture.commit([call])
      #expect(try await fixture.pool.line("SELECT cost::text FROM calls") == "NULL")
      try await fixture.pool.run("UPDATE calls SET cost = 0")
      call.dateUpdated = at("09:55")
      try await fixture.commit([call])
      #expect(try await fixture.pool.line("SELECT cost::text FROM calls") == "NULL")
      call.price = makePrice("0.00000")
      call.dateUpdated = at("09:56")
      try await fixture.commit([call])
      #expect(try await fixture.pool.line("SELECT cost::text FROM calls") == "0.00000")
    }
  }

  @Test("created_at survives, updated_at moves with a change only")
  func rowTimes() async throws {
    var call = makeRing(makeSID(1), endedAt: at("09:50"))
    try await withStore { fixture in
      try await fixture.commit([call])
      try await fixture.pool.run("UPDATE calls SET created_at = '2020-01-01', updated_at = '2020-01-02'")
      try await fixture.commit([call])
      let times = "SELECT (created_at = '2020-01-01') || ' ' || (updated_at = '2020-01-02') FROM calls"
      #expect(try await fixture.pool.line(times) == "true true")
      call.duration = 62
      call.dateUpdated = at("09:55")
      try await fixture.commit([call])
      #expect(try await fixture.pool.line(times) == "true false")
    }
  }

  @Test("Rows of another source are never touched, not even under a Call SID")
  func otherSource() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, phone_number, lead_number,
          direction, effective_at, status, call_date)
        VALUES ('conv_1', 4, 'elevenlabs', '+34910000004', '\(StoreFixture.lead)', '+34910000004',
            '\(StoreFixture.lead)', 'outbound-api', '2026-03-01T10:00:00Z', 'done', '2026-03-01T10:00:00Z'),
          ('\(makeSID(100).text)', 5, 'elevenlabs', NULL, NULL, NULL, '\(StoreFixture.lead)',
            'trunking-originating', '2026-03-01T10:00:00Z', 'done', '2026-03-01T10:00:00Z')
        """)
      let foreign = "SELECT c::text || xmin FROM calls c WHERE source = 'elevenlabs' ORDER BY id"
      let before = try await fixture.pool.lines(foreign)
      try await fixture.commit([
        makeTransfer(makeSID(100), endTime: at("10:00")), makeTransfer(makeSID(101), endTime: at("10:00")),
        makeRing(makeSID(1), of: 6, endedAt: at("08:00")),
      ])
      #expect(try await fixture.pool.lines(foreign) == before)
      // Nor do they decide anything.
      #expect(try await fixture.decision(makeSID(101)) == Decision(6, StoreFixture.own(6)))
    }
  }

  @Test("A call without any time is stored, far from everything")
  func timeless() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        Call(sid: makeSID(1), from: StoreFixture.own(4), to: StoreFixture.lead, direction: .outboundAPI),
        makeRing(makeSID(2), of: 5, endedAt: at("10:00").adding(hours: -24 * 365)),
        makeTransfer(makeSID(100), endTime: at("10:00")),
      ])
      #expect(try await fixture.decision(makeSID(100)) == Decision(5, StoreFixture.own(5)))
      #expect(
        try await fixture.pool.line("SELECT call_date IS NULL FROM calls WHERE id = '\(makeSID(1).text)'")
          == "t")
    }
  }
}
