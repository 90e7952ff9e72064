import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The progress of a resync of the history")
struct HistoryTests {
  private let request = HistoryRequest(since: makeTime("2025-08-01T00:00:00Z"), until: nil)
  private let now = makeTime("2026-03-01T12:00:00Z")

  /// Begins a historical run.
  private func begin(_ store: CallStore, now: Timestamp? = nil) async throws -> RunFence {
    try await store.begin(.historical, requestedBy: "test", now: now ?? self.now)
  }

  /// Ends a run as it would be recorded.
  private func end(_ fence: RunFence, _ state: RunState, on store: CallStore) async throws {
    try await store.finish(
      SyncRun(
        id: fence.run, kind: .historical, state: state, startedAt: now, finishedAt: now, requestedBy: "test"),
      fence: fence)
  }

  private func step(
    _ slice: HistorySlice, next: String?, calls: Int, in period: Period
  ) -> IntakeMark {
    var listed = RunCounts()
    for _ in 0..<calls { listed.count(makeCall()) }
    return .slice(SliceStep(slice: slice, next: next, listed: listed, period: period))
  }

  private func page(_ marks: [IntakeMark], _ calls: [Call] = []) -> IntakePage {
    IntakePage(calls: calls, readAt: now, marks: marks)
  }

  @Test("A resync that an older program left unfinished is begun anew: it may have believed empty answers")
  func ofOlderProgram() async throws {
    try await withStore { fixture in
      let first = try await begin(fixture.store)
      _ = try await fixture.store.openHistory(request, restart: false, now: now, fence: first)
      try await end(first, .interrupted, on: fixture.store)
      try await fixture.pool.run(
        "UPDATE sync_slices SET is_done = true", "DELETE FROM schema_migrations WHERE version = 13")
      #expect(try await makeMigrator(fixture.pool).run() == [13])
      let second = try await begin(fixture.store)
      let opened = try await fixture.store.openHistory(request, restart: false, now: now, fence: second)
      #expect(!opened.isContinued && opened.open.map(\.period) == [Period(start: request.since, end: now)])
    }
  }

  @Test(
    "A resync that was begun anew stays so after an interruption, and only that one",
    arguments: [false, true])
  func restart(isRestart: Bool) async throws {
    try await withStore { fixture in
      let store = fixture.store
      let first = try await begin(store)
      for _ in 0..<2 {
        let opened = try await store.openHistory(request, restart: isRestart, now: now, fence: first)
        #expect(opened.isRestart == isRestart)
      }
      try await end(first, .interrupted, on: store)
      let second = try await begin(store)
      for _ in 0..<2 {
        let opened = try await store.openHistory(request, restart: false, now: now, fence: second)
        #expect(opened.isContinued && opened.isRestart == isRestart)
      }
      try await end(second, .succeeded, on: store)
      let third = try await begin(store)
      #expect(try await !store.openHistory(request, restart: false, now: now, fence: third).isRestart)
    }
  }

