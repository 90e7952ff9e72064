import CallDomain
import SyncEngine
import Testing

@Suite("When a request to Twilio is sent again")
struct RetryPolicyTests {
  private let policy = RetryPolicy()

  private func action(
    _ fault: TwilioFault = .transient, attempt: Int = 1, elapsed: Int64 = 0, random: Double = 0,
    retryAfter: Int? = nil, policy: RetryPolicy = RetryPolicy()
  ) -> RetryPolicy.Action {
    policy.action(
      after: RunFailure(.twilio(fault), "fault", retryAfter: retryAfter), attempt: attempt, elapsed: elapsed,
      random: random)
  }

  @Test(
    "The wait lies between nothing and a ceiling that doubles with each attempt, up to a cap",
    arguments: [(1, 500), (2, 1000), (3, 2000), (4, 4000), (6, 16_000), (7, 30_000), (60, 30_000)])
  func backoff(attempt: Int, ceiling: Int64) {
    var policy = policy
    policy.attempts = 100
    #expect(action(attempt: attempt, random: 0, policy: policy) == .wait(0))
    #expect(action(attempt: attempt, random: 0.5, policy: policy) == .wait(ceiling / 2))
    #expect(action(attempt: attempt, random: 0.999_999_999, policy: policy) == .wait(ceiling - 1))
  }

  @Test(
    "Twilio's Retry-After is waited for in full, up to a cap, and jitter comes on top",
    arguments: [(0, 0), (1, 1000), (25, 25_000), (60, 60_000), (61, 60_000), (86_400, 60_000), (-5, 0)])
  func retryAfter(seconds: Int, wait: Int64) {
    #expect(action(random: 0, retryAfter: seconds) == .wait(wait))
    #expect(action(random: 0.5, retryAfter: seconds) == .wait(wait + 250))
  }

  @Test(
    "A Retry-After that no integer of milliseconds holds is cut like any other",
    arguments: [
      Int(Int32.max), 9_223_372_036_854_775, 9_223_372_036_854_776, 18_446_744_073_709_552, .max - 1, .max,
    ], [TwilioFault.throttled, .transient])
  func enormousRetryAfter(seconds: Int, fault: TwilioFault) {
    #expect(action(fault, retryAfter: seconds) == .wait(60_000))
    #expect(action(fault, retryAfter: 0 - seconds) == .wait(0))
    #expect(action(fault, retryAfter: .min) == .wait(0))
  }

  @Test(
    "The fifth attempt is the last one", arguments: [4, 5, 6],
    [TwilioFault.transient, .unanswered, .throttled])
  func attempts(attempt: Int, fault: TwilioFault) {
    #expect((action(fault, attempt: attempt) == .giveUp) == (attempt >= 5))
  }

  @Test(
    "No attempt begins 90 seconds after the first",
    arguments: [
      (Int64(89_999), 0, false), (90_000, 0, true), (29_999, 60, false), (30_000, 60, true),
      (200_000, 0, true),
    ])
  func deadline(elapsed: Int64, retryAfter: Int, givesUp: Bool) {
    #expect((action(elapsed: elapsed, retryAfter: retryAfter) == .giveUp) == givesUp)
  }

  @Test("Refused credentials are tried once more")
  func unauthorized() {
    #expect(action(.unauthorized, attempt: 1, random: 0.5) == .wait(250))
    #expect(action(.unauthorized, attempt: 2) == .giveUp)
  }

  @Test(
    "What cannot get better is not repeated, whatever Retry-After says",
    arguments: [TwilioFault.retention, .refused, .clock, .permanent])
  func permanent(fault: TwilioFault) {
    #expect(action(fault) == .giveUp)
    #expect(action(fault, retryAfter: 1) == .giveUp)
  }

  @Test(
    "What is no failure of Twilio's is not repeated",
    arguments: [RunFailure.Kind.stopping, .database(.busy), .internal, .leaseLost])
  func others(kind: RunFailure.Kind) {
    let action = policy.action(
      after: RunFailure(kind, "fault", retryAfter: 1), attempt: 1, elapsed: 0, random: 0)
    #expect(action == .giveUp)
  }
}
