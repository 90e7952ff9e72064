import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("One run of a kind at a time", .keepsFailedDatabases)
struct RunLeaseTests {
  private static let expire =
    "UPDATE sync_leases SET expires_at = now() - interval '1 second' WHERE kind = 'hourly'"

  private func ended(_ fence: RunFence, _ state: RunState = .succeeded, error: String? = nil) -> SyncRun {
    var run = SyncRun(
      id: fence.run, kind: fence.kind, state: state, startedAt: at("12:00"), requestedBy: "test")
    run.finishedAt = at("12:01")
    run.error = error
    return run
  }

  @Test("A run is recorded when it begins, with its period, and as it ended")
  func lifeOfARun() async throws {
    try await withStore { fixture in
      let started = SyncRun(
        id: fixture.fence.run, kind: .hourly, state: .running, startedAt: at("12:00"), requestedBy: "test")
      #expect(try await fixture.store.run(started.id) == started)
      try await fixture.store.record(Period(start: at("10:45"), end: at("12:00")), of: fixture.fence)
      var counts = RunCounts()
      counts.totalCalls = 77
      try await fixture.store.renew(fixture.fence, counts: counts)
      #expect(try await fixture.store.run(started.id)?.counts == counts)
      var run = ended(fixture.fence, .failed, error: "Twilio no responde.")
      run.period = Period(start: at("10:45"), end: at("12:00"))
      run.counts.totalCalls = 1
      run.counts.savedCalls = 2
      run.counts.createdPhones = 3
      run.counts.case1Count = 4
      run.counts.case2Count = 5
      run.counts.case3Count = 6
      run.counts.skippedCalls = 7
      run.counts.unmatchedCalls = 8
      run.counts.refreshedCalls = 9
      run.counts.twilioRequests = 11
      try await fixture.store.finish(run, fence: fixture.fence)
      #expect(try await fixture.store.run(run.id) == run)
      #expect(try await fixture.store.run(RunID(999)) == nil)
    }
  }

