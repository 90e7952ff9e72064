import CallDomain

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
  /// Milliseconds from the first attempt after which no other one begins.
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
  ///   - elapsed: Milliseconds since the first.
  ///   - random: From 0 up to but not including 1.
  package func action(
    after error: SourceError, attempt: Int, elapsed: Int64, random: Double
  ) -> Action {
    switch error.kind {
    case .transient, .throttled: guard attempt < attempts else { return .giveUp }
    case .unauthorized: guard attempt < 2 else { return .giveUp }
    case .retention, .badPageToken, .permanent, .cancelled: return .giveUp
    }
    let ceiling = min(cap, base << min(attempt - 1, 20))
    let asked = min(retryAfterCap, Int64(max(0, error.retryAfter ?? 0)).multipliedClamped(by: 1000))
    let delay = asked + Int64(random * Double(ceiling))
    return elapsed + delay < deadline ? .wait(delay) : .giveUp
  }
}

/// Sends a request, again where the policy says so.
struct Retry: Sendable {
  let policy: RetryPolicy
  let clock: EngineClock
  let onEvent: @Sendable (SyncEvent) -> Void
  let onRequest: @Sendable () -> Void

  func callAsFunction<Answer: Sendable>(
    _ request: @Sendable () async throws(SourceError) -> Answer
  ) async throws(SourceError) -> Answer {
    let start = clock.now()
    var attempt = 0
    while true {
      attempt += 1
      onRequest()
      do throws(SourceError) {
        return try await request()
      } catch {
        let elapsed = max(0, clock.now().milliseconds(since: start))
        let action = policy.action(
          after: error, attempt: attempt, elapsed: elapsed, random: clock.random())
        guard case .wait(let delay) = action else { throw error }
        onEvent(
          .retrying(attempt: attempt, delay: delay, reason: error.sentence, requestID: error.requestID))
        try await wait(delay)
      }
    }
  }

  private func wait(_ milliseconds: Int64) async throws(SourceError) {
    do {
      try await clock.sleep(milliseconds)
    } catch {
      throw SourceError(.cancelled, "La petición a Twilio se canceló.")
    }
  }
}
