import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Calls that an older program stores beside this one", .keepsFailedDatabases)
struct OlderCallsTests {
  private let ring = makeSID(1)
  private let transfer = makeSID(100)

  /// Inserts a row as the older program does: none of the newer columns.
  private func insert(
    _ fixture: StoreFixture, _ id: String, _ direction: String, from: String, to: String,
    endTime: String? = "2026-03-01T09:50:00.000Z", price: String? = "-0.05600", source: String = "twilio"
  ) async throws {
    func json(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
    let raw = """
      {"sid": "\(id)", "from": "\(from)", "to": "\(to)", "duration": "61", "status": "completed",
       "direction": "\(direction)", "startTime": "2026-03-01T09:48:59.000Z", "endTime": \(json(endTime)),
       "price": \(json(price)), "priceUnit": "USD", "extra": 7}
      """
    _ = try await fixture.pool.repeatable(
      PostgresStatement(
        """
        INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date,
          raw_data)
        VALUES ($1, 1, $2, $3, $4, 61, $5::numeric, 'completed', '2026-03-01T09:48:59Z', $6::jsonb)
        """,
        [
          .text(id), .text(source), .text(from), .text(to), .text(price.map { _ in "0.056" } ?? "0"),
          .text(raw),
        ]))
  }

  private func insertRing(_ fixture: StoreFixture, price: String? = "-0.05600") async throws {
    try await insert(
      fixture, ring.text, "outbound-api", from: "34910000005", to: "0034600000022", price: price)
  }

  /// What an hourly run does with them.
  private func takeIn(_ fixture: StoreFixture) async throws -> PageOutcome {
    let calls = try await fixture.store.olderCalls(after: nil, limit: 1000)
    return try await fixture.store.commit(IntakePage(calls: calls, readAt: .epoch), fence: fixture.fence)
  }

  @Test("Taken in they decide transfers that are stored, and are no longer found")
  func decide() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeTransfer(transfer, endTime: at("10:00"))])
      try await insertRing(fixture)
      #expect(try await fixture.decision(transfer) == Decision(1))
      let outcome = try await takeIn(fixture)
      #expect(outcome.changed == [ring, transfer])
      #expect(try await fixture.decision(ring) == Decision(5, StoreFixture.own(5)))
      #expect(try await fixture.decision(transfer) == Decision(5, StoreFixture.own(5)))
      #expect(try await fixture.store.olderCalls(after: nil, limit: 1000) == [])
      #expect(
        try await fixture.pool.line(
          "SELECT concat_ws(' ', cost, price_unit, direction, lead_number, raw_data->>'extra') FROM calls WHERE id = $1",
          [.text(ring.text)]) == "0.05600 USD outbound-api +34600000022 7")
    }
  }

  @Test("A transfer among them is decided by what is stored")
  func decided() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(ring, of: 6, endedAt: at("09:40"))])
      try await insert(
        fixture, transfer.text, "trunking-originating", from: "34600000022", to: "sip:a@b.example")
      _ = try await takeIn(fixture)
      #expect(try await fixture.decision(transfer) == Decision(6, StoreFixture.own(6)))
    }
  }

  @Test(
    "One of no case stays as it was written, migrated again or sent by Twilio",
    arguments: ["inbound", "x-leg"])
  func ofNoCase(direction: String) async throws {
    try await withStore { fixture in
      let sid = makeSID(6)
      try await insert(
        fixture, sid.text, direction, from: "+34600000022", to: StoreFixture.own(4), price: nil)
      try await fixture.pool.run("DELETE FROM schema_migrations WHERE version = 5")
      _ = try await makeMigrator(fixture.pool).run()
      let written = "SELECT (c - 'updated_at')::text FROM (SELECT to_jsonb(calls) AS c FROM calls) one"
      let before = try await fixture.pool.line(written)
      #expect(before?.contains(#""effective_at": null"#) == true)
      var call = makeRing(sid, endedAt: at("09:50"), direction: CallDirection(direction))
      call.price = Price("-0.09000")
      let outcome = try await fixture.commit([call])
      #expect(outcome.changed.isEmpty)
      #expect(try await fixture.pool.line(written) == before)
    }
  }

  @Test("They come in batches, in order; rows of others and of no case are not among them")
  func batches() async throws {
    try await withStore { fixture in
      for number in 1...5 {
        try await insert(
          fixture, makeSID(number).text, "outbound-api", from: StoreFixture.own(4), to: "client:ana")
      }
      try await insert(fixture, makeSID(6).text, "inbound", from: "+34600000022", to: StoreFixture.own(4))
      try await insert(fixture, "conv_1", "outbound-api", from: "a", to: "b", source: "elevenlabs")
      try await insert(fixture, "CA1", "outbound-api", from: "a", to: "b")
      try await fixture.commit([makeRing(makeSID(7), endedAt: at("09:50"))])
      var found: [CallSID] = []
      while true {
        let batch = try await fixture.store.olderCalls(after: found.last, limit: 2)
        if batch.isEmpty { break }
        found += batch.map(\.sid)
      }
      #expect(found == (1...5).map(makeSID))
    }
  }

  @Test("One without a price waits to be asked for, before all others, and its cost of 0 is unknown")
  func unpriced() async throws {
    try await withStore { fixture in
      var live = makeRing(makeSID(2), endedAt: at("09:30"))
      live.price = nil
      try await fixture.commit([live])
      try await insertRing(fixture, price: nil)
      _ = try await takeIn(fixture)
      let waiting = try await fixture.store.unsettled(limit: 10)
      #expect(waiting.map(\.sid) == [ring, live.sid])
      #expect(waiting.first?.callDate == at("09:48").adding(seconds: 59))
      #expect(
        try await fixture.pool.line("SELECT count(*) FROM calls WHERE cost IS NULL") == "2")
    }
  }

  @Test(
    "Of one that is not asked for again the place among the unsettled calls stays, also of one that was given up"
  )
  func old() async throws {
    try await withStore { fixture in
      try await insertRing(fixture, price: nil)
      try await fixture.pool.run(
        "INSERT INTO unsettled_calls (call_id, asked_at, given_up_at) VALUES ('\(ring.text)', now(), now())")
      let calls = try await fixture.store.olderCalls(after: nil, limit: 1000)
      #expect(calls.map(\.sid) == [ring])
      _ = try await fixture.store.commit(
        IntakePage(calls: calls, readAt: .epoch, isReread: true), fence: fixture.fence)
      #expect(try await fixture.store.olderCalls(after: nil, limit: 1000).isEmpty)
      #expect(try await fixture.store.unsettled(limit: 10).isEmpty)
      #expect(
        try await fixture.pool.line("SELECT count(*) FROM unsettled_calls WHERE given_up_at IS NOT NULL")
          == "1")
    }
  }
}
