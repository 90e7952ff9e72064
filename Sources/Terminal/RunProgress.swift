/// A step of a long run, as far as its progress is concerned.
package enum ProgressStep: Hashable, Sendable {
  /// How much there is to do, and how much of it an earlier attempt has done.
  case planned(slices: Int, done: Int)
  /// One page is stored.
  case page(calls: Int)
  case sliceDone
  /// A large slice was split, or more to do was found.
  case added(slices: Int)
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
  private var slicesDoneBefore = 0

  package init() {}

  /// Moves on by one step.
  package mutating func take(_ step: ProgressStep) {
    switch step {
    case .planned(let slices, let done):
      self.slices = max(slices, done)
      slicesDone = done
      slicesDoneBefore = done
    case .page(let calls):
      self.calls += calls
      pages += 1
    case .sliceDone:
      slicesDone += 1
      slices = max(slices, slicesDone)
    case .added(let more): slices += more
    case .retry: retries += 1
    }
  }

  /// Whole percent, rounded down; nil while the amount of work is unknown.
  package var percent: Int? {
    slices > 0 ? slicesDone * 100 / slices : nil
  }

  /// Calls a second of this attempt, rounded down.
  package func rate(after elapsed: Duration) -> Int {
    let milliseconds = elapsed.milliseconds
    return milliseconds > 0 ? Int(Int64(calls) * 1000 / milliseconds) : 0
  }

  /// Seconds until the end if the slices that are left take as long as those of this attempt;
  /// nil while that cannot be told.
  package func remainingSeconds(after elapsed: Duration) -> Int64? {
    let done = slicesDone - slicesDoneBefore
    guard slices > 0, done > 0 else { return nil }
    let left = Int64(slices - slicesDone)
    return (elapsed.milliseconds * left / Int64(done) + 999) / 1000
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
