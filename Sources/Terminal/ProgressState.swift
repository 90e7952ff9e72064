import CallDomain
package import SyncEngine

/// How far a long run has come.
package struct ProgressState: Hashable, Sendable {
  /// Stored by this attempt, as are the pages.
  package private(set) var calls = 0
  package private(set) var pages = 0
  package private(set) var slices = 0
  package private(set) var slicesDone = 0
  package private(set) var retries = 0
  /// The part of the work that is done, from 0 to 1; nil while it is unknown.
  package private(set) var share: Double?
  private var shareBefore = 0.0

  package init() {}

  /// Takes an event of the run in; false when it means no progress.
  @discardableResult package mutating func take(_ event: SyncEvent) -> Bool {
    switch event {
    case .resuming(let done, let slices, let share): plan(slices, done: done, share: share)
    case .slicesPlanned(let slices): plan(slices, done: 0, share: 0)
    case .sliceReplaced(let parts, let dropped):
      // The slice itself gives way to its parts.
      slices = slices.addingClamped(parts.addingClamped(-1))
      share = share.map { $0 + dropped }
      shareBefore += dropped
    case .pageStored(let calls, let share):
      self.calls = self.calls.addingClamped(calls)
      pages += 1
      if self.share != nil || share > 0 { self.share = (self.share ?? 0) + share }
    case .sliceDone, .dayAudited:
      slicesDone += 1
      slices = max(slices, slicesDone)
    case .retrying, .databaseAway: retries += 1
    default: return false
    }
    return true
  }

  private mutating func plan(_ slices: Int, done: Int, share: Double) {
    self.slices = max(slices, done)
    slicesDone = done
    self.share = share
    shareBefore = share
  }

  /// Whole percent, rounded down; nil while the amount of work is unknown.
  package var percent: Int? {
    share.map { min(max(0, Int(clamping: ($0 + Self.roundingError) * 100)), 100) }
  }

  /// Calls a second of this attempt, rounded down.
  package func rate(after elapsed: Duration) -> Int {
    let milliseconds = elapsed.milliseconds
    return milliseconds > 0 ? Int(clamping: Int64(calls).multipliedClamped(by: 1000) / milliseconds) : 0
  }

  /// Seconds until the end if what is left takes as long as what this attempt has done; nil while that
  /// cannot be told.
  package func remainingSeconds(after elapsed: Duration) -> Int64? {
    guard let share, share - shareBefore > Self.roundingError else { return nil }
    let left = max(0, 1 - share - Self.roundingError)
    return Int64(
      clamping: (Double(elapsed.milliseconds) * left / (share - shareBefore) / 1000).rounded(.up))
  }

  /// A sum of shares may miss what it means by so much.
  private static let roundingError = 1e-6
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  var milliseconds: Int64 {
    components.seconds.multipliedClamped(by: 1000)
      .addingClamped(components.attoseconds / 1_000_000_000_000_000)
  }
}