  @Test("A second run of the kind is refused, named and not recorded; other kinds are free")
  func secondIsRefused() async throws {
    try await withStore { fixture in
      let error = await #expect(throws: RunFailure.self) {
        try await fixture.store.begin(.hourly, requestedBy: "other", now: at("12:00"))
      }
      #expect(error?.kind == .alreadyRunning)
      #expect(error?.runID == fixture.fence.run)
      let retryAfter = try #require(error?.retryAfter)
      #expect((1...90).contains(retryAfter))
      #expect(try await fixture.store.runs(limit: 10).map(\.id) == [fixture.fence.run])
      for kind in [RunKind.historical, .reattribute] {
        let fence = try await fixture.store.begin(kind, requestedBy: "other", now: at("12:00"))
        #expect(fence.run > fixture.fence.run)
      }
      try await fixture.store.finish(ended(fixture.fence), fence: fixture.fence)
      let next = try await fixture.store.begin(.hourly, requestedBy: "other", now: at("12:02"))
      #expect(next.token != fixture.fence.token)
    }
  }

  @Test("A run whose lease ran out is taken over, recorded as interrupted, and can do nothing more")
  func takeover() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(Self.expire)
      #expect(try await fixture.store.run(fixture.fence.run)?.state == .interrupted)
      let next = try await fixture.store.begin(.hourly, requestedBy: "next", now: at("12:05"))
      let old = try #require(try await fixture.store.run(fixture.fence.run))
      #expect(old.state == .interrupted)
      #expect(old.finishedAt == at("12:05"))
      #expect(old.error?.isEmpty == false)
      let before = try await fixture.stamps()
      let error = await #expect(throws: RunFailure.self) {
        try await fixture.commit(
          [makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))],
          marks: [.coveredUntil(at("12:00"))])
      }
      #expect(error?.kind == .leaseLost)
      #expect(try await fixture.stamps() == before)
      #expect(try await fixture.store.coverage(now: at("12:00")).coveredUntil == nil)
      let renewal = await #expect(throws: RunFailure.self) {
        try await fixture.store.renew(fixture.fence, counts: RunCounts())
      }
      #expect(renewal?.kind == .leaseLost)
      try await fixture.store.finish(ended(fixture.fence), fence: fixture.fence)
      #expect(try await fixture.store.run(fixture.fence.run) == old)
      // The successor's lease is untouched by all of that.
      #expect(try await fixture.store.run(next.run)?.state == .running)
      try await fixture.store.renew(next, counts: RunCounts())
    }
  }

  @Test("A run that was thought dead goes on when nobody took over")
  func lateRenewal() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(Self.expire)
      try await fixture.store.renew(fixture.fence, counts: RunCounts())
      #expect(try await fixture.store.run(fixture.fence.run)?.state == .running)
      await #expect(throws: RunFailure.self) {
        try await fixture.store.begin(.hourly, requestedBy: "other", now: at("12:00"))
      }
    }
  }

  @Test("A lease lasts as long as it was told to")
  func leaseTerms() async throws {
    try await withStore(lease: LeaseTerms(seconds: 7)) { fixture in
      let error = await #expect(throws: RunFailure.self) {
        try await fixture.store.begin(.hourly, requestedBy: "other", now: at("12:00"))
      }
      let retryAfter = try #require(error?.retryAfter)
      #expect((1...7).contains(retryAfter))
    }
  }

  @Test("While work has every connection it may have, leases are renewed, refused, freed and ended at once")
  func besideWork() async throws {
    try await withStore { fixture in
      let (pool, store) = (fixture.servicePool, fixture.store)
      try await pool.withConnection { _ in
        try await pool.withConnection { _ in
          try await pool.withConnection { _ in
            let work = Task { try await store.coverage(now: at("12:00")) }
            while pool.use.waiting < 1 { await Task.yield() }
            try await store.check()
            try await store.renew(fixture.fence, counts: RunCounts())
            let error = await #expect(throws: RunFailure.self) {
              try await store.begin(.hourly, requestedBy: "other", now: at("12:00"))
            }
            #expect(error?.kind == .alreadyRunning)
            let other = try await store.begin(.historical, requestedBy: "other", now: at("12:00"))
            try await store.release(.historical, token: other.token)
            try await store.finish(ended(fixture.fence), fence: fixture.fence)
            #expect(pool.use.waiting == 1)
            work.cancel()
          }
        }
      }
    }
  }

  @Test("Of twenty runs that begin at once exactly one does")
  func twentyAtOnce() async throws {
    try await withStore { fixture in
      try await fixture.store.finish(ended(fixture.fence), fence: fixture.fence)
      let stores = (0..<5).map { _ in
        CallStore(pool: fixture.database.servicePool(), defaultWorkspace: WorkspaceID(1))
      }
      let outcomes = await withTaskGroup(of: Result<RunFence, RunFailure>.self) { group in
        for number in 0..<20 {
          group.addTask {
            do throws(RunFailure) {
              return .success(
                try await stores[number % 5].begin(.hourly, requestedBy: "test", now: at("12:00")))
            } catch { return .failure(error) }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let winners = outcomes.compactMap { try? $0.get() }
      #expect(winners.count == 1)
      for case .failure(let error) in outcomes {
        #expect(error.kind == .alreadyRunning)
        #expect(error.runID == winners.first?.run)
      }
      #expect(try await fixture.store.runs(limit: 50).count == 2)
    }
  }

  @Test("Twenty runs that begin at once on a lease that ran out: one takes over, one is interrupted")
  func twentyTakeOver() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(Self.expire)
      let begun = await withTaskGroup(of: RunFence?.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try? await fixture.store.begin(.hourly, requestedBy: "test", now: at("12:00"))
          }
        }
        return await group.reduce(into: []) { if let fence = $1 { $0.append(fence) } }
      }
      #expect(begun.count == 1)
      #expect(try await fixture.store.runs(limit: 50).map(\.state) == [.running, .interrupted])
    }
  }

  @Test("Runs are listed newest first, by kind and from a number down")
  func listing() async throws {
    try await withStore { fixture in
      var ids = [fixture.fence.run]
      try await fixture.store.finish(ended(fixture.fence), fence: fixture.fence)
      for number in 1...6 {
        let kind: RunKind = number.isMultiple(of: 3) ? .historical : .hourly
        let fence = try await fixture.store.begin(kind, requestedBy: "test", now: at("12:00"))
        try await fixture.store.finish(ended(fence), fence: fence)
        ids.append(fence.run)
      }
      let newest = Array(ids.reversed())
      #expect(try await fixture.store.runs(limit: 50).map(\.id) == newest)
      #expect(try await fixture.store.runs(limit: 2).map(\.id) == Array(newest.prefix(2)))
      #expect(
        try await fixture.store.runs(limit: 2, before: newest[2]).map(\.id) == [newest[3], newest[4]])
      #expect(
        try await fixture.store.runs(limit: 50, kind: .historical).map(\.id) == [ids[6], ids[3]])
      #expect(
        try await fixture.store.runs(limit: 1, before: ids[6], kind: .historical).map(\.id) == [ids[3]])
      #expect(try await fixture.store.runs(limit: 50, kind: .reattribute).isEmpty)
    }
  }
}
