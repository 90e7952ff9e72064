import CallDomain
import TestSupport
import TwilioSimulator

/// Writes calls with all kinds of lives: most are settled within minutes, some are priced a day later or
/// never, some last for hours or never end. Transfers have leads that are called before and after.
struct VariedCalls {
  /// In percent.
  struct Rates {
    var latePriced = 6
    var neverPriced = 3
    var neverFinal = 2
    var threeHours = 3
  }

  private(set) var random: TestSupport.SeededRandom
  let rates: Rates

  init(seed: UInt64, rates: Rates = Rates()) {
    random = TestSupport.SeededRandom(seed: seed)
    self.rates = rates
  }

  /// A call every so many seconds, earlier or later by chance.
  mutating func calls(everySeconds step: Int, from start: Timestamp, until end: Timestamp) -> [SimulatedCall]
  {
    stride(from: start.seconds, to: end.seconds, by: step).map { second in
      call(created: Timestamp(seconds: Int64(second + random.number(in: 0...step - 1))))
    }
  }

  /// One call that begins then.
  mutating func call(created: Timestamp) -> SimulatedCall {
    let life = life(created: created)
    let isTransfer = random.chance(20)
    let isTrunk = !isTransfer && random.chance(25)
    let lead = "+34600\(String(1_000_000 + random.number(in: 0...60)).dropFirst())"
    let listed = OwnNumber.all[random.number(in: 0...16)].number
    let own = random.chance(3) ? "+3492200\(String(1000 + random.number(in: 0...999)))" : listed
    return SimulatedCall(
      sid: sid(),
      direction: isTransfer ? "trunking-originating" : isTrunk ? "trunking-terminating" : "outbound-api",
      from: isTransfer ? lead : own,
      to: isTransfer ? "sip:\(own)@pbx.example.com" : lead, life: life,
      price: life.priced == nil ? nil : "-0.0\(random.number(in: 100...999))")
  }

  private mutating func sid() -> String {
    let halves = [random.next(), random.next()].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return "CA" + halves.joined()
  }

  private mutating func life(created: Timestamp) -> CallLife {
    let dialled = created.adding(seconds: random.number(in: 0...3))
    let draw = random.number(in: 0...99)
    if draw >= 85 {
      let end = dialled.adding(seconds: random.number(in: 3...40))
      return CallLife(
        created: created, dialled: dialled, ended: end, outcome: random.one(of: "busy", "no-answer", "failed")
      )
    }
    let answered = dialled.adding(seconds: 5)
    var life = CallLife(created: created, dialled: dialled, answered: answered)
    if draw < rates.neverFinal { return life }
    let isLong = random.chance(rates.threeHours)
    let talk = isLong ? 3 * 3600 - 60 : random.number(in: 10...600)
    let ended = answered.adding(seconds: talk)
    life.ended = ended
    switch draw - rates.neverFinal {
    case ..<rates.neverPriced: break
    case ..<(rates.neverPriced + rates.latePriced):
      life.priced = ended.adding(minutes: random.number(in: 60...2400))
    default: life.priced = ended.adding(seconds: random.number(in: 20...600))
    }
    return life
  }
}

extension CallLife {
  /// From when on nothing more is to come; nil when that never is.
  var settled: Timestamp? {
    guard let ended else { return nil }
    return outcome == "completed" ? priced : ended
  }
}
