import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The ledger of moves", .keepsFailedDatabases)
struct CallMoveTests {
  private let now = makeTime("2026-03-01T12:00:00Z")
  private let ring = makeRing(makeSID(1), of: 4, endedAt: at("09:50"))
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))

  /// Every row but for its number and time.
  private func ledger(_ fixture: StoreFixture) async throws -> [String] {
    try await fixture.pool.lines(
      """
      SELECT concat_ws(' ', right(call_id, 3), coalesce(run_id::text, '-'), coalesce(from_workspace::text, '-'),
        to_workspace, coalesce(number, '-'), cause) FROM call_moves ORDER BY id
      """)
  }

  private func end(
    _ fence: RunFence, _ state: RunState = .succeeded, rehearsed: [CallMove] = [], on store: CallStore
  ) async throws -> SyncRun {
    var run = SyncRun(
      id: fence.run, kind: fence.kind, state: state, startedAt: now, finishedAt: now, requestedBy: "test")
    run.isRehearsal = !rehearsed.isEmpty
    // What the run itself has counted is no more than that.
    run.counts.reattributedCalls = 99
    return try await store.finish(run, rehearsed: rehearsed, fence: fence)
  }

  private func reread(_ calls: [Call], isRehearsal: Bool = false) -> IntakePage {
    IntakePage(calls: calls, readAt: now, isReread: true, isRehearsal: isRehearsal)
  }

  /// Stores the ring and the transfer in a run that ends, and gives their number to workspace 5.
  private func prepare(_ fixture: StoreFixture) async throws {
    try await fixture.commit([ring, transfer])
    #expect(try await end(fixture.fence, on: fixture.store).counts.reattributedCalls == 0)
    try await fixture.pool.run("UPDATE workspace_phones SET workspace_id = 5 WHERE workspace_id = 4")
  }

  @Test("Every kind of run writes what it moves, in the commit that moves it", arguments: RunKind.allCases)
  func everyKind(kind: RunKind) async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      let fence = try await fixture.store.begin(kind)
      let page = IntakePage(calls: [ring, transfer], readAt: now)
      let outcome = try await fixture.store.commit(
        kind == .reattribute ? reread([ring, transfer]) : page, fence: fence)
      #expect(Set(outcome.moves.map(\.sid)) == [ring.sid, transfer.sid])
      let rows = try await ledger(fixture)
      let run = fence.run.number
      #expect(
        Set(rows) == [
          "001 \(run) 4 5 +34910000004 directory", "064 \(run) 4 5 +34910000004 directory",
        ])
      #expect(
        try await fixture.pool.line("SELECT bool_and(moved_at <= clock_timestamp()) FROM call_moves") == "t")
      // Nothing is left to move.
      #expect(try await fixture.store.commit(page, fence: fence).moves.isEmpty)
      let ended = try await end(fence, on: fixture.store)
      #expect(ended.counts.reattributedCalls == 2 && ended.moves.map(\.calls) == [2])
      #expect(try await fixture.store.run(fence.run) == ended)
      #expect(try await ledger(fixture) == rows)
    }
  }

  @Test("A call that is first stored in a run, or while it runs, moves nothing in it and moves in the next")
  func firstStoredMeanwhile() async throws {
    try await withStore { fixture in
      let historical = try await fixture.store.begin(.historical)
      // By the hourly run beside it.
      try await fixture.commit([transfer])
      let other = makeTransfer(makeSID(101), endTime: at("10:01"))
      for page in [[other], [ring], [makeRing(makeSID(2), of: 5, endedAt: at("09:59"))]] {
        let outcome = try await fixture.store.commit(
          IntakePage(calls: page, readAt: now), fence: historical)
        #expect(outcome.moves.isEmpty)
      }
      #expect(try await fixture.decision(transfer.sid)?.workspace == 5)
      let third = makeRing(makeSID(3), of: 6, endedAt: at("10:00"))
      #expect(try await fixture.commit([third]).moves.isEmpty)
      #expect(try await ledger(fixture) == [])
      #expect(try await end(historical, on: fixture.store).moves == [])
      let next = try await fixture.store.begin(.historical)
      let nearest = makeRing(makeSID(4), of: 4, endedAt: at("10:00"), direction: .trunkingTerminating)
      var corrected = third
      corrected.to = "+34600000099"
      corrected.dateUpdated = at("11:00")
      _ = try await fixture.store.commit(
        IntakePage(calls: [nearest, corrected], readAt: now), fence: next)
      #expect(Set(try await ledger(fixture).map { $0.suffix(9) }) == ["candidate"])
      #expect(try await end(next, on: fixture.store).counts.reattributedCalls == 2)
    }
  }

  @Test("A first resync writes nothing into the ledger, in whatever order its pages come")
  func firstResync() async throws {
    try await forEachSeed(3) { random in
      var generator = CallGenerator(random: SeededRandom(seed: random.next()))
      let month = generator.month(calls: 150)
      let pages = HourlyRuns(month, random: &random).runs.shuffled(using: &random).flatMap(\.self)
      try await withStore { fixture in
        _ = try await fixture.pool.fillDirectory(month.directory)
        let fence = try await fixture.store.begin(.historical)
        for page in pages { _ = try await fixture.store.commit(page, fence: fence) }
        try #require(try await ledger(fixture) == [])
      }
    }
  }

  // MARK: What moves come to

  @Test(
    "Sums are by month, number and workspaces; currencies are apart, minutes rounded up, every digit kept")
  func sums() async throws {
    var calls: [Call] = []
    func add(_ price: String?, _ unit: String?, _ seconds: Int?, _ start: Timestamp?) {
      calls.append(
        makeCall(
          makeSID(calls.count + 1), from: StoreFixture.own(4), to: "+346000001\(10 + calls.count)",
          duration: seconds, startTime: start, endTime: nil, dateCreated: nil,
          price: price.flatMap { Price($0) }, priceUnit: unit))
    }
    let march = at("09:00")
    add("-0.05600", "USD", 61, march)
    add("-0.1000000001", "USD", 60, march)
    add("-0.90", "EUR", 1, march)
    add(nil, "EUR", 0, march)
    add("-0.5", nil, nil, march)
    // A second after the month began, in UTC.
    add("-1", "USD", 600, makeTime("2026-03-31T23:59:59Z"))
    add("-2", "USD", 1, makeTime("2026-04-01T00:00:00Z"))
    add("-3", "USD", 1, nil)
    let number = makeNumber(StoreFixture.own(4))
    func sum(_ month: String?, _ calls: Int, _ minutes: Int, _ cost: [(String?, String)]) -> MoveSum {
      MoveSum(
        month: month, number: number, from: WorkspaceID(4), to: WorkspaceID(5), calls: calls,
        minutes: minutes, cost: cost.map { MoveSum.Cost(priceUnit: $0.0, sum: $0.1) })
    }
    let expected = [
      sum("2026-03", 6, 14, [("EUR", "0.90"), ("USD", "1.1560000001"), (nil, "0.5")]),
      sum("2026-04", 1, 1, [("USD", "2")]), sum(nil, 1, 1, [("USD", "3")]),
    ]
    try await withStore { fixture in
      try await fixture.commit(calls)
      try await fixture.pool.run("UPDATE workspace_phones SET workspace_id = 5 WHERE workspace_id = 4")
      let rehearsal = try await fixture.store.begin(.reattribute, isRehearsal: true)
      let would = try await fixture.store.commit(reread(calls, isRehearsal: true), fence: rehearsal).moves
      let rehearsed = try await end(rehearsal, rehearsed: would, on: fixture.store)
      let fence = try await fixture.store.begin(.reattribute)
      _ = try await fixture.store.commit(reread(calls), fence: fence)
      let run = try await end(fence, on: fixture.store)
      #expect(run.moves == expected)
      #expect(rehearsed.moves == expected && rehearsed.counts.reattributedCalls == 8)
      #expect(try await fixture.store.runs(limit: 2).map(\.moves) == [expected, expected])
    }
  }

  @Test(
    "A number or a workspace that is not known is null, and what others wrote into the record counts as nothing"
  )
  func unknownParts() async throws {
    try await withStore { fixture in
      try await fixture.commit([makeCall(from: "anonymous")])
      try await fixture.pool.run("UPDATE calls SET workspace_id = NULL")
      let fence = try await fixture.store.begin(.reattribute)
      _ = try await fixture.store.commit(reread([makeCall(from: "anonymous")]), fence: fence)
      let sum = try #require(try await end(fence, on: fixture.store).moves.first)
      #expect(sum.number == nil && sum.from == nil && sum.to == WorkspaceID(1))
      for json in [#"{"a":1}"#, "7", #"[{"to":null}]"#, #"[{"month":"x"}]"#] {
        try await fixture.pool.run("UPDATE sync_runs SET moves = '\(json)' WHERE kind = 'reattribute'")
        #expect(try await fixture.store.run(fence.run)?.moves == [])
      }
      // A call that is gone still moved.
      try await fixture.pool.run(
        "UPDATE sync_runs SET state = 'running' WHERE kind = 'reattribute'", "DELETE FROM calls",
        "UPDATE sync_leases SET expires_at = '-infinity'")
      _ = try await fixture.store.begin(.reattribute)
      #expect(try await fixture.store.run(fence.run)?.counts.reattributedCalls == 1)
      #expect(try await fixture.store.run(fence.run)?.moves.first?.month == nil)
    }
  }

  // MARK: Interruptions

  private let request = HistoryRequest(since: makeTime("2026-02-01T00:00:00Z"), until: nil)

  private func open(_ fixture: StoreFixture) async throws -> (fence: RunFence, progress: HistoryProgress) {
    let fence = try await fixture.store.begin(.historical)
    return (
      fence, try await fixture.store.openHistory(request, restart: false, now: now, fence: fence)
    )
  }

  /// A nearest ring of another workspace, which moves the transfer; each nearer than the one before.
  private func nearer(_ number: Int, of workspace: Int) -> IntakePage {
    IntakePage(
      calls: [
        makeRing(makeSID(10 + number), of: workspace, endedAt: at("09:51").adding(minutes: number))
      ], readAt: now)
  }

  @Test("A resync that is interrupted and goes on counts each call once over all its runs, and only its own")
  func resumed() async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      var (fence, progress) = try await open(fixture)
      #expect(progress.moved.isEmpty)
      _ = try await fixture.store.commit(nearer(1, of: 6), fence: fence)
      var run = try await end(fence, .interrupted, on: fixture.store)
      #expect(run.counts.reattributedCalls == 1 && run.moves.map(\.to) == [WorkspaceID(6)])
      // Another resync, of another period, between the two.
      let other = try await fixture.store.begin(.historical)
      _ = try await fixture.store.openHistory(
        HistoryRequest(since: request.since, until: at("00:00")), restart: false, now: now, fence: other)
      #expect(try await end(other, .failed, on: fixture.store).counts.reattributedCalls == 0)
      // Stored after the resync began: it moves nothing, also for the run that goes on with it.
      let stored = try await fixture.store.begin(.hourly)
      let late = makeTransfer(makeSID(102), endTime: at("10:02"))
      _ = try await fixture.store.commit(IntakePage(calls: [late], readAt: now), fence: stored)

      (fence, progress) = try await open(fixture)
      #expect(progress.moved == [transfer.sid] && progress.counts.reattributedCalls == 1)
      _ = try await fixture.store.commit(nearer(2, of: 4), fence: fence)
      _ = try await fixture.store.commit(nearer(3, of: 6), fence: fence)
      _ = try await fixture.store.commit(IntakePage(calls: [ring], readAt: now), fence: fence)
      #expect(try await fixture.store.historyProgress(of: fence).moved == [transfer.sid, ring.sid])
      #expect(try await fixture.decision(late.sid)?.workspace == 6)
      run = try await end(fence, on: fixture.store)
      #expect(run.counts.reattributedCalls == 2 && run.moves.reduce(0) { $0 + $1.calls } == 4)
      #expect(try await ledger(fixture).count == 4)
      #expect(
        try await fixture.pool.lines(
          "SELECT count(*)::text FROM sync_runs WHERE kind = 'historical' GROUP BY began_at ORDER BY 1")
          == ["1", "2"])
      // The next one is another resync.
      (fence, progress) = try await open(fixture)
      #expect(!progress.isContinued && progress.moved.isEmpty)
      #expect(try await end(fence, on: fixture.store).moves == [])
    }
  }

  @Test("Of a run whose process died its successor records what it had moved")
  func died() async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      let (fence, _) = try await open(fixture)
      _ = try await fixture.store.commit(nearer(1, of: 6), fence: fence)
      try await fixture.pool.run("UPDATE sync_leases SET expires_at = '-infinity'")
      let (next, progress) = try await open(fixture)
      let dead = try #require(try await fixture.store.run(fence.run))
      #expect(dead.state == .interrupted && dead.counts.reattributedCalls == 1)
      #expect(dead.moves.map(\.to) == [WorkspaceID(6)] && progress.moved == [transfer.sid])
      #expect(try await end(next, on: fixture.store).counts.reattributedCalls == 1)
    }
  }

  @Test(
    "A run of before the ledger counts as begun when it says it started, also for one that goes on with it")
  func olderRun() async throws {
    try await withStore { fixture in
      let (fence, _) = try await open(fixture)
      _ = try await end(fence, .interrupted, on: fixture.store)
      try await fixture.pool.run("UPDATE sync_runs SET began_at = NULL")
      let (next, progress) = try await open(fixture)
      #expect(progress.isContinued)
      #expect(
        try await fixture.pool.line(
          "SELECT began_at = started_at FROM sync_runs WHERE id = \(next.run.number)")
          == "t")
    }
  }

  @Test("A commit whose answer was lost writes each move once, and so does an end")
  func lostAnswers() async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      let answers = try fixture.database.losingAnswers()
      let store = CallStore(
        pool: fixture.database.pool(through: answers), defaultWorkspace: WorkspaceID(1))
      let fence = try await store.begin(.reattribute)
      answers.lose()
      let outcome = try await store.commit(reread([ring, transfer]), fence: fence)
      #expect(outcome.moves.count == 2 && answers.lost == 1)
      #expect(try await ledger(fixture).count == 2)
      answers.lose()
      let run = try await end(fence, on: store)
      #expect(run.counts.reattributedCalls == 2 && run.moves.map(\.calls) == [2] && answers.lost == 1)
      answers.close()
    }
  }

  @Test("A move that a trigger keeps from the table in silence is none")
  func passedOver() async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      try await fixture.pool.run(
        "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        """
        CREATE TRIGGER stay BEFORE UPDATE ON calls FOR EACH ROW WHEN (OLD.id = '\(ring.sid.text)')
        EXECUTE FUNCTION stay()
        """)
      let fence = try await fixture.store.begin(.reattribute)
      _ = try await fixture.store.commit(reread([ring, transfer]), fence: fence)
      #expect(try await ledger(fixture).map { $0.prefix(3) } == ["064"])
      #expect(try await end(fence, on: fixture.store).counts.reattributedCalls == 1)
    }
  }

  // MARK: Rehearsals

  @Test("A rehearsal writes nothing, is recorded as one, and is no last run, success or failure")
  func rehearsal() async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      for _ in 0..<3 {
        let fence = try await fixture.store.begin(.reattribute)
        _ = try await end(fence, .failed, on: fixture.store)
      }
      let stamps = try await fixture.stamps()
      let status = try await fixture.store.status(now: now)
      let figures = try await fixture.store.pageFigures(now: now)
      for state in [RunState.succeeded, .failed, .running] {
        let fence = try await fixture.store.begin(.reattribute, isRehearsal: true)
        let page = reread([ring, transfer], isRehearsal: true)
        let moves = try await fixture.store.commit(page, fence: fence).moves
        #expect(moves.count == 2)
        #expect(try await fixture.store.status(now: now) == status)
        if state != .running {
          let run = try await end(fence, state, rehearsed: moves, on: fixture.store)
          #expect(run.counts.reattributedCalls == 2 && run.moves.map(\.calls) == [2])
        }
        let recorded = try #require(try await fixture.store.run(fence.run))
        #expect(recorded.isRehearsal && recorded.state == state)
        #expect(try await fixture.store.status(now: now) == status)
        #expect(try await fixture.store.pageFigures(now: now) == figures)
      }
      #expect(try await fixture.stamps() == stamps)
      #expect(try await ledger(fixture) == [])
      #expect(status.runs[.reattribute]?.ended.count == 3)
      #expect(
        try await fixture.pool.lines("SELECT dry_run FROM sync_runs ORDER BY id") == [
          "f", "f", "f", "f", "t", "t", "t",
        ])
      // One that died has rehearsed for nobody.
      try await fixture.pool.run("UPDATE sync_leases SET expires_at = '-infinity'")
      _ = try await fixture.store.begin(.reattribute)
      #expect(try await fixture.store.status(now: now).runs[.reattribute]?.ended.count == 3)
    }
  }

  // MARK: Explanations

  @Test("An explanation shows a call's moves, the newest first, fifty at most")
  func explained() async throws {
    try await withStore { fixture in
      try await prepare(fixture)
      let fence = try await fixture.store.begin(.reattribute)
      _ = try await fixture.store.commit(reread([ring, transfer]), fence: fence)
      var moves = try #require(try await fixture.store.explanation(of: transfer.sid)).facts.moves
      let move = try #require(moves.first)
      #expect(moves.count == 1 && move.movedAt != nil)
      #expect(
        move
          == RecordedMove(
            sid: transfer.sid, month: "2026-03", number: makeNumber(StoreFixture.own(4)),
            from: WorkspaceID(4), to: WorkspaceID(5), cause: "directory", movedAt: move.movedAt,
            run: fence.run))
      try await fixture.pool.run(
        """
        INSERT INTO call_moves (call_id, to_workspace, cause, moved_at)
        SELECT '\(transfer.sid.text)', n, 'whim', 'infinity' FROM generate_series(1, 60) n
        """)
      moves = try #require(try await fixture.store.explanation(of: transfer.sid)).facts.moves
      #expect(moves.map(\.to.number) == Array((11...60).reversed()))
      #expect(moves.allSatisfy { $0.run == nil && $0.from == nil && $0.number == nil && $0.movedAt == nil })
      #expect(moves.first?.reason() == "whim")
      #expect(try await fixture.store.explanation(of: ring.sid)?.facts.moves.count == 1)
    }
  }
}
