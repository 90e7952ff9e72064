import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("A run that froze in the middle of a commit", .timeLimit(.minutes(5)), .keepsFailedDatabases)
struct FrozenCommitTests {
  /// What the commit had come to.
  enum Place: String, CaseIterable, CustomTestStringConvertible {
    /// Its transaction stands open between two round trips.
    case betweenStatements
    /// The server has a part of a large statement and waits for the rest.
    case sending

    var testDescription: String { rawValue }
  }

  @Test(
    "While it holds its lease another is refused at once, with the run's number", arguments: Place.allCases)
  func refused(place: Place) async throws {
    try await withFrozen(place) { fixture, _ in
      // Whoever waited for the locked row would wait for an hour.
      let store = makeStore(
        fixture, LeaseTerms(lockMilliseconds: 3_600_000, takeoverMilliseconds: 3_600_000, staleSeconds: 3600))
      let error = await #expect(throws: RunFailure.self) {
        try await store.begin(.hourly, requestedBy: "next", now: at("12:01"))
      }
      #expect(error?.kind == .alreadyRunning)
      #expect(error?.runID == fixture.fence.run)
      let retryAfter = try #require(error?.retryAfter)
      #expect((1...90).contains(retryAfter))
    }
  }

  @Test(
    "When the lease ran out, a commit that may yet be alive is left alone, and the answer is the same")
  func spared() async throws {
    try await withFrozen(.sending, lease: LeaseTerms(seconds: 0)) { fixture, goOn in
      let store = makeStore(fixture, LeaseTerms(takeoverMilliseconds: 100, staleSeconds: 3600))
      let error = await #expect(throws: RunFailure.self) {
        try await store.begin(.hourly, requestedBy: "next", now: at("12:01"))
      }
      #expect(error?.kind == .alreadyRunning)
      #expect(error?.runID == fixture.fence.run)
      let retryAfter = try #require(error?.retryAfter)
      #expect((1...30).contains(retryAfter))
      #expect(try await goOn() == nil)
      #expect(try await fixture.pool.line("SELECT count(*) FROM calls") == "1000")
    }
  }

  @Test(
    "When the lease ran out and it is older than any that lives it is ended, the next run goes on, and it writes nothing more",
    arguments: Place.allCases)
  func ended(place: Place) async throws {
    try await withFrozen(place, lease: LeaseTerms(seconds: 0)) { fixture, goOn in
      let next = makeStore(fixture, LeaseTerms(takeoverMilliseconds: 200, staleSeconds: 0))
      let fence = try await next.begin(.hourly, requestedBy: "next", now: at("12:05"))
      #expect(fence.run > fixture.fence.run)
      let ring = makeRing(makeSID(1), of: 5, endedAt: at("09:50"))
      _ = try await next.commit(IntakePage(calls: [ring], readAt: at("12:05")), fence: fence)
      let before = try await fixture.stamps()

      let error = try await goOn()
      #expect(error?.kind == .leaseLost)
      #expect(error?.message.contains("relevo") == true)
      #expect(try await fixture.stamps() == before)
      #expect(
        try await fixture.pool.lines("SELECT state FROM sync_runs ORDER BY id") == ["interrupted", "running"])
    }
  }

  @Test("A run of another kind begins beside it, and ends it when its own commit waits in vain")
  func otherKind() async throws {
    try await withFrozen(.sending) { fixture, goOn in
      let other = makeStore(fixture, LeaseTerms(lockMilliseconds: 200, staleSeconds: 0))
      let fence = try await other.begin(.historical, requestedBy: "other", now: at("12:01"))
      let ring = makeRing(makeSID(1), of: 5, endedAt: at("09:50"))
      _ = try await other.commit(IntakePage(calls: [ring], readAt: at("12:01")), fence: fence)
      // Its lease is its own yet: what was undone is done once more.
      #expect(try await goOn() == nil)
      #expect(try await fixture.pool.line("SELECT count(*) FROM calls") == "1000")
    }
  }

  private func makeStore(_ fixture: StoreFixture, _ lease: LeaseTerms) -> CallStore {
    CallStore(pool: fixture.servicePool, defaultWorkspace: WorkspaceID(1), lease: lease)
  }

  /// Runs `body` while a commit of 1,000 calls by the fixture's run stands still; its second parameter lets
  /// it go on and gives what became of it, nil when it was committed.
  private func withFrozen(
    _ place: Place, lease: LeaseTerms = LeaseTerms(),
    _ body: (StoreFixture, _ goOn: () async throws -> RunFailure?) async throws -> Void
  ) async throws {
    let cluster = try await PostgresCluster.shared()
    try await withStore(lease: lease) { fixture in
      let proxy = try TCPProxy(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
      let (name, role) = (fixture.database.name, fixture.database.serviceRole)
      let pool = fixture.database.pool(direct: true) { configuration in
        configuration.connectionString =
          "host=127.0.0.1 port=\(proxy.port) user=\(role) dbname=\(name) sslmode=disable gssencmode=disable"
        configuration.connectLimit = .seconds(300)
      }
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1), lease: lease)
      let page = IntakePage(
        calls: (1...1000).map { makeRing(makeSID($0), to: "+346\(10_000_000 + $0)", endedAt: at("09:50")) },
        readAt: at("12:00"))
      let isStopped = Signal()
      // The first round trip is 36 kB of SIDs, the second more than 200 kB of calls.
      proxy.stopSending(place == .sending ? .within(bytes: 65_536) : .afterAnswer(toBytes: 30_000)) {
        isStopped.raise()
      }
      let commit = Task { try await store.commit(page, fence: fixture.fence) }
      await isStopped.wait()
      try await body(fixture) {
        proxy.goOnSending()
        return await error(of: commit)
      }
      proxy.goOnSending()
      _ = await error(of: commit)
      proxy.close()
    }
  }

  private func error(of commit: Task<PageOutcome, any Error>) async -> RunFailure? {
    switch await commit.result {
    case .success: nil
    case .failure(let error): error as? RunFailure ?? RunFailure(unexpected: error)
    }
  }
}
