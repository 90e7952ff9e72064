import Synchronization

/// How long a wait may last, and who may end it early.
struct Patience {
  /// Why a wait was given up.
  enum End: Error, Equatable {
    case timeout
    case cancelled
  }

  private let end: ContinuousClock.Instant
  private let stop: StopSignal?

  /// With a `stop` signal the wait also ends with the current task's cancellation or that signal.
  init(_ limit: Duration, stop: StopSignal?) {
    end = .now + limit
    self.stop = stop
  }

  /// How long to sleep before asking again, at most `slice`.
  func remaining(atMost slice: Duration) throws(End) -> Duration {
    if let stop, stop.isSet || Task.isCancelled { throw .cancelled }
    let left = ContinuousClock.now.duration(to: end)
    guard left > .zero else { throw .timeout }
    return min(left, slice)
  }
}

/// A flag that any thread may raise to end what a connection is waiting for.
final class StopSignal: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() {
    flag.store(true, ordering: .relaxed)
  }
}