  @Test("The page of a resync that was begun anew replaces what is stored, known and final as it may be")
  func lastWord() async throws {
    try await withStore { fixture in
      let call = makeRing(makeSID(1), endedAt: at("10:00"))
      let transfer = makeTransfer(makeSID(100), endTime: at("10:01"))
      try await fixture.commit([call, transfer])
      var now = call
      now.price = Price("-0.00100")
      now.endTime = nil
      now.duration = nil
      now.status = .inProgress
      now.dateUpdated = nil
      let page = IntakePage(calls: [now], readAt: at("12:00"), isLastWord: true)
      #expect(try await fixture.store.commit(page, fence: fixture.fence).changed == [call.sid])
      #expect(
        try await fixture.pool.line(
          """
          SELECT concat_ws(' ', status, coalesce(duration::text, '-'), cost, ended_at IS NULL,
            twilio_updated_at IS NULL, raw_data->>'price') FROM calls WHERE id = '\(call.sid.text)'
          """) == "in-progress - 0.00100 t t -0.00100")
      #expect(try await fixture.store.commit(page, fence: fixture.fence).changed.isEmpty)
      #expect(try await fixture.commit([call]).changed == [call.sid])
    }
  }

  @Test("A page's commit stores where its slice goes on; the next run of the same history takes over")
  func takenOver() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let first = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: first)
      #expect(!opened.isContinued && opened.open.map(\.number) == [1])
      let period = try #require(opened.period)
      #expect(period == Period(start: request.since, end: now))
      let parts = [
        HistorySlice(number: 2, period: Period(start: request.since, end: makeTime("2026-01-01T00:00:00Z"))),
        HistorySlice(number: 3, period: Period(start: makeTime("2026-01-01T00:00:00Z"), end: now)),
      ]
      let call = makeRing(makeSID(1), from: "+34910009999", endedAt: at("10:00"))
      _ = try await store.commit(page([.sliceReplaced(number: 1, by: parts)]), fence: first)
      _ = try await store.commit(
        page([step(parts[1], next: "p1", calls: 1, in: period)], [call]), fence: first)
      _ = try await store.commit(page([step(parts[0], next: nil, calls: 2, in: period)]), fence: first)
      try await end(first, .interrupted, on: store)

      let second = try await begin(store)
      let later = now.adding(hours: 1)
      let other = try await store.openHistory(
        HistoryRequest(since: request.since, until: at("00:00")), restart: false, now: later, fence: second)
      #expect(!other.isContinued)
      try await end(second, .failed, on: store)

      let third = try await begin(store)
      let continued = try await store.openHistory(request, restart: false, now: later, fence: third)
      #expect(continued.isContinued && continued.slicesDone == 1)
      // The slice that reaches into the last 48 hours is read again up to now, the other is done.
      #expect(
        continued.open == [
          HistorySlice(number: 4, period: Period(start: makeTime("2026-01-01T00:00:00Z"), end: later))
        ])
      #expect(continued.counts.totalCalls == 2 && continued.counts.case1Count == 2)
      #expect(continued.counts.savedCalls == 2 && continued.counts.createdPhones == 1)
      #expect(
        try await fixture.pool.lines("SELECT DISTINCT run_id FROM sync_slices ORDER BY 1")
          == ["\(second.run.number)", "\(third.run.number)"])
    }
  }

  @Test("A closed history goes on exactly where it was")
  func closed() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let request = HistoryRequest(since: request.since, until: makeTime("2025-09-01T00:00:00Z"))
      let first = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: first)
      let period = try #require(opened.period)
      #expect(period.end == request.until)
      _ = try await store.commit(page([step(opened.open[0], next: "p1", calls: 3, in: period)]), fence: first)
      try await end(first, .failed, on: store)
      let second = try await begin(store)
      let continued = try await store.openHistory(
        request, restart: false, now: now.adding(hours: 5), fence: second)
      #expect(continued.open == [HistorySlice(number: 1, period: period, next: "p1")])
      #expect(continued.counts.totalCalls == 3)
      try await end(second, .failed, on: store)
      let third = try await begin(store)
      let restarted = try await store.openHistory(request, restart: true, now: now, fence: third)
      #expect(!restarted.isContinued && restarted.open == [HistorySlice(number: 1, period: period)])
      #expect(try await fixture.pool.line("SELECT count(*) FROM sync_slices") == "1")
    }
  }

  @Test("A resync that has ended well is forgotten; the next one begins anew")
  func finished() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let first = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: first)
      let period = try #require(opened.period)
      _ = try await store.commit(page([step(opened.open[0], next: nil, calls: 3, in: period)]), fence: first)
      #expect(
        try await store.closeHistory(period, asked: period, fence: first) == HistoryEnd(unmatchedCalls: 0))
      try await end(first, .succeeded, on: store)
      let second = try await begin(store)
      let again = try await store.openHistory(request, restart: false, now: now, fence: second)
      #expect(!again.isContinued && again.counts == RunCounts())
      #expect(try await fixture.pool.line("SELECT count(*) FROM sync_slices") == "1")
    }
  }

  @Test("A page that is committed twice moves its slice and its counts once")
  func twice() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let fence = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: fence)
      let period = try #require(opened.period)
      for _ in 0..<2 {
        _ = try await store.commit(
          page([step(opened.open[0], next: "p1", calls: 3, in: period)]), fence: fence)
      }
      let moved = HistorySlice(number: 1, period: period, next: "p1")
      for _ in 0..<2 {
        _ = try await store.commit(page([step(moved, next: nil, calls: 2, in: period)]), fence: fence)
      }
      #expect(
        try await fixture.pool.line("SELECT concat_ws(' ', total_calls, is_done, next_page) FROM sync_slices")
          == "5 t")
    }
  }

  @Test("A page that the database refuses leaves its slice where it was")
  func together() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let fence = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: fence)
      let period = try #require(opened.period)
      try await fixture.pool.run("ALTER TABLE sync_slices ADD CHECK (total_calls = 0)")
      let call = makeRing(makeSID(7), endedAt: at("10:00"))
      await #expect(throws: RunFailure.self) {
        _ = try await store.commit(
          page([step(opened.open[0], next: "p1", calls: 1, in: period)], [call]), fence: fence)
      }
      #expect(
        try await fixture.pool.line("SELECT concat_ws(' ', total_calls, is_done, next_page) FROM sync_slices")
          == "0 f")
    }
  }

  @Test("A run that lost its lease can open, move and close nothing")
  func fenced() async throws {
    try await withStore(lease: LeaseTerms(seconds: 0)) { fixture in
      let store = fixture.store
      let old = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: old)
      let period = try #require(opened.period)
      let new = try await begin(store)
      _ = try await store.openHistory(request, restart: false, now: now, fence: new)
      func isLost(_ work: () async throws -> Void) async -> Bool {
        do {
          try await work()
          return false
        } catch { return (error as? RunFailure)?.kind == .leaseLost }
      }
      #expect(await isLost { _ = try await store.openHistory(request, restart: true, now: now, fence: old) })
      #expect(
        await isLost {
          _ = try await store.commit(
            page([step(opened.open[0], next: "p1", calls: 1, in: period)]), fence: old)
        })
      #expect(await isLost { _ = try await store.closeHistory(period, asked: period, fence: old) })
      #expect(try await fixture.pool.line("SELECT next_page FROM sync_slices") == "NULL")
    }
  }

  @Test("Closing counts the transfers without a related call and forgets the holes that were filled")
  func closing() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let fence = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: fence)
      let period = try #require(opened.period)
      let inside = Period(start: makeTime("2025-10-01T00:00:00Z"), end: makeTime("2025-10-02T00:00:00Z"))
      let across = Period(start: makeTime("2025-07-01T00:00:00Z"), end: makeTime("2025-10-02T00:00:00Z"))
      _ = try await store.commit(
        page(
          [.gap(inside), .gap(across)],
          [
            makeTransfer(makeSID(100), from: "+34600000001", endTime: at("10:00")),
            makeTransfer(makeSID(101), from: "+34600000022", endTime: at("10:00")),
            makeTransfer(makeSID(102), from: "+34600000003", endTime: makeTime("2025-01-01T00:00:00Z")),
            makeRing(makeSID(1), endedAt: at("09:00")),
          ]), fence: fence)
      // A server that crashed has forgotten that the slice was done.
      let failure = await #expect(throws: RunFailure.self) {
        _ = try await store.closeHistory(period, asked: period, fence: fence)
      }
      #expect(failure?.message.contains("Repita el mismo comando") == true)
      _ = try await store.commit(page([step(opened.open[0], next: nil, calls: 4, in: period)]), fence: fence)
      #expect(try await store.closeHistory(period, asked: period, fence: fence).unmatchedCalls == 1)
      #expect(
        try await fixture.pool.lines(
          "SELECT concat_ws(' ', timezone('UTC', period_start)::date, timezone('UTC', period_end)::date) FROM sync_holes"
        ) == ["2025-07-01 2025-08-01"])
    }
  }

  @Test(
    "A call that was given up after a resync's first run had begun has not been asked for again by one that goes on",
    arguments: [false, true])
  func givenUpMeanwhile(isOfOlderProgram: Bool) async throws {
    try await withStore { fixture in
      let store = fixture.store
      let closed = HistoryRequest(since: request.since, until: at("00:00"))
      let calls = (1...2).map { makeRing(makeSID($0), endedAt: makeTime("2026-02-27T10:00:00Z")) }
      try await fixture.commit(calls)
      try await fixture.pool.run(
        "UPDATE calls SET cost = NULL",
        "INSERT INTO unsettled_calls (call_id, call_date, asked_at) SELECT id, call_date, '2026-03-01Z' FROM calls"
      )
      func giveUp(_ sid: CallSID, at time: Timestamp) async throws {
        let time = PostgresValue.text(time.iso8601)
        _ = try await fixture.pool.lines(
          "UPDATE unsettled_calls SET asked_at = $2::timestamptz, given_up_at = $2::timestamptz WHERE call_id = $1",
          [.text(sid.text), time])
      }
      func resync(_ number: Int, isContinued: Bool) async throws -> RunFence {
        let now = now.adding(hours: number)
        let fence = try await begin(store, now: now)
        let opened = try await store.openHistory(closed, restart: false, now: now, fence: fence)
        #expect(opened.isContinued == isContinued)
        let period = try #require(opened.period)
        if let slice = opened.open.first {
          // Killed where everything has been read.
          _ = try await store.commit(page([step(slice, next: nil, calls: 2, in: period)]), fence: fence)
        } else {
          _ = try await store.closeHistory(period, asked: period, fence: fence)
        }
        return fence
      }
      try await giveUp(calls[0].sid, at: now.adding(hours: -1))
      try await end(try await resync(0, isContinued: false), .interrupted, on: store)
      try await giveUp(calls[1].sid, at: now.adding(hours: 1))
      #expect(try await store.status(now: now).givenUpCalls == 2)
      if isOfOlderProgram { try await fixture.pool.run("UPDATE sync_runs SET began_at = NULL") }
      // The second of them is killed between closing the history and finishing.
      for number in [2, 3] {
        try await end(try await resync(number, isContinued: true), .interrupted, on: store)
        #expect(try await store.status(now: now).givenUpCalls == 1)
      }
      try await end(try await resync(4, isContinued: true), .succeeded, on: store)
      #expect(try await store.status(now: now).givenUpCalls == 1)
      try await end(try await resync(5, isContinued: false), .interrupted, on: store)
      try await end(try await resync(6, isContinued: true), .succeeded, on: store)
      #expect(try await store.status(now: now).givenUpCalls == 0)
    }
  }

  @Test(
    "A hole to the microsecond is told from the millisecond it begins in to the one it ends in, and filled by those alone"
  )
  func holeByHand() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let fence = try await begin(store)
      let start = makeTime("2025-10-01T10:00:00.000Z")
      // The last call of it may have begun in the second in which it ends.
      let last = Period(
        start: makeTime("2025-10-02T10:00:00.000Z"), end: makeTime("2025-10-02T10:00:00.001Z"))
      let hole = Period(start: start, end: last.end)
      func tell(_ period: Period) async throws -> [Period] {
        _ = try await store.closeHistory(period, asked: period, fence: fence)
        return try await store.status(now: now).gaps
      }
      // Two that are one to the millisecond, and one that is lost.
      try await fixture.pool.run(
        """
        INSERT INTO sync_holes (period_start, period_end, is_lost) VALUES
          ('2025-10-01 10:00:00.0006Z', '2025-10-02 10:00:00.0004Z', false),
          ('2025-10-01 10:00:00.0004Z', '2025-10-02 10:00:00.0006Z', false),
          ('2025-11-01 10:00:00.0006Z', '2025-11-02 10:00:00.0004Z', true)
        """)
      #expect(try await store.status(now: now).gaps == [hole, hole])
      #expect(
        try await tell(Period(start: start.adding(hours: 1), end: last.start)) == [
          Period(start: start, end: start.adding(hours: 1)), last,
        ])
      #expect(try await tell(Period(start: start, end: start.adding(hours: 1))) == [last])
      #expect(try await tell(last).isEmpty)
      #expect(try await store.status(now: now).lost.count == 1)
      let whole = Period(start: start, end: now)
      #expect(try await tell(whole).isEmpty)
      #expect(try await fixture.pool.line("SELECT count(*) FROM sync_holes") == "0")
    }
  }

  @Test(
    "A hole that is empty or ends at a time that is none or still to come is told to nobody, and hides no other",
    arguments: OddTimesTests.unbelieved + ["timestamptz '2025-10-01Z'", "timestamptz '2025-09-30Z'"])
  func noHole(end: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "INSERT INTO sync_holes (period_start, period_end) VALUES ('2025-10-01Z', \(end)), ('2025-12-01Z', '2025-12-02Z')"
      )
      #expect(
        try await fixture.store.status(now: now).gaps.map(\.start) == [makeTime("2025-12-01T00:00:00Z")])
      let fence = try await begin(fixture.store)
      let all = Period(start: request.since, end: now)
      _ = try await fixture.store.closeHistory(all, asked: all, fence: fence)
      #expect(try await fixture.store.status(now: now).gaps.isEmpty)
      // It is a hole once its end has been.
      try await fixture.pool.run("UPDATE sync_holes SET period_end = '2025-10-03Z'")
      #expect(
        try await fixture.store.status(now: now).gaps.map(\.start) == [makeTime("2025-10-01T00:00:00Z")])
    }
  }

  @Test("What Twilio no longer keeps and no run has taken in is recorded as lost, and told once")
  func lost() async throws {
    try await withStore { fixture in
      let store = fixture.store
      try await fixture.pool.run(
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, period_start, period_end) VALUES
          ('hourly', 'failed', 'test', now(), '2025-10-01Z', '2025-10-02Z'),
          ('historical', 'succeeded', 'test', now(), '2025-09-01Z', '2025-09-03Z'),
          ('historical', 'failed', 'test', now(), '2025-08-01Z', '2025-09-01Z')
        """,
        "UPDATE sync_state SET covered_until = '2026-03-01Z'",
        "INSERT INTO sync_holes VALUES ('2025-10-05Z', '2025-10-07Z'), ('2025-12-30Z', '2026-01-03Z')")
      let kept = Period(start: makeTime("2026-01-01T00:00:00Z"), end: now)
      let asked = Period(start: request.since, end: now)
      func holes() async throws -> [String] {
        try await fixture.pool.lines(
          """
          SELECT to_char(timezone('UTC', period_start), 'MM-DD') || ' ' || to_char(timezone('UTC', period_end), 'MM-DD')
            || ' ' || is_lost FROM sync_holes ORDER BY period_start
          """)
      }
      let expected = ["08-01 09-01 true", "09-03 10-01 true", "10-05 10-07 true", "12-30 01-01 true"]
      let fence = try await begin(store)
      let end = try await store.closeHistory(kept, asked: asked, fence: fence)
      #expect(end.lost.count == 4)
      #expect(try await holes() == expected)
      #expect(try await store.closeHistory(kept, asked: asked, fence: fence).lost.isEmpty)
      #expect(try await holes() == expected)
      let facts = try await store.status(now: now)
      #expect(facts.gaps.isEmpty && facts.lost.count == 4)
    }
  }

  @Test("A slice that is read in other parts leaves them what its pages did to the tables")
  func replaced() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let fence = try await begin(store)
      let opened = try await store.openHistory(request, restart: false, now: now, fence: fence)
      let period = try #require(opened.period)
      let call = makeRing(makeSID(1), from: "+34910009999", endedAt: at("10:00"))
      _ = try await store.commit(
        page([step(opened.open[0], next: "p1", calls: 1, in: period)], [call]), fence: fence)
      let bound = makeTime("2026-01-01T00:00:00Z")
      let parts = [
        HistorySlice(number: 2, period: Period(start: bound, end: now)),
        HistorySlice(number: 3, period: Period(start: request.since, end: bound)),
      ]
      for _ in 0..<2 {
        _ = try await store.commit(page([.sliceReplaced(number: 1, by: parts)]), fence: fence)
      }
      let progress = try await store.historyProgress(of: fence)
      #expect(progress.parts.map(\.counts.createdPhones) == [1, 0] && progress.counts.totalCalls == 0)
    }
  }

  @Test("The calls of the last page are known to the run that goes on after it")
  func lastPage() async throws {
    try await withStore { fixture in
      let store = fixture.store
      let closed = HistoryRequest(since: request.since, until: makeTime("2026-01-01T00:00:00Z"))
      let first = try await begin(store)
      let opened = try await store.openHistory(closed, restart: false, now: now, fence: first)
      let period = try #require(opened.period)
      let sids = (1...1000).map { makeSID($0) }
      let step = SliceStep(
        slice: opened.open[0], next: "p1", listed: RunCounts(), calls: sids, period: period)
      _ = try await store.commit(page([.slice(step)]), fence: first)
      try await end(first, .interrupted, on: store)
      let second = try await begin(store)
      let continued = try await store.openHistory(closed, restart: false, now: now, fence: second)
      #expect(continued.open.map(\.lastPage) == [Set(sids)])
      let last = SliceStep(
        slice: continued.open[0], next: nil, listed: RunCounts(), calls: sids, period: period)
      _ = try await store.commit(page([.slice(last)]), fence: second)
      #expect(try await fixture.pool.line("SELECT last_page_calls IS NULL FROM sync_slices") == "t")
    }
  }

  @Test(
    "What a trigger passed over is not saved, and what several pages decide counts once, for the run that goes on"
  )
  func countedOnce() async throws {
    try await withStore { fixture in
      let store = fixture.store
      // The transfer lies before the period; the pages bring nearer and nearer calls that rang its lead.
      let asked = HistoryRequest(since: at("09:00"), until: at("12:00"))
      try await fixture.commit([makeTransfer(makeSID(50), endTime: at("08:59"))])
      try await fixture.pool.run(
        """
        CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF new.id = '\(makeSID(3).text)' THEN RETURN NULL; END IF; RETURN new;
        END $$
        """, "CREATE TRIGGER skip BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION skip()")
      var fence = try await begin(store)
      var progress = try await store.openHistory(asked, restart: false, now: now, fence: fence)
      let period = try #require(progress.period)
      let pages = [
        (makeRing(makeSID(1), of: 4, endedAt: at("11:00")), saved: 1),
        (makeRing(makeSID(2), of: 5, endedAt: at("10:00")), saved: 2),
        (makeRing(makeSID(3), of: 4, endedAt: at("09:40")), saved: 2),
        (makeRing(makeSID(4), of: 4, endedAt: at("09:30")), saved: 3),
      ]
      for (number, (call, saved)) in pages.enumerated() {
        let mark = try step(
          #require(progress.open.first), next: number == 3 ? nil : "p\(number)", calls: 1, in: period)
        _ = try await store.commit(page([mark], [call]), fence: fence)
        try await end(fence, .interrupted, on: store)
        fence = try await begin(store)
        progress = try await store.openHistory(asked, restart: false, now: now, fence: fence)
        #expect(progress.isContinued && progress.counts.totalCalls == number + 1)
        #expect(progress.counts.savedCalls == saved && progress.counts.refreshedCalls == 1)
      }
      #expect(try await fixture.decision(makeSID(50)) == Decision(4, StoreFixture.own(4)))
      // Read in other parts, only what was done to the tables still counts.
      let anew = HistorySlice(number: 2, period: period)
      _ = try await store.commit(page([.sliceReplaced(number: 1, by: [anew])]), fence: fence)
      progress = try await store.historyProgress(of: fence)
      #expect(progress.counts.savedCalls == 0 && progress.redecided == [makeSID(50)])
    }
  }

  @Test("When a run's record is deleted its progress goes with it")
  func cascade() async throws {
    try await withStore { fixture in
      let fence = try await begin(fixture.store)
      _ = try await fixture.store.openHistory(request, restart: false, now: now, fence: fence)
      try await fixture.pool.run("DELETE FROM sync_runs")
      #expect(try await fixture.pool.line("SELECT count(*) FROM sync_slices") == "0")
    }
  }
}
