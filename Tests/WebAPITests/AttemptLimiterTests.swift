import Testing
import WebAPI

@Suite("The counting of wrong secrets")
struct AttemptLimiterTests {
  @Test("Up to the limit a wrong secret is refused, from then on turned away with the seconds left")
  func turnsAwayAboveLimit() {
    var limiter = AttemptLimiter(addressLimit: 20, totalLimit: 500)
    for attempt in 0..<20 {
      #expect(limiter.judge(address: "a", now: Int64(attempt)) == .refuse)
    }
    #expect(limiter.judge(address: "a", now: 1000) == .turnAway(retryAfter: 59))
    #expect(limiter.judge(address: "a", now: 59_999) == .turnAway(retryAfter: 1))
    #expect(limiter.judge(address: "b", now: 59_999) == .refuse)
    #expect(limiter.judge(address: "a", now: 60_000) == .refuse)
  }

  @Test("All addresses together have a limit of their own")
  func turnsAwayAboveTotal() {
    var limiter = AttemptLimiter(addressLimit: 20, totalLimit: 30)
    for attempt in 0..<30 {
      #expect(limiter.judge(address: "\(attempt)", now: 0) == .refuse)
    }
    #expect(limiter.judge(address: "new", now: 0) == .turnAway(retryAfter: 60))
    #expect(limiter.judge(address: "new", now: 60_000) == .refuse)
  }

  @Test("It remembers no more addresses than the total limit, however many come")
  func memoryIsBounded() {
    var limiter = AttemptLimiter(addressLimit: 5, totalLimit: 100)
    for attempt in 0..<10_000 {
      _ = limiter.judge(address: "\(attempt)", now: Int64(attempt))
      #expect(limiter.rememberedAddresses <= 100)
    }
  }

  @Test("A clock that goes back opens a new minute and locks nobody out")
  func clockGoesBack() {
    var limiter = AttemptLimiter(addressLimit: 1, totalLimit: 10)
    #expect(limiter.judge(address: "a", now: 1_000_000) == .refuse)
    #expect(limiter.judge(address: "a", now: 0) == .refuse)
    #expect(limiter.judge(address: "a", now: 1) == .turnAway(retryAfter: 60))
  }
}
