import CallDomain
import Synchronization

/// How far a run has come: written by the run, read by whoever records or shows it.
final class RunProgress: Sendable {
  private struct State {
    var period: Period?
    var counts = RunCounts()
    var moves: [WorkspaceMove: Int] = [:]
    var requests = 0
    var hasWarnedOfClock = false
  }

  private let state = Mutex(State())

  var period: Period? { state.withLock(\.period) }

  /// The counts so far, requests to Twilio included.
  var counts: RunCounts {
    state.withLock { state in
      var counts = state.counts
      counts.twilioRequests = state.requests
      return counts
    }
  }

  func set(_ period: Period) {
    state.withLock { $0.period = period }
  }

  func set(_ counts: RunCounts) {
    state.withLock { $0.counts = counts }
  }

  func add(_ counts: RunCounts) {
    state.withLock { $0.counts = $0.counts + counts }
  }

  var moves: [WorkspaceMove: Int] { state.withLock(\.moves) }

  func set(_ moves: [WorkspaceMove: Int]) {
    state.withLock { $0.moves = moves }
  }

  /// Counts a request to Twilio, a repeated one too.
  func countRequest() {
    state.withLock { $0.requests += 1 }
  }

  /// True the first time it is asked.
  func isFirstClockWarning() -> Bool {
    state.withLock { state in
      defer { state.hasWarnedOfClock = true }
      return !state.hasWarnedOfClock
    }
  }
}
