import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("Stored calls are attributed anew")
struct ReattributionRunTests {
  private let since = makeTime("2026-02-01T00:00:00Z")

  /// A table of calls, a second after one another; what is asked of it must be what the run was told.
  private func makeBench(
    _ count: Int, since: Timestamp? = nil, _ adjust: (inout EngineBench.Script) -> Void = { _ in }
  ) -> EngineBench {
    let table = (0..<count).map {
      makeCompleted(
        $0 + 1, startedAt: at("09:00"), direction: $0.isMultiple(of: 3) ? .trunkingOriginating : .outboundAPI)
    }
    return EngineBench { script in
      script.kind = .reattribute
      script.onStored = { last, given, limit in
        #expect(given == since)
        return Array(table.drop { call in last.map { call.sid <= $0 } ?? false }.prefix(limit))
      }
      script.outcome = { _, _ in PageOutcome() }
      adjust(&script)
    }
  }

  private func run(
    _ bench: EngineBench, since: Timestamp? = nil, dryRun: Bool = false
  ) async throws -> Result<SyncRun, RunFailure> {
    try await bench.makeConductor().start(
      .reattribute(since: since, dryRun: dryRun), requestedBy: "test"
    ).outcome()
  }

  /// Two calls of every page went from 1 to 4, and one from none to 5.
  private static let moves: @Sendable (Int, IntakePage) -> PageOutcome = { number, page in
    var outcome = PageOutcome()
    outcome.changed = Set(page.calls.prefix(3).map(\.sid))
    outcome.moves = [
      WorkspaceMove(from: WorkspaceID(1), to: WorkspaceID(4)): 2,
      WorkspaceMove(from: nil, to: WorkspaceID(5)): 1,
    ]
    outcome.reattributed = Set((0..<3).map { makeSID(10 * number + $0) })
    return outcome
  }

  @Test("In batches of 1,000, in order, every call once, as rows that nobody was asked for")
  func batches() async throws {
    let bench = makeBench(2500)
    let run = try await run(bench).get()
    let pages = bench.notes.pages
    #expect(pages.map(\.calls.count) == [1000, 1000, 500])
    #expect(pages.flatMap(\.calls).map(\.sid) == (1...2500).map(makeSID))
    #expect(
      pages.allSatisfy { $0.isReread && !$0.isRehearsal && $0.marks.isEmpty && $0.readAt == at("12:00") })
    #expect(run.kind == .reattribute)
    #expect(run.state == .succeeded)
    #expect(run.counts.totalCalls == 2500)
    #expect(run.counts.case1Count == 1666)
    #expect(run.counts.case3Count == 834)
    #expect(run.counts.twilioRequests == 0)
    #expect(bench.notes.requestCount == 0)
  }

  @Test("The moves of all batches are added up, told from the smallest workspace on, and counted")
  func moves() async throws {
    let bench = makeBench(2001) { $0.outcome = Self.moves }
    let run = try await run(bench).get()
    let told = [
      SyncEvent.reattributed(WorkspaceMove(from: nil, to: WorkspaceID(5)), calls: 3, dryRun: false),
      .reattributed(WorkspaceMove(from: WorkspaceID(1), to: WorkspaceID(4)), calls: 6, dryRun: false),
    ]
    #expect(
      bench.notes.events == [
        .started(.reattribute), .directoryLoaded(numbers: 17), .fetching(.reattribute),
        .pageStored(calls: 1000, share: 0), .pageStored(calls: 1000, share: 0),
        .pageStored(calls: 1, share: 1), .fetched(calls: 2001),
      ] + told + [.finished(.reattribute, run.counts)])
    #expect(run.counts.reattributedCalls == 9)
    #expect(run.moves.values.reduce(0, +) == 9)
  }

  @Test("A dry run rehearses every page and says so")
  func dryRun() async throws {
    let bench = makeBench(1200) { $0.outcome = Self.moves }
    let run = try await run(bench, dryRun: true).get()
    #expect(bench.notes.pages.map(\.isRehearsal) == [true, true])
    let rehearsed = bench.notes.events.compactMap { event in
      if case .reattributed(_, let calls, let dryRun) = event { (calls, dryRun) } else { nil }
    }
    #expect(rehearsed.map(\.0) == [2, 4])
    #expect(rehearsed.allSatisfy { $0.1 })
    #expect(run.counts.reattributedCalls == 6)
  }

  @Test("Only calls since the moment that was given")
  func sinceMoment() async throws {
    let bench = makeBench(1500, since: since)
    #expect(try await run(bench, since: since).get().counts.totalCalls == 1500)
  }

  @Test("Of an empty table nothing is committed")
  func empty() async throws {
    let bench = makeBench(0)
    #expect(try await run(bench).get().counts.totalCalls == 0)
    #expect(bench.notes.commitAttempts == 0)
  }

  @Test("A batch that cannot be committed ends the run; the batches before it stay")
  func failedCommit() async throws {
    let bench = makeBench(3000) {
      $0.outcome = Self.moves
      $0.onCommit = { number throws(RunFailure) in
        if number == 2 { throw RunFailure(.database(.unreachable), "La base de datos no responde.") }
      }
    }
    let outcome = try await run(bench)
    #expect(
      outcome
        == .failure(RunFailure(.database(.unreachable), "La base de datos no responde.", runID: RunID(7))))
    #expect(bench.notes.pages.count == 1)
    let ended = try #require(bench.notes.finished.first)
    #expect(ended.state == .failed)
    #expect(ended.counts.reattributedCalls == 3)
  }
}
