import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("A commit that was done and whose answer was lost", .keepsFailedDatabases)
struct LostAnswerTests {
  private let now = at("12:00")

  /// A store on a way on which answers can be lost.
  private func withLostAnswers(
    lease: LeaseTerms = LeaseTerms(), _ body: (StoreFixture, LostAnswers, CallStore) async throws -> Void
  ) async throws {
    try await withStore { fixture in
      let answers = try fixture.database.losingAnswers()
      let pool = fixture.database.pool(through: answers)
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1), lease: lease)
      try await body(fixture, answers, store)
      answers.close()
    }
  }

  private func ended(_ fence: RunFence, _ state: RunState = .succeeded) -> SyncRun {
    SyncRun(
      id: fence.run, kind: fence.kind, state: state, startedAt: now, finishedAt: now, requestedBy: "test")
  }

  @Test("A run's beginning: the run knows its lease again and is recorded once")
  func begin() async throws {
    try await withLostAnswers { fixture, answers, store in
      answers.lose()
      let fence = try await store.begin(.historical, requestedBy: "test", now: now)
      #expect(answers.lost == 1)
      #expect(try await store.runs(limit: 9, kind: .historical).map(\.id) == [fence.run])
      try await store.renew(fence, counts: RunCounts())
      let second = await #expect(throws: RunFailure.self) {
        try await store.begin(.historical, requestedBy: "test", now: now)
      }
      #expect(second?.kind == .alreadyRunning && second?.runID == fence.run)
      try await store.finish(ended(fence), fence: fence)
      #expect(try await store.run(fence.run)?.state == .succeeded)
    }
  }

  @Test("A run's beginning that takes over from one that died: that one is interrupted, once")
  func takeover() async throws {
    try await withLostAnswers { fixture, answers, store in
      try await fixture.pool.run("UPDATE sync_leases SET expires_at = '-infinity' WHERE kind = 'hourly'")
      answers.lose()
      let fence = try await store.begin(.hourly, requestedBy: "test", now: now)
      #expect(answers.lost == 1 && fence.run != fixture.fence.run)
      #expect(try await store.runs(limit: 9).map(\.state) == [.running, .interrupted])
    }
  }

  @Test("A beginning of which nothing came is repeated: the connection ended before COMMIT was sent")
  func notCommitted() async throws {
    try await withStore { fixture in
      let cutter = try fixture.database.cutter()
      let store = CallStore(pool: fixture.database.pool(through: cutter), defaultWorkspace: WorkspaceID(1))
      // The lease is read; BEGIN, limits and lock; two statements about runs; taking it, and COMMIT.
      for statements in 1...7 {
        cutter.cut(afterStatements: statements, forGood: false)
        let fence = try await store.begin(.historical, requestedBy: "test", now: now)
        #expect(cutter.mend())
        #expect(try await store.runs(limit: 9, kind: .historical).map(\.state).first == .running)
        try await store.finish(ended(fence), fence: fence)
      }
      #expect(try await store.runs(limit: 9, kind: .historical).count == 7)
      cutter.close()
    }
  }

  @Test("A beginning that fails all the same leaves a lease that can be freed, and frees no other's")
  func release() async throws {
    try await withLostAnswers { fixture, answers, store in
      answers.lose(2)
      let token: Int64 = 77
      let error = await #expect(throws: RunFailure.self) {
        try await store.begin(.historical, requestedBy: "test", now: now, token: token)
      }
      #expect(error?.kind == .database(.unreachable) && answers.lost == 2)
      let refused = await #expect(throws: RunFailure.self) {
        try await fixture.store.begin(.historical, requestedBy: "other", now: now)
      }
      #expect(refused?.kind == .alreadyRunning)
      try await store.release(.historical, token: token + 1)
      await #expect(throws: RunFailure.self) {
        try await fixture.store.begin(.historical, requestedBy: "other", now: now)
      }
      try await store.release(.historical, token: token)
      let next = try await fixture.store.begin(.historical, requestedBy: "other", now: now)
      #expect(try await store.runs(limit: 9, kind: .historical).map(\.state) == [.running, .interrupted])
      try await store.release(.historical, token: token)
      try await fixture.store.renew(next, counts: RunCounts())
    }
  }

  @Test("A run's end: it is recorded as it ended, and nobody is told of a failure", arguments: [1, 2])
  func finish(lost: Int) async throws {
    try await withLostAnswers { fixture, answers, store in
      answers.lose(lost)
      if lost == 1 {
        try await store.finish(ended(fixture.fence), fence: fixture.fence)
      } else {
        await #expect(throws: RunFailure.self) {
          try await store.finish(ended(fixture.fence), fence: fixture.fence)
        }
        // As whoever failed to record it does again and again.
        try await store.finish(ended(fixture.fence), fence: fixture.fence)
      }
      #expect(answers.lost == lost)
      #expect(try await store.run(fixture.fence.run) == ended(fixture.fence))
      _ = try await store.begin(.hourly, requestedBy: "next", now: now)
    }
  }

  @Test("Renewing, and recording the period: done once more, and nothing is lost by it")
  func single() async throws {
    try await withLostAnswers { fixture, answers, store in
      for question in ["SET expires_at", "SET total_calls"] {
        answers.lose(to: question)
        try await store.renew(fixture.fence, counts: RunCounts())
        #expect(answers.lost == 1)
      }
      answers.lose(to: "SET period_start")
      let period = Period(start: at("10:45"), end: now)
      try await store.record(period, of: fixture.fence)
      #expect(answers.lost == 1)
      #expect(try await store.run(fixture.fence.run)?.period == period)
    }
  }

  /// Pages that go each of the ways to the tables: mixed, new calls, unchanged ones.
  private var pages: [IntakePage] {
    let created = makeRing(makeSID(1), from: "+34910000099", endedAt: at("09:55"))
    let lead = makeTransfer(makeSID(2), endTime: at("10:00"))
    let fresh = [makeCall(makeSID(3)), makeCall(makeSID(4))]
    let later = makeRing(makeSID(6), of: 5, endedAt: at("09:59"))
    let pages = [
      [created, lead], fresh, [makeCall(makeSID(5))], [makeCall(makeSID(5))], [makeCall(makeSID(5))], [later],
    ]
    return pages.map { IntakePage(calls: $0, readAt: now, marks: [.coveredUntil(now)]) }
  }

  @Test("A page: what it did is counted as if it had been heard")
  func page() async throws {
    var undisturbed: [PageOutcome] = []
    try await withStore { fixture in
      for page in pages {
        undisturbed.append(try await fixture.store.commit(page, fence: fixture.fence))
        try await fixture.age()
      }
    }
    // Neither of no use nor all alike.
    #expect(
      undisturbed.contains { $0.createdPhones == 1 } && undisturbed.contains { $0.moves.count == 1 })
    #expect(undisturbed.contains { $0.changed.isEmpty })
    try await withLostAnswers { fixture, answers, store in
      for (page, expected) in zip(pages, undisturbed) {
        answers.lose()
        let outcome = try await store.commit(page, fence: fixture.fence)
        #expect(outcome == expected && answers.lost == 1)
        try await fixture.age()
      }
    }
  }

  @Test("The opening and the closing of a resync, one that is continued and one that begins anew included")
  func history() async throws {
    let request = HistoryRequest(since: makeTime("2026-02-01T00:00:00Z"), until: nil)
    try await withLostAnswers { fixture, answers, store in
      var run = try await store.begin(.historical, requestedBy: "test", now: now)
      answers.lose()
      let opened = try await store.openHistory(request, restart: false, now: now, fence: run)
      #expect(answers.lost == 1)
      #expect(opened.parts == HistoryProgress(beginning: Period(start: request.since, end: now)).parts)
      let period = try #require(opened.period)
      let parts = [
        HistorySlice(number: 2, period: Period(start: request.since, end: makeTime("2026-02-10T00:00:00Z"))),
        HistorySlice(number: 3, period: Period(start: makeTime("2026-02-10T00:00:00Z"), end: now)),
      ]
      answers.lose()
      _ = try await store.commit(
        IntakePage(calls: [], readAt: now, marks: [.sliceReplaced(number: 1, by: parts)]), fence: run)
      var listed = RunCounts()
      listed.count(makeCall())
      answers.lose()
      let step = SliceStep(slice: parts[0], next: nil, listed: listed, period: period)
      _ = try await store.commit(IntakePage(calls: [], readAt: now, marks: [.slice(step)]), fence: run)
      #expect(try await store.historyProgress(of: run).counts.totalCalls == 1)
      try await store.finish(ended(run, .failed), fence: run)

      run = try await store.begin(.historical, requestedBy: "test", now: now)
      answers.lose()
      let continued = try await store.openHistory(
        request, restart: false, now: now.adding(hours: 1), fence: run)
      #expect(answers.lost == 1 && continued.slicesDone == 1 && continued.counts.totalCalls == 1)
      #expect(
        continued.open.map(\.period) == [Period(start: parts[1].period.start, end: now.adding(hours: 1))])
      let progress = try await store.historyProgress(of: run)
      #expect(progress == continued)
      try await store.finish(ended(run, .failed), fence: run)

      run = try await store.begin(.historical, requestedBy: "test", now: now)
      answers.lose()
      let anew = try await store.openHistory(request, restart: true, now: now, fence: run)
      #expect(answers.lost == 1 && anew.open.map(\.period) == [period] && anew.counts == RunCounts())
      try await fixture.pool.run("UPDATE sync_slices SET is_done = true")
      answers.lose()
      _ = try await store.closeHistory(period, asked: period, fence: run)
      #expect(answers.lost == 1)
    }
  }

  @Test("The migrator's lease: it goes on, and waits for nobody")
  func migrator() async throws {
    try await withLostAnswers { fixture, answers, store in
      answers.lose()
      let events = Events()
      let pool = fixture.database.pool(through: answers)
      let applied = try await makeMigrator(pool, onEvent: events.append).run()
      #expect(answers.lost == 1 && applied.isEmpty && events.all.isEmpty)
      #expect(
        try await fixture.pool.line("SELECT expires_at FROM sync_leases WHERE kind = 'migrate'")
          == "-infinity")
    }
  }

  @Test("The status page's figures: read once more")
  func figures() async throws {
    try await withLostAnswers { _, answers, store in
      answers.lose()
      let figures = try await store.pageFigures(now: now)
      #expect(answers.lost == 1 && figures.runs.count == 1)
    }
  }

  @Test("The end of a frozen commit: whoever waits for its lock goes on")
  func rescue() async throws {
    let lease = LeaseTerms(lockMilliseconds: 200, staleSeconds: 0)
    try await withLostAnswers(lease: lease) { fixture, answers, store in
      let frozen = fixture.database.servicePool()
      answers.lose(to: "pg_terminate_backend")
      let error = await #expect(throws: PostgresError.self) {
        try await frozen.withTransaction(
          opening: [PostgresStatement("SELECT pg_advisory_xact_lock(7234160283746)")]
        ) { transaction in
          _ = try await store.commit(
            IntakePage(calls: [], readAt: now, marks: [.coveredUntil(now)]), fence: fixture.fence)
          _ = try await transaction.query(PostgresStatement("SELECT 1"))
          return
        }
      }
      #expect(error?.isUnavailable == true && answers.lost == 1)
      let coverage = try await store.coverage(now: at("12:00"))
      #expect(coverage.coveredUntil == now)
      await frozen.close()
    }
  }
}
