import CallDomain

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
  var page: IntakePage { IntakePage(calls: calls, readAt: readAt, marks: [.slice(step)]) }
}

/// The ways by which pages get to the writers. The pages of a slice all take the same one, in their
/// order. While a page of one is decided and committed, which the database allows one at a time, those of
/// the others are made ready, and their new calls inserted.
struct HistoryLanes: Sendable {
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
