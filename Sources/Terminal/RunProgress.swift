import CallDomain

/// A step of a long run, as far as its progress is concerned.
package enum ProgressStep: Hashable, Sendable {
  /// How much there is to do, and how much of it an earlier attempt has done: slices, and a share of the
  /// work from 0 to 1.
  case planned(slices: Int, done: Int, share: Double)
  /// One page is stored: a share of the work from 0 to 1.
  case page(calls: Int, share: Double)
  case sliceDone
  /// A large slice was split, or fell away with its share of the work.
  case added(slices: Int, droppedShare: Double)
  case retry
}

/// How far a long run has come. A plain value: it knows neither the clock nor the terminal.
package struct RunProgress: Hashable, Sendable {
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

  /// Moves on by one step.
  package mutating func take(_ step: ProgressStep) {
    switch step {
    case .planned(let slices, let done, let share):
      self.slices = max(slices, done)
      slicesDone = done
      self.share = share
      shareBefore = share
    case .page(let calls, let share):
      self.calls = self.calls.addingClamped(calls)
      pages += 1
      if self.share != nil || share > 0 { self.share = (self.share ?? 0) + share }
    case .sliceDone:
      slicesDone += 1
      slices = max(slices, slicesDone)
    case .added(let more, let dropped):
      slices = slices.addingClamped(more)
      share = share.map { $0 + dropped }
      shareBefore += dropped
    case .retry: retries += 1
    }
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
