package import CallDomain

/// When a request to Twilio is sent again: the only place that decides it.
///
/// Exponential backoff with full jitter: a random wait of up to twice as long after each attempt.
package struct RetryPolicy: Hashable, Sendable {
  /// Requests in all, the first one included.
  package var attempts = 5
  /// Milliseconds: the longest wait after the first attempt.
  package var base: Int64 = 500
  /// Milliseconds: the longest wait of all.
  package var cap: Int64 = 30_000
  /// Milliseconds: a longer `Retry-After` is cut to this.
  package var retryAfterCap: Int64 = 60_000
  /// Milliseconds from the first attempt, or from the first for a page of a smaller size, after which no other
  /// one begins.
  package var deadline: Int64 = 90_000

  package init() {}

  /// What to do after a failed attempt.
  package enum Action: Hashable, Sendable {
    /// Milliseconds to wait before the next attempt.
    case wait(Int64)
    case giveUp
  }

  /// - Parameters:
  ///   - attempt: How many requests were sent, from 1.
  ///   - elapsed: Milliseconds since the first, or since the first for a page of this size.
  ///   - random: From 0 up to but not including 1.
  package func action(
    after failure: RunFailure, attempt: Int, elapsed: Int64, random: Double
  ) -> Action {
    guard case .twilio(let fault) = failure.kind else { return .giveUp }
    switch fault {
    case .transient, .unanswered, .throttled: guard attempt < attempts else { return .giveUp }
    case .unauthorized: guard attempt < 2 else { return .giveUp }
    case .retention, .refused, .clock, .permanent: return .giveUp
    }
    let ceiling = min(cap, base << min(attempt - 1, 20))
    let asked = min(retryAfterCap, Int64(max(0, failure.retryAfter ?? 0)).multipliedClamped(by: 1000))
    let delay = asked + Int64(random * Double(ceiling))
    return elapsed + delay < deadline ? .wait(delay) : .giveUp
  }
}
