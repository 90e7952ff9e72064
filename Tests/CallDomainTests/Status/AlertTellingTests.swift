import CallDomain
import TestSupport
import Testing

@Suite("What is left to tell of alerts, and when")
struct AlertTellingTests {
  private typealias Outcome = AlertTelling.Outcome

  private static func alert(firing: Bool, muted: Bool = false) -> Alert {
    Alert(.noRun, isFiring: firing, isMuted: muted, since: nil, detail: "x", whatToDo: firing ? "y" : nil)
  }

  private static func isDue(
    _ telling: inout AlertTelling, firing: Bool = true, muted: Bool = false, told: Bool? = false,
    claimedFor: Int64 = 0, now: Int64 = 0
  ) -> Bool {
    let record = AlertRecord(isToldFiring: told, claim: 1, claimedFor: claimedFor)
    return !telling.due([alert(firing: firing, muted: muted)], [.noRun: record], now: now).isEmpty
  }

  @Test(
    "What is known and was not told is due at once, in either direction; nothing else is, and no muted alert")
  func due() {
    for firing in [false, true] {
      for told in [false, true, nil] {
        for muted in [false, true] {
          var telling = AlertTelling()
          let isDue = Self.isDue(&telling, firing: firing, muted: muted, told: told)
          #expect(isDue == (firing != told && !muted))
          #expect(telling.wait(now: 0) == (isDue ? 0 : nil))
        }
      }
    }
    var telling = AlertTelling()
    #expect(telling.due([Self.alert(firing: true)], [:], now: 0).count == 1)
    #expect(telling.due([Self.alert(firing: false)], [:], now: 0).isEmpty && telling.wait(now: 0) == nil)
  }

  @Test("What another process is telling waits until that process has lost it")
  func claimed() {
    var telling = AlertTelling()
    #expect(!Self.isDue(&telling, claimedFor: 30_000))
    #expect(telling.wait(now: 10_000) == 20_000)
    #expect(Self.isDue(&telling, now: 30_000))
    _ = telling.note(.taken, of: .noRun, now: 30_000)
    #expect(telling.wait(now: 30_000) == nil)
  }

  @Test(
    "The pauses grow: in a hurry after a failure, less so without an answer, slowly where it was refused",
    arguments: [
      (Outcome.failed, [500, 2000, 8000, 40_000, 80_000, 160_000, 300_000, 300_000]),
      (.unanswered, [30_000, 30_000, 30_000, 40_000, 80_000, 160_000, 300_000, 300_000]),
      (.refused, [300_000, 600_000, 1_200_000, 2_400_000, 3_600_000, 3_600_000]),
    ] as [(AlertTelling.Outcome, [Int64])])
  func pauses(outcome: AlertTelling.Outcome, expected: [Int64]) {
    var telling = AlertTelling()
    var now: Int64 = 7
    for pause in expected {
      #expect(Self.isDue(&telling, now: now))
      _ = telling.note(outcome, of: .noRun, now: now)
      #expect(telling.wait(now: now) == pause)
      #expect(!Self.isDue(&telling, now: now + pause - 1))
      now += pause
    }
    #expect(AlertTelling.pause(after: .max, outcome) == expected.last)
    #expect(AlertTelling.pause(after: .min, outcome) == expected.first)
    // Another process, such as one with another address, tries at once; and so does this one, something else.
    var other = AlertTelling()
    #expect(Self.isDue(&other, now: now - 1) && !Self.isDue(&telling, now: now - 1))
    #expect(Self.isDue(&telling, firing: false, told: true, now: now - 1))
  }

  @Test(
    "An attempt that nobody answered leaves it unknown what was told; one that was not taken leaves it as it was"
  )
  func told() {
    for told in [false, true, nil] {
      let record = AlertRecord(isToldFiring: told)
      for firing in [false, true] {
        func after(_ outcome: AlertTelling.Outcome) -> Bool? {
          AlertTelling.told(Self.alert(firing: firing), after: outcome, before: record)
        }
        #expect(after(.told) == firing && after(.unanswered) == nil)
        #expect(after(.failed) == told && after(.refused) == told && after(.taken) == told)
      }
    }
  }

  @Test("The log is told once that nobody takes the alerts, and again when that happens anew")
  func outages() {
    var telling = AlertTelling()
    func note(_ outcome: AlertTelling.Outcome, of name: Alert.Name = .noRun) -> Bool {
      _ = Self.isDue(&telling)
      return telling.note(outcome, of: name, now: 0)
    }
    #expect([.failed, .failed, .failed].map { note($0) } == [false, false, false])
    #expect(note(.failed) && !note(.failed) && !note(.refused) && !note(.unanswered, of: .noCalls))
    #expect(!note(.told) && !note(.failed) && note(.refused) && !note(.taken) && !note(.refused))
    #expect(!note(.told) && note(.unanswered))
  }

