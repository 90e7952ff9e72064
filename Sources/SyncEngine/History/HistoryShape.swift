import CallDomain
import Synchronization

/// What the readers of a historical run learn on the way and share: where Twilio's log begins, on which
/// days it took bounds for whole days, which numbers slices have. Nothing of it outlives the run.
final class HistoryShape: Sendable {
  private struct State {
    var period: Period
    var nextNumber: Int
    /// Midnights of the days on which an answer did not show that its bound within the day was honoured.
    var coarseDays: Set<Timestamp> = []
    var retentionStart: Timestamp?
    /// The earliest start of a listing that Twilio answered.
    var answeredFrom: Timestamp?
    var restarts: [Period: Int] = [:]
  }

  let plan: SlicePlan
  /// Whether the resync was begun anew.
  let isRestart: Bool
  private let state: Mutex<State>
  /// What the run was asked to read, in milliseconds.
  private let whole: Int64
  /// Where a history without an end ends: nothing lies behind it, so that it need not be a bound.
  private let openEnd: Timestamp?

  init(_ progress: HistoryProgress, period: Period, isOpen: Bool, workers: Int) {
    openEnd = isOpen ? period.end : nil
    plan = SlicePlan(workers: workers)
    isRestart = progress.isRestart
    whole = max(1, period.end.milliseconds(since: period.start))
    state = Mutex(State(period: period, nextNumber: progress.nextNumber))
  }

  var period: Period { state.withLock(\.period) }

  /// Whether a bound within the day of this moment may be tried.
  func mayBoundWithinDay(of moment: Timestamp) -> Bool {
    state.withLock { !$0.coarseDays.contains(moment.startOfDay) }
  }

  /// Whether the listing of a slice has its upper bound within a day. A stored next page may be of either
  /// listing, so it is held to the stricter one.
  func isBoundWithinDay(_ slice: HistorySlice) -> Bool {
    slice.period.endsWithinItsDay && slice.period.end != openEnd
      && (slice.next != nil || mayBoundWithinDay(of: slice.period.start))
  }

  func noteCoarseDay(of moment: Timestamp) {
    _ = state.withLock { $0.coarseDays.insert(moment.startOfDay) }
  }

  /// How large a part of the whole run a period is, from 0 to 1.
  func share(of part: Period) -> Double {
    Double(part.end.milliseconds(since: part.start)) / Double(whole)
  }

  func resuming(_ resync: HistoryProgress) -> SyncEvent {
    let done = resync.parts.filter(\.isDone).map { share(of: $0.slice.period) }
    return .resuming(
      slicesDone: resync.slicesDone, slices: resync.parts.count, share: done.reduce(0, +))
  }

  func numbered(_ periods: [Period]) -> [HistorySlice] {
    state.withLock { state in
      periods.map { period in
        defer { state.nextNumber += 1 }
        return HistorySlice(number: state.nextNumber, period: period)
      }
    }
  }

  /// A page token that expires again and again would never let the run end.
  func mayRestart(_ period: Period) -> Bool {
    state.withLock { state in
      state.restarts[period, default: 0] += 1
      return state.restarts[period, default: 0] <= Self.mostRestarts
    }
  }

  /// Twilio answered a listing from this moment on: what it keeps does not begin later.
  func noteAnswer(from start: Timestamp) {
    state.withLock { $0.answeredFrom = min($0.answeredFrom ?? start, start) }
  }

  /// Whether what Twilio keeps may begin after this moment.
  func mayBeginAfter(_ moment: Timestamp) -> Bool {
    state.withLock(\.answeredFrom).map { moment < $0 } ?? true
  }

  /// - Returns: Whether the start is later than what was known before.
  func moveRetention(to start: Timestamp) -> Bool {
    state.withLock { state in
      guard start > state.retentionStart ?? .epoch else { return false }
      state.retentionStart = start
      state.period = Period(start: max(state.period.start, start), end: state.period.end)
      return true
    }
  }

  /// Whether Twilio keeps nothing of the period, as far as is known.
  func isBeforeRetention(_ period: Period) -> Bool {
    state.withLock(\.retentionStart).map { period.end <= $0 } ?? false
  }

  private static let mostRestarts = 5
}
