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
    #expect(limiter.judge(address: "a", now: 1000) == .turnAway(retryAfter: 59, isFirst: true))
    #expect(limiter.judge(address: "a", now: 59_999) == .turnAway(retryAfter: 1, isFirst: false))
    #expect(limiter.judge(address: "b", now: 59_999) == .refuse)
    #expect(limiter.judge(address: "a", now: 60_000) == .refuse)
  }

  @Test("All addresses together have a limit of their own")
  func turnsAwayAboveTotal() {
    var limiter = AttemptLimiter(addressLimit: 20, totalLimit: 30)
    for attempt in 0..<30 {
      #expect(limiter.judge(address: "\(attempt)", now: 0) == .refuse)
    }
    #expect(limiter.judge(address: "new", now: 0) == .turnAway(retryAfter: 60, isFirst: true))
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

  @Test("Of many that are turned away the first is to be reported: one an address, and one of all the others")
  func reportsFirst() {
    var limiter = AttemptLimiter(addressLimit: 2, totalLimit: 4)
    var refused = 0
    var reported: [Int] = []
    for attempt in 0..<4000 {
      let address = attempt < 2000 ? "a" : attempt < 3000 ? "b" : "\(attempt)"
      switch limiter.judge(address: address, now: 0) {
      case .refuse: refused += 1
      case .turnAway(_, let isFirst): if isFirst { reported.append(attempt) }
      }
    }
    #expect(refused == 4)
    #expect(reported == [2, 2002, 3000])
    _ = limiter.judge(address: "a", now: 60_000)
    _ = limiter.judge(address: "a", now: 60_000)
    #expect(limiter.judge(address: "a", now: 60_000) == .turnAway(retryAfter: 60, isFirst: true))
  }

  @Test(
    "All addresses of an IPv6 network of 64 bits count as one, others by themselves",
    arguments: [
      (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"], 1),
      (["2001:db8::1", "2001:db8:0:1::1", "2001:db8:1::1", "2001:db9::1"], 4),
      (["::1", "::2", "::192.0.2.1", "::ffff:0:1"], 1), (["1::", "1::1", "2::", "1:0:0:1::"], 3),
      (["fe80::1%eth0", "fe80::2%eth1", "FE80::3"], 1), (["::ffff:192.0.2.1", "192.0.2.1"], 1),
      (["::ffff:192.0.2.1", "::FFFF:192.0.2.2", "192.0.2.3"], 3), (["1:2:3:4:5:6:7:8", "1:2:3:4::"], 1),
      (["unknown", "", ":", "1:2:3", "g::1"], 5),
    ])
  func networks(addresses: [String], networks: Int) {
    var limiter = AttemptLimiter(addressLimit: 100, totalLimit: 100)
    for address in addresses { #expect(limiter.judge(address: address, now: 0) == .refuse) }
    #expect(limiter.rememberedAddresses == networks)
  }

  @Test("An IPv6 network that changes its address with every attempt is turned away like one address")
  func changingAddress() {
    var limiter = AttemptLimiter()
    for attempt in 0..<20 {
      #expect(limiter.judge(address: "2001:db8:1:2::\(attempt)", now: 0) == .refuse)
    }
    #expect(
      limiter.judge(address: "2001:db8:1:2:abcd::1", now: 0) == .turnAway(retryAfter: 60, isFirst: true))
    #expect(limiter.judge(address: "2001:db8:1:3::1", now: 0) == .refuse)
    #expect(limiter.rememberedAddresses == 2)
  }

  @Test("A clock that goes back opens a new minute and locks nobody out")
  func clockGoesBack() {
    var limiter = AttemptLimiter(addressLimit: 1, totalLimit: 10)
    #expect(limiter.judge(address: "a", now: 1_000_000) == .refuse)
    #expect(limiter.judge(address: "a", now: 0) == .refuse)
    #expect(limiter.judge(address: "a", now: 1) == .turnAway(retryAfter: 60, isFirst: true))
  }
}
