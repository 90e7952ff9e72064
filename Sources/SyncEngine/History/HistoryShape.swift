import CallDomain
import Synchronization

/// What the readers of a historical run learn on the way and share: how exact bounds may be, where
/// Twilio's log begins, which numbers slices have.
final class HistoryShape: Sendable {
  private struct State {
    var period: Period
    var nextNumber: Int
    var isGranularityUnknown: Bool
    var plan: SlicePlan
    var retentionStart: Timestamp?
    var restarts: [Period: Int] = [:]
  }

  private let state: Mutex<State>
  /// What the run was asked to read, in milliseconds.
  private let whole: Int64

  init(_ progress: HistoryProgress, period: Period, workers: Int) {
    // Slices within a day are cut only where bounds were honoured, also by an earlier run.
    let isFine = progress.parts.contains {
      let start = $0.slice.period.start
      return start != period.start && start != start.startOfDay
    }
    whole = max(1, period.end.milliseconds(since: period.start))
    state = Mutex(
      State(
        period: period, nextNumber: progress.nextNumber, isGranularityUnknown: !isFine,
        plan: SlicePlan(workers: workers, granularity: isFine ? .second : .day)))
  }

  var period: Period { state.withLock(\.period) }
  var plan: SlicePlan { state.withLock(\.plan) }
  var isGranularityUnknown: Bool { state.withLock(\.isGranularityUnknown) }

  func learnGranularity(_ isHonoured: Bool) {
    state.withLock { state in
      state.isGranularityUnknown = false
      state.plan.granularity = isHonoured ? .second : .day
    }
  }

  /// Where Twilio takes bounds for whole dates, an upper bound within a day would cut that day off.
  func query(_ period: Period) -> CallQuery {
    let end =
      plan.granularity == .second || period.end == period.end.startOfDay
      ? period.end : period.end.startOfNextDay
    return CallQuery(startedFrom: period.start, startedBefore: end)
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
