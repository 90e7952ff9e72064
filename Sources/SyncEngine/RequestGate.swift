import BlockingWork
package import CallDomain
import Synchronization

/// Shares the requests to Twilio among the runs of a process: so many under way at once, fewer after a
/// 429, and when Twilio names a time to wait all of them wait.
package final class RequestGate: Sendable {
  private struct State {
    var limit: ConcurrencyLimit
    /// Nobody asks before this moment.
    var pausedUntil = Timestamp(milliseconds: .min)
  }

  private let clock: EngineClock
  private let state: Mutex<State>
  private let line: WaitingLine

  /// - Parameter maximum: `TWILIO_CONCURRENCY`, at least 1.
  package init(maximum: Int, clock: EngineClock) {
    self.clock = clock
    let limit = ConcurrencyLimit(maximum: maximum)
    state = Mutex(State(limit: limit))
    line = WaitingLine(limit: limit.allowed)
  }

  /// Requests that may be under way now.
  package var allowed: Int { state.withLock(\.limit.allowed) }

  /// Requests that wait for their turn.
  package var waiting: Int { line.waiting }

  /// Sends a request when it is its turn.
  package func send<Answer: Sendable>(
    isUrgent: Bool, _ request: @Sendable () async throws(RunFailure) -> Answer
  ) async throws(RunFailure) -> Answer {
    guard await line.enter(isUrgent: isUrgent) == .admitted else { throw .interrupted }
    defer { line.leave() }
    try await waitOutPause()
    let epoch = state.withLock(\.limit.epoch)
    do throws(RunFailure) {
      let answer = try await request()
      note { $0.limit.succeeded() }
      return answer
    } catch {
      if error.kind == .twilio(.throttled) {
        let now = clock.now()
        let resume = now.adding(seconds: min(error.retryAfter ?? 0, Self.longestPause))
        let latest = now.adding(seconds: Self.longestPause)
        note { state in
          state.limit.throttled(sentUnder: epoch)
          state.pausedUntil = min(max(state.pausedUntil, resume), latest)
        }
      }
      throw error
    }
  }

  private func note(_ change: (inout State) -> Void) {
    let (before, after) = state.withLock { state in
      let before = state.limit.allowed
      change(&state)
      return (before, state.limit.allowed)
    }
    if before != after { line.setLimit(after) }
  }

  private func waitOutPause() async throws(RunFailure) {
    while true {
      let left = state.withLock(\.pausedUntil).milliseconds(since: clock.now())
      // One that lies further ahead was reckoned before the clock was put back.
      guard left > 0, left <= Int64(Self.longestPause).multipliedClamped(by: 1000) else { return }
      do {
        try await clock.sleep(left)
      } catch {
        throw .interrupted
      }
    }
  }

  /// Seconds: a longer `Retry-After` is cut to this, as a single request's is.
  private static let longestPause = Int(RetryPolicy().retryAfterCap / 1000)
}

/// How many requests may be under way: halved when Twilio says that there are too many (429), one more
/// after each round of requests that it answered. Pure.
struct ConcurrencyLimit: Hashable, Sendable {
  /// `TWILIO_CONCURRENCY`.
  let maximum: Int
  /// Requests that may be under way now, from 1 to `maximum`.
  private(set) var allowed: Int
  /// Answers since the limit changed.
  private var answered = 0
  /// Grows with every change downwards; a request remembers the one it was sent under.
  private(set) var epoch = 0

  init(maximum: Int) {
    self.maximum = max(1, maximum)
    allowed = self.maximum
  }

  /// A request was answered as usual.
  mutating func succeeded() {
    guard allowed < maximum else { return }
    answered += 1
    guard answered >= allowed else { return }
    answered = 0
    allowed += 1
  }

  /// A request was refused with 429.
  ///
  /// - Parameter sentUnder: The epoch when it was sent: several requests of one burst are refused
  ///   together and count as one refusal.
  mutating func throttled(sentUnder: Int) {
    guard sentUnder == epoch else { return }
    epoch += 1
    answered = 0
    allowed = max(1, allowed / 2)
  }
}
