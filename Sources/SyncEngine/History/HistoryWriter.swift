import BlockingWork
import CallDomain

/// Commits what the readers bring, and waits out a database that is away.
struct HistoryWriter: Sendable {
  let calls: any CallLedger
  let run: RunContext
  /// See `IntakePage.isLastWord`.
  let isLastWord: Bool
  let clock: EngineClock
  let semaphore: WaitingLine
  let counter: ResyncCounter

  /// Commits the pages of one lane until no more come.
  func write(_ pages: AsyncStream<HistoryCommit>) async throws(RunFailure) {
    for await commit in pages {
      guard !Task.isCancelled else { throw .interrupted }
      let outcome = try await store(page(of: commit))
      semaphore.leave()
      let calls = counter.count(commit, outcome)
      counter.news(of: outcome).forEach(run.onEvent)
      run.onEvent(.pageStored(calls: commit.calls.count, share: commit.share))
      if commit.step.next == nil { run.onEvent(.sliceDone(commit.slice.period, calls: calls)) }
    }
    // A cancelled stream ends as one that is done does.
    guard !Task.isCancelled else { throw .interrupted }
  }

  private func page(of commit: HistoryCommit) -> IntakePage {
    IntakePage(
      calls: commit.calls, readAt: commit.readAt, marks: [.slice(commit.step)], isLastWord: isLastWord,
      refusedBefore: counter.refused, keptBefore: counter.kept)
  }

  /// Has a slice read in other parts.
  ///
  /// - Parameter dropping: The part of the history that falls away, from 0 to 1; negative when what was read
  ///   is read again.
  /// - Returns: The parts.
  func replace(
    _ slice: HistorySlice, by parts: [HistorySlice], dropping share: Double = 0
  ) async throws(RunFailure) -> [HistorySlice] {
    let mark = IntakeMark.sliceReplaced(number: slice.number, by: parts)
    _ = try await store(IntakePage(calls: [], readAt: clock.now(), marks: [mark]))
    counter.replace(slice, by: parts)
    run.onEvent(.sliceReplaced(parts: parts.count, share: share))
    return parts
  }

  private func store(_ page: IntakePage) async throws(RunFailure) -> PageOutcome {
    let start = clock.now()
    var pause = Self.firstPause
    while true {
      do throws(RunFailure) {
        return try await calls.commit(page, fence: run.fence)
      } catch {
        let waited = clock.now().milliseconds(since: start)
        guard error.isPassing, waited < Self.longestOutage, !Task.isCancelled else { throw error }
        run.onEvent(.databaseAway(delay: pause, error))
        guard (try? await clock.sleep(pause)) != nil else { throw error }
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  private static let firstPause: Int64 = 500
  private static let longestPause: Int64 = 10_000
  /// Milliseconds after which a database that stays away ends the run.
  private static let longestOutage: Int64 = 600_000
}

/// A page on its way from a reader to a writer.
struct HistoryCommit: Sendable {
  let calls: [Call]
  /// When Twilio was asked.
  let readAt: Timestamp
  /// What its commit does to its slice.
  let step: SliceStep
  /// The part of the history that it covers, from 0 to 1.
  let share: Double

  var slice: HistorySlice { step.slice }
}

/// The ways by which pages get to the writers. The pages of a slice all take the same one, in their
/// order. While a page of one is decided and committed, which the database allows one at a time, those of
/// the others are made ready, and their new calls inserted.
struct PageStreams: Sendable {
  private let lanes:
    [(stream: AsyncStream<HistoryCommit>, continuation: AsyncStream<HistoryCommit>.Continuation)]

  static let count = 3

  init() {
    lanes = (0..<Self.count).map { _ in AsyncStream.makeStream() }
  }

  var streams: [AsyncStream<HistoryCommit>] { lanes.map(\.stream) }

  func send(_ commit: HistoryCommit) {
    lanes[commit.slice.number % lanes.count].continuation.yield(commit)
  }

  /// Nothing more comes.
  func finish() {
    for lane in lanes { lane.continuation.finish() }
  }
}
