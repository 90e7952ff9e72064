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

  /// Two calls of every page went from 1 to 4, and one from none to 5; one of them is told by every page.
  private static let moves: @Sendable (Int, IntakePage) -> PageOutcome = { number, page in
    var outcome = PageOutcome()
    outcome.changed = Set(page.calls.prefix(3).map(\.sid))
    outcome.moves = [makeMove(9000), makeMove(10 * number), makeMove(10 * number + 1, from: nil, to: 5)]
    return outcome
  }

  /// As many sums as are wanted, of `calls` calls each.
  private static func sums(_ count: Int, calls: Int = 3) -> [MoveSum] {
    (0..<count).map {
      MoveSum(
        month: "2026-03", number: makeNumber("+34910000004"), from: nil, to: WorkspaceID(Int64($0)),
        calls: calls, minutes: 4, cost: [])
    }
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

  @Test("Calls that the table does not let change, however many, are told, and the run succeeds")
  func kept() async throws {
    let bench = makeBench(1500) {
      $0.outcome = { _, page in
        var outcome = PageOutcome()
        outcome.kept = KeptCalls(sids: Set(page.calls.map(\.sid)), reason: "P0001")
        return outcome
      }
    }
    #expect(try await run(bench).get().state == .succeeded)
    #expect(bench.notes.pages.map(\.keptBefore) == [0, 1000])
    let told = bench.notes.events.count { if case .kept = $0 { true } else { false } }
    #expect(told == 2)
  }

  @Test("What the ledger adds the moves up to is told before the end; each call counts once")
  func moves() async throws {
    let bench = makeBench(2001) {
      $0.outcome = Self.moves
      $0.sums = { _ in Self.sums(2) }
    }
    let run = try await run(bench).get()
    #expect(
      bench.notes.events == [
        .started(.reattribute), .directoryLoaded(numbers: 17), .fetching(.reattribute),
        .pageStored(calls: 1000, share: 0), .pageStored(calls: 1000, share: 0),
        .pageStored(calls: 1, share: 1), .fetched(calls: 2001),
      ] + Self.sums(2).map { .moved($0) } + [.finished(.reattribute, run.counts)])
    #expect(run.counts.reattributedCalls == 7)
    #expect(run.moves == Self.sums(2) && !run.isRehearsal)
    #expect(bench.notes.rehearsed.isEmpty)
  }

  @Test("Of many sums twenty are told, and how many more there are")
  func manySums() async throws {
    let bench = makeBench(1) { $0.sums = { _ in Self.sums(23) } }
    #expect(try await run(bench).get().moves.count == 23)
    let told = bench.notes.events.filter { if case .moved = $0 { true } else { false } }
    #expect(told == Self.sums(20).map { .moved($0) })
    #expect(bench.notes.events.suffix(2).first == .movedOtherwise(sums: 3, calls: 9))
  }

  @Test("A rehearsal rehearses every page, is recorded as one, and hands over each move once")
  func dryRun() async throws {
    let bench = makeBench(1200) {
      $0.isRehearsal = true
      $0.outcome = Self.moves
      $0.sums = { Self.sums($0.count) }
    }
    let run = try await run(bench, dryRun: true).get()
    #expect(bench.notes.pages.map(\.isRehearsal) == [true, true])
    #expect(Set(bench.notes.rehearsed.map(\.sid)) == Set([9000, 10, 11, 20, 21].map(makeSID)))
    #expect(bench.notes.rehearsed.count == 5 && run.moves.count == 5)
    #expect(run.counts.reattributedCalls == 5)
    #expect(run.isRehearsal && bench.notes.finished.allSatisfy(\.isRehearsal))
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
