import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Marks are stored with their page or not at all", .keepsFailedDatabases)
struct MarkTests {
  private let gap = Period(start: at("01:00"), end: at("02:00"))
  private static let everything =
    """
    SELECT 'call ' || c FROM calls c UNION ALL SELECT 'phone ' || p FROM workspace_phones p
    UNION ALL SELECT 'state ' || s FROM sync_state s UNION ALL SELECT 'hole ' || h FROM sync_holes h
    UNION ALL SELECT 'unsettled ' || u FROM unsettled_calls u ORDER BY 1
    """

  private var page: [Call] {
    var unpriced = makeRing(makeSID(2), of: 5, endedAt: at("09:40"))
    unpriced.price = nil
    return [
      makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50")), unpriced,
      makeTransfer(makeSID(100), endTime: at("10:00")),
    ]
  }

  @Test("The log is covered up to the mark, which never moves back; a hole stands once")
  func marks() async throws {
    try await withStore { fixture in
      try await fixture.commit(page, marks: [.gap(gap), .coveredUntil(at("10:00"))])
      let coverage = try await fixture.store.coverage(now: at("12:00"))
      #expect(
        coverage
          == Coverage(
            coveredUntil: at("10:00"), newestCall: nil, listedNumbers: 4))
      try await fixture.commit([], marks: [.gap(gap), .coveredUntil(at("09:00"))])
      #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil == at("10:00"))
      #expect(
        try await fixture.pool.lines("SELECT period_start || ' ' || period_end FROM sync_holes")
          == ["2026-03-01 01:00:00+00 2026-03-01 02:00:00+00"])
    }
  }

  @Test("Before the first mark the newest call stands in: not one in the future, nor a time that was made up")
  func newestCall() async throws {
    try await withStore { fixture in
      func newest() async throws -> Timestamp? {
        try await fixture.store.coverage(now: at("12:00")).newestCall
      }
      try await fixture.pool.run(
        """
        INSERT INTO calls (id, source, call_date, effective_at) VALUES
          ('CA1', 'twilio', '2026-03-01T11:59:00Z', 'epoch'), ('CA2', 'twilio', '2026-03-01T11:00:00Z', NULL),
          ('CA3', 'twilio', '2026-03-01T12:00:01Z', 'epoch'), ('CA4', 'twilio', 'infinity', NULL),
          ('CA5', 'twilio', '0044-03-15 BC', '0044-03-15 BC'),
          ('conv_1', 'elevenlabs', '2026-03-01T11:58:00Z', '2026-03-01T11:58:00Z')
        """)
      #expect(try await newest() == at("11:59"))
      try await fixture.commit(page + [makeRing(makeSID(9), endedAt: at("18:00"))])
      #expect(try await newest() == makeTime("2026-03-01T09:58:59Z"))
      #expect(
        try await fixture.store.status(now: at("12:00")).newestCall == at("11:59"))
    }
  }

  @Test("Where coverage begins is fixed once, and never in the future")
  func begins() async throws {
    try await withStore { fixture in
      for (moment, expected) in [
        (makeTime("2199-01-01T00:00:00Z"), nil), (at("09:00"), at("09:00")), (at("10:00"), at("09:00")),
        (at("08:00"), at("09:00")),
      ] {
        try await fixture.commit([], marks: [.coverageBegins(moment)])
        #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil == expected)
      }
    }
  }

  @Test("A mark in the future is not believed by anybody, and gives way to the next one")
  func ahead() async throws {
    let beginning = "UPDATE sync_state SET covered_until = now() + INTERVAL"
    try await withStore { fixture in
      try await fixture.commit(
        [makeRing(makeSID(1), endedAt: at("09:50"))], marks: [.coveredUntil(at("10:00"))])
      // Clocks differ by some minutes.
      try await fixture.pool.run("\(beginning) '9 minutes'")
      #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil != nil)
      for mark in [IntakeMark.coveredUntil(at("11:00")), .coverageBegins(at("11:00"))] {
        try await fixture.pool.run("\(beginning) '11 minutes'")
        let coverage = try await fixture.store.coverage(now: at("12:00"))
        #expect(coverage.coveredUntil == nil && coverage.newestCall == makeTime("2026-03-01T09:48:59Z"))
        #expect(coverage.markAhead != nil)
        #expect(try await fixture.store.status(now: at("12:00")).coveredUntil == nil)
        try await fixture.commit([], marks: [mark])
        #expect(
          try await fixture.store.coverage(now: at("12:00"))
            == Coverage(coveredUntil: at("11:00"), newestCall: nil, listedNumbers: coverage.listedNumbers))
      }
      try await fixture.pool.run("\(beginning) '1 day'")
      _ = try await makeMigrator(fixture.pool).run()
      #expect(
        try await fixture.store.coverage(now: at("12:00")).coveredUntil == makeTime("2026-03-01T09:48:59Z"))
    }
  }

  @Test("Without the row that holds the mark no run goes on as if nothing had been read; migrate makes it")
  func noRow() async throws {
    try await withStore { fixture in
      try await fixture.commit(
        [makeRing(makeSID(1), endedAt: at("09:50"))], marks: [.coveredUntil(at("10:00"))])
      try await fixture.pool.run("DELETE FROM sync_state")
      let failure = await #expect(throws: RunFailure.self) {
        try await fixture.store.coverage(now: at("12:00"))
      }
      #expect(failure?.kind == .database(.incompleteSchema))
      #expect(
        failure?.message
          == "A la tabla sync_state le falta su fila. Ejecute «twilio-sync migrate», que la crea con la fecha de la última llamada guardada."
      )
      _ = try await makeMigrator(fixture.pool).run()
      #expect(
        try await fixture.store.coverage(now: at("12:00")).coveredUntil == makeTime("2026-03-01T09:48:59Z"))
    }
  }

  @Test("Without a call and without a mark nothing is covered")
  func uncovered() async throws {
    try await withStore { fixture in
      let coverage = try await fixture.store.coverage(now: at("12:00"))
      #expect(coverage == Coverage(coveredUntil: nil, newestCall: nil, listedNumbers: 3))
    }
  }

  @Test(
    "A commit that fails at its last statement or at COMMIT leaves nothing",
    arguments: [
      "CREATE TRIGGER fail BEFORE UPDATE ON sync_state FOR EACH ROW EXECUTE FUNCTION fail()",
      """
      CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON sync_state DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION fail()
      """,
    ])
  func failsAtTheEnd(trigger: String) async throws {
    try await withStore { fixture in
      var earlier = makeTransfer(makeSID(101), endTime: at("09:00"))
      try await fixture.commit([earlier])
      earlier.endTime = at("09:01")
      earlier.dateUpdated = at("10:00")
      let before = try await fixture.pool.lines(Self.everything)
      try await fixture.pool.run(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE check_violation; END'",
        trigger)
      let marks = [IntakeMark.gap(gap), .gone([makeSID(7)]), .coveredUntil(at("10:00"))]
      let error = await #expect(throws: RunFailure.self) {
        try await fixture.commit(page + [earlier], marks: marks)
      }
      #expect(error?.kind == .database(.refused))
      #expect(try await fixture.pool.lines(Self.everything) == before)
      try await fixture.pool.run("DROP FUNCTION fail CASCADE")
      try await fixture.commit(page + [earlier], marks: marks)
      #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil == at("10:00"))
      #expect(try await fixture.decision(makeSID(100))?.number == "+34910000077")
    }
  }

  private static let unsettled =
    """
    SELECT concat_ws(' ', ltrim(call_id, 'CA0'), call_date AT TIME ZONE 'UTC', asked_at AT TIME ZONE 'UTC',
      'given up ' || (given_up_at AT TIME ZONE 'UTC'), 'gone ' || (gone_at AT TIME ZONE 'UTC'))
    FROM unsettled_calls ORDER BY call_id
    """

  @Test("Unsettled calls are listed with the time of asking, and leave the list when they are settled")
  func unsettledCalls() async throws {
    var live = makeRing(makeSID(3), endedAt: at("09:45"))
    (live.status, live.endTime, live.duration, live.price) = (.inProgress, nil, nil, nil)
    try await withStore { fixture in
      try await fixture.commit(page + [live], readAt: at("12:00"))
      #expect(
        try await fixture.pool.lines(Self.unsettled) == [
          "2 2026-03-01 09:38:59 2026-03-01 12:00:00", "3 2026-03-01 09:43:59 2026-03-01 12:00:00",
        ])
      try await fixture.commit(
        [makeRing(makeSID(2), of: 5, endedAt: at("09:40")), live], readAt: at("13:00"))
      #expect(
        try await fixture.pool.lines(Self.unsettled) == ["3 2026-03-01 09:43:59 2026-03-01 13:00:00"])
      // A page that was read earlier but comes later does not turn the clock back.
      try await fixture.commit([live], readAt: at("12:30"))
      #expect(
        try await fixture.pool.lines(Self.unsettled) == ["3 2026-03-01 09:43:59 2026-03-01 13:00:00"])
    }
  }

  @Test(
    "A time of asking that is none or still to come counts as never, and gives way to the next one",
    arguments: OddTimesTests.unbelieved)
  func askedAhead(time: String) async throws {
    var unpriced = makeRing(makeSID(2), of: 5, endedAt: at("09:40"))
    unpriced.price = nil
    let (call, other) = (unpriced, makeSID(3))
    try await withStore { fixture in
      func asked() async throws -> [Timestamp] {
        try await fixture.store.unsettled(limit: 9).map(\.askedAt)
      }
      try await fixture.commit([call], readAt: at("12:00"))
      for marks in [[], [IntakeMark.notGiven([call.sid])]] {
        try await fixture.pool.run("UPDATE unsettled_calls SET asked_at = \(time)")
        #expect(try await asked() == [.epoch])
        try await fixture.commit(marks.isEmpty ? [call] : [], readAt: at("13:00"), marks: marks)
        #expect(try await asked() == [at("13:00")])
      }
      // Clocks differ by some minutes.
      try await fixture.pool.run("UPDATE unsettled_calls SET asked_at = now() + INTERVAL '9 minutes'")
      try await fixture.commit([call], readAt: at("14:00"))
      #expect(try await asked().allSatisfy { $0 > at("14:00") })
      // Another is before it, wherever the server puts it.
      var second = call
      second.sid = other
      try await fixture.commit([second], readAt: at("14:00"))
      try await fixture.pool.run(
        "UPDATE unsettled_calls SET asked_at = CASE WHEN call_id = '\(other.text)' THEN \(time) ELSE '2026-03-01' END"
      )
      #expect(try await fixture.store.unsettled(limit: 9).map(\.sid) == [other, call.sid])
    }
  }

  @Test("A call is given up at the age of 48 hours, and comes back when it is settled after all")
  func givenUp() async throws {
    var unpriced = makeRing(makeSID(2), of: 5, endedAt: at("09:40"))
    unpriced.price = nil
    let age48 = makeTime("2026-03-03T09:38:59Z")
    try await withStore { fixture in
      try await fixture.commit([unpriced], readAt: age48.adding(seconds: -1))
      #expect(
        try await fixture.pool.lines(Self.unsettled) == ["2 2026-03-01 09:38:59 2026-03-03 09:38:58"])
      try await fixture.commit([unpriced], readAt: age48)
      let givenUp = ["2 2026-03-01 09:38:59 2026-03-03 09:38:59 given up 2026-03-03 09:38:59"]
      #expect(try await fixture.pool.lines(Self.unsettled) == givenUp)
      try await fixture.commit([unpriced], readAt: age48.adding(hours: 5))
      #expect(try await fixture.pool.lines(Self.unsettled) == givenUp)
      try await fixture.commit(
        [makeRing(makeSID(2), of: 5, endedAt: at("09:40"))], readAt: age48.adding(hours: 6))
      #expect(try await fixture.pool.lines(Self.unsettled).isEmpty)
    }
  }

  @Test("A call that was given up in the queue is asked for from the moment it starts until it has a price")
  func startsLate() async throws {
    let created = at("09:00")
    var call = Call(
      sid: makeSID(2), from: StoreFixture.own(5), to: StoreFixture.lead, direction: .outboundAPI)
    call.status = .queued
    call.dateCreated = created
    call.dateUpdated = created
    try await withStore { fixture async throws in
      func lines(after hours: Int) async throws -> [String] {
        try await fixture.commit([call], readAt: created.adding(hours: hours))
        return try await fixture.pool.lines(Self.unsettled)
      }
      #expect(try await lines(after: 1) == ["2 2026-03-01 09:00:00 2026-03-01 10:00:00"])
      #expect(
        try await lines(after: 48)
          == ["2 2026-03-01 09:00:00 2026-03-03 09:00:00 given up 2026-03-03 09:00:00"])
      // It is dialled in the 50th hour.
      call.status = .inProgress
      call.startTime = created.adding(hours: 50)
      call.dateUpdated = call.startTime
      #expect(try await lines(after: 51) == ["2 2026-03-03 11:00:00 2026-03-03 12:00:00"])
      call.status = .completed
      call.endTime = created.adding(hours: 52)
      call.duration = 7200
      call.dateUpdated = call.endTime
      #expect(try await lines(after: 53) == ["2 2026-03-03 11:00:00 2026-03-03 14:00:00"])
      #expect(try await fixture.store.unsettled(limit: 9).map(\.sid) == [call.sid])
      call.price = Price("-0.0560")
      call.priceUnit = "USD"
      call.dateUpdated = created.adding(hours: 53)
      #expect(try await lines(after: 60).isEmpty)
      #expect(try await fixture.pool.lines("SELECT cost FROM calls") == ["0.0560"])
    }
  }

  @Test("A call that Twilio does not know keeps its row, and is asked for until it is 48 hours old")
  func gone() async throws {
    var unpriced = makeRing(makeSID(2), of: 5, endedAt: at("09:40"))
    unpriced.price = nil
    try await withStore { fixture in
      try await fixture.commit([unpriced], readAt: at("12:00"))
      let row = try await fixture.pool.lines("SELECT c::text FROM calls c")
      try await fixture.commit([], readAt: at("13:00"), marks: [.gone([unpriced.sid, makeSID(9)])])
      #expect(try await fixture.pool.lines(Self.unsettled) == ["2 2026-03-01 09:38:59 2026-03-01 13:00:00"])
      let age48 = makeTime("2026-03-03T09:38:59Z")
      try await fixture.commit([], readAt: age48, marks: [.gone([unpriced.sid])])
      #expect(
        try await fixture.pool.lines(Self.unsettled) == [
          "2 2026-03-01 09:38:59 2026-03-03 09:38:59 given up 2026-03-03 09:38:59 gone 2026-03-03 09:38:59"
        ])
      #expect(try await fixture.pool.lines("SELECT c::text FROM calls c") == row)
      // A listing shows it after all.
      try await fixture.commit([unpriced], readAt: age48.adding(hours: 1))
      #expect(try await fixture.pool.lines(Self.unsettled) == ["2 2026-03-01 09:38:59 2026-03-03 10:38:59"])
    }
  }

  @Test(
    "A call that Twilio does not give has its turn moved on, and is given up at 48 hours, but not as unknown")
  func notGiven() async throws {
    var unpriced = makeRing(makeSID(2), of: 5, endedAt: at("09:40"))
    unpriced.price = nil
    try await withStore { fixture in
      try await fixture.commit([unpriced], readAt: at("12:00"))
      try await fixture.commit([], readAt: at("13:00"), marks: [.notGiven([unpriced.sid])])
      #expect(try await fixture.store.unsettled(limit: 9).map(\.askedAt) == [at("13:00")])
      try await fixture.commit(
        [], readAt: makeTime("2026-03-03T09:38:59Z"), marks: [.notGiven([unpriced.sid])])
      #expect(
        try await fixture.pool.lines(Self.unsettled) == [
          "2 2026-03-01 09:38:59 2026-03-03 09:38:59 given up 2026-03-03 09:38:59"
        ])
    }
  }
}
