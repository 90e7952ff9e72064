import Testing
import WebServer

@Suite("Connection policy, by a hand-moved clock")
struct ConnectionPolicyTests {
  private let start = ContinuousClock.now
  private let deadlines = HTTPDeadlines(
    header: .seconds(10), body: .seconds(30), idle: .seconds(75), write: .seconds(20), linger: .seconds(2))

  private func at(_ seconds: Double) -> ContinuousClock.Instant {
    start + .seconds(seconds)
  }

  @Test(
    "each stage ends at its deadline and not before",
    arguments: [
      (.new, 10, .close), (.idle, 75, .close), (.head, 10, .refuse(.requestTimeout)),
      (.body, 30, .refuse(.requestTimeout)),
      (.lingering, 2, .close),
    ] as [(ConnectionPolicy.Stage, Double, ConnectionPolicy.Action)])
  func deadline(stage: ConnectionPolicy.Stage, seconds: Double, action: ConnectionPolicy.Action) {
    var policy = ConnectionPolicy(deadlines: deadlines, now: start)
    if stage != .new { policy.enter(.handling, at: start) }
    policy.enter(stage, at: start)
    #expect(policy.tick(at: at(seconds - 0.001)) == .none)
    #expect(policy.tick(at: at(seconds)) == action)
  }

  @Test(
    "a connection that has asked for nothing does not become idle, and has its first head from its first byte"
  )
  func new() {
    var policy = ConnectionPolicy(deadlines: deadlines, now: start)
    for seconds in [0.0, 5, 9] { policy.enter(.idle, at: at(seconds)) }
    #expect(policy.tick(at: at(9.999)) == .none)
    #expect(policy.tick(at: at(10)) == .close)
    policy.enter(.head, at: at(9))
    policy.enter(.idle, at: at(9))
    #expect(policy.tick(at: at(83.999)) == .none)
    #expect(policy.tick(at: at(84)) == .close)
  }

  @Test("a byte every 5 seconds does not renew the header deadline")
  func trickle() {
    var policy = ConnectionPolicy(deadlines: deadlines, now: start)
    policy.enter(.head, at: at(100))
    policy.enter(.head, at: at(105))
    #expect(policy.tick(at: at(109.999)) == .none)
    #expect(policy.tick(at: at(110)) == .refuse(.requestTimeout))
  }

  @Test("a further request has its deadlines from its own beginning")
  func renewal() {
    var policy = ConnectionPolicy(deadlines: deadlines, now: start)
    policy.enter(.head, at: at(0))
    policy.enter(.handling, at: at(9))
    policy.enter(.idle, at: at(500))
    policy.enter(.head, at: at(505))
    #expect(policy.tick(at: at(514)) == .none)
    #expect(policy.tick(at: at(515)) == .refuse(.requestTimeout))
  }

  @Test("a handler has all the time it wants")
  func handling() {
    var policy = ConnectionPolicy(deadlines: deadlines, now: start)
    policy.enter(.handling, at: start)
    #expect(policy.tick(at: at(1_000_000)) == .none)
  }

  @Test("an answer that nobody takes ends in a reset, whatever the stage; each byte taken renews the time")
  func writing() {
    for stage in [ConnectionPolicy.Stage.idle, .head, .body, .handling, .lingering] {
      var policy = ConnectionPolicy(deadlines: deadlines, now: start)
      policy.enter(.handling, at: start)
      policy.sendingWaits(advanced: false, at: at(0))
      policy.sendingWaits(advanced: false, at: at(19))
      policy.enter(stage, at: at(20))
      #expect(policy.tick(at: at(20)) == .reset)
      policy.sendingWaits(advanced: true, at: at(20))
      #expect(policy.tick(at: at(21)) == .none)
      #expect(policy.tick(at: at(40)) == .reset)
      policy.sendingEnded()
      #expect(policy.tick(at: at(40)) != .reset)
    }
  }

  @Test("draining ends a connection without a request at once and others with their answer")
  func draining() {
    var new = ConnectionPolicy(deadlines: deadlines, now: start)
    #expect(new.keepsAlive(asked: true))
    #expect(!new.keepsAlive(asked: false))
    #expect(new.drain() == .close)
    var idle = ConnectionPolicy(deadlines: deadlines, now: start)
    idle.enter(.handling, at: start)
    idle.enter(.idle, at: start)
    #expect(idle.drain() == .close)
    for stage in [ConnectionPolicy.Stage.head, .body, .handling, .lingering] {
      var policy = ConnectionPolicy(deadlines: deadlines, now: start)
      policy.enter(stage, at: start)
      #expect(policy.drain() == .none)
      #expect(!policy.keepsAlive(asked: true))
    }
    var sending = ConnectionPolicy(deadlines: deadlines, now: start)
    sending.sendingWaits(advanced: false, at: start)
    #expect(sending.drain() == .none)
  }
}