  @Test("Quiet times end no alert that is known to fire, and begin none")
  func quiet() throws {
    var rules = AlertRules()
    rules.quietTimes = try #require(QuietTimes("22:00-07:00"))
    func changes(_ moment: String, lastCall: String, known: Bool) -> [Alert] {
      var facts = StatusFacts()
      facts.newestCall = makeTime(lastCall)
      if known { facts.firingSince[.noCalls] = makeTime(lastCall) }
      return ServiceStatus(facts, rules: rules, now: makeTime(moment)).changes
    }
    let evening = "2026-03-01T19:00:00Z"
    #expect(changes("2026-03-01T21:59:00Z", lastCall: evening, known: false).map(\.isFiring) == [true])
    #expect(changes("2026-03-01T21:59:00Z", lastCall: evening, known: true).isEmpty)
    #expect(changes("2026-03-01T22:00:00Z", lastCall: evening, known: true).isEmpty)
    #expect(changes("2026-03-01T22:00:00Z", lastCall: evening, known: false).isEmpty)
    #expect(changes("2026-03-02T07:00:00Z", lastCall: evening, known: true).isEmpty)
    #expect(changes("2026-03-02T07:00:00Z", lastCall: evening, known: false).map(\.isFiring) == [true])
    let night = "2026-03-02T02:00:00Z"
    #expect(changes("2026-03-02T02:01:00Z", lastCall: night, known: true).map(\.isFiring) == [false])
    #expect(changes("2026-03-02T02:01:00Z", lastCall: night, known: false).isEmpty)
  }

  @Test(
    "Whatever changes and whatever fails, in the end is told what is known: each message once and in turn where no process dies"
  )
  func anyOrder() throws {
    try forEachSeed(300) { random in
      var world = World(random)
      let dies = random.chance(50)
      for _ in 0..<random.number(in: 1...60) { world.step(&random, dies: dies) }
      world.heal()
      #expect(world.isToldFiring == world.isFiring)
      try #require((world.heard.last ?? false) == world.isFiring)
      if !dies {
        try #require(world.heard.enumerated().allSatisfy { index, isFiring in isFiring == (index % 2 == 0) })
      }
    }
  }

  /// One alert, a row of the store, a listener that is there or not, and some processes.
  private struct World {
    private(set) var isFiring = false
    private(set) var isToldFiring: Bool? = false
    private(set) var heard: [Bool] = []
    private var now: Int64 = 0
    private var claim: Int64 = 0
    private var claimedUntil: Int64 = 0
    private var listens = true
    private var processes: [AlertTelling]

    init(_ random: SeededRandom) {
      var random = random
      processes = (0..<random.number(in: 1...3)).map { _ in AlertTelling() }
    }

    mutating func step(_ random: inout SeededRandom, dies: Bool) {
      if random.chance(30) { isFiring.toggle() }
      if random.chance(20) { listens.toggle() }
      now += Int64(random.number(in: 0...90_000))
      let process = random.number(in: 0...processes.count - 1)
      let death = dies && random.chance(20) ? random.number(in: 0...1) : nil
      let failure =
        dies ? random.one(of: Outcome.failed, .refused, .unanswered) : random.one(of: .failed, .refused)
      look(process, failure, dyingAt: death, isHeard: random.chance(50))
      if death != nil { processes[process] = AlertTelling() }
    }

    /// Everything works, for as long as the longest pause.
    mutating func heal() {
      listens = true
      now += 3_600_000
      look(0, .failed, dyingAt: nil, isHeard: false)
    }

    /// - Parameters:
    ///   - death: 0 before the message is sent, 1 before that is noted.
    ///   - isHeard: Whether a message is that nobody answers.
    private mutating func look(_ process: Int, _ failure: Outcome, dyingAt death: Int?, isHeard: Bool) {
      let record = AlertRecord(
        isToldFiring: isToldFiring, claim: claim, claimedFor: max(0, claimedUntil - now))
      let alert = AlertTellingTests.alert(firing: isFiring)
      guard !processes[process].due([alert], [.noRun: record], now: now).isEmpty else { return }
      claim += 1
      isToldFiring = nil
      claimedUntil = now + 30_000
      if death == 0 { return }
      let outcome = listens ? .told : failure
      if listens || outcome == .unanswered && isHeard { heard.append(isFiring) }
      if death == 1 { return }
      isToldFiring = AlertTelling.told(alert, after: outcome, before: record)
      claimedUntil = 0
      _ = processes[process].note(outcome, of: .noRun, now: now)
    }
  }
}
