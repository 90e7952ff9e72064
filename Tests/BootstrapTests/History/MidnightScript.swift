import CallDomain
import TestSupport
import TwilioSimulator

/// What is drawn for two resyncs of one to three days around a midnight, the second one after Twilio has
/// corrected calls.
struct MidnightScript: Sendable {
  /// One attempt of a resync.
  struct Run: Sendable {
    /// What goes wrong at Twilio, in the words of the simulator's help.
    var faults: String
    var tableRefusesMost = false
  }

  let period: Period
  /// What was recorded before: the period and perhaps more on either side.
  let hole: Period
  let calls: [SimulatedCall]
  let corrections: [SimulatedCall]
  let tableRefusesOdd: Bool
  /// Whether the table takes every call the second time.
  let isTableMended: Bool
  /// Whether the second resync is begun anew: then corrections that no rule of versions lets through are drawn, too.
  let isRestart: Bool
  let first: [Run]
  let second: [Run]

  /// - Parameter now: All is settled by then.
  init(now: Timestamp, _ random: inout TestSupport.SeededRandom) {
    let midnight = now.startOfDay.adding(hours: -96)
    let seconds = random.number(in: 86_400...259_200)
    let start = midnight.adding(seconds: random.number(in: 1 - seconds ... -1))
    period = Period(start: start, end: start.adding(seconds: seconds))
    hole = Period(
      start: period.start.adding(hours: random.one(of: 0, -5)),
      end: period.end.adding(hours: random.one(of: 0, 5)))
    calls = Self.calls(period, midnight, &random)
    tableRefusesOdd = random.chance(60)
    isTableMended = random.chance(50)
    let isRestart = random.chance(50)
    self.isRestart = isRestart
    corrections = calls.compactMap { call in
      random.chance(15) ? Self.corrected(call, isLastWord: isRestart, &random) : nil
    }
    first = Self.runs(&random, refusingMost: 30)
    second = Self.runs(&random, refusingMost: 0)
  }

  /// Thin days with a burst or three, some of them just before or after a bound or the midnight.
  private static func calls(
    _ period: Period, _ midnight: Timestamp, _ random: inout TestSupport.SeededRandom
  ) -> [SimulatedCall] {
    var varied = VariedCalls(
      seed: random.next(), rates: .init(latePriced: 0, neverPriced: 20, neverFinal: 2, threeHours: 3))
    var calls = varied.calls(
      everySeconds: random.one(of: 300, 900, 3600), from: period.start.adding(hours: -1),
      until: period.end.adding(hours: 1))
    for _ in 0..<random.number(in: 1...3) {
      let begin = random.one(
        of: midnight.adding(seconds: -300), midnight, period.start, period.end.adding(minutes: -80),
        period.start.adding(seconds: random.number(in: 0...80_000)))
      let spacing = random.number(in: 0...8)
      for place in 0..<random.number(in: 50...900) {
        calls.append(varied.call(created: begin.adding(seconds: place * spacing)))
      }
    }
    for index in calls.indices where random.chance(5) { calls[index].direction = "inbound" }
    return calls
  }

  /// The call as Twilio tells it later.
  ///
  /// - Parameter isLastWord: Whether what Twilio tells now counts, be it not later or less than before.
  private static func corrected(
    _ call: SimulatedCall, isLastWord: Bool, _ random: inout TestSupport.SeededRandom
  ) -> SimulatedCall? {
    guard let ended = call.life.ended else { return nil }
    let price = "-0.0\(random.number(in: 1000...9999))"
    var later = call
    switch random.number(in: 0...(isLastWord ? 4 : 1)) {
    case 0:
      later = call.turned(&random)
      later.life.priced = (call.life.priced ?? ended).adding(seconds: random.number(in: 1...3600))
    case 1:
      guard call.life.priced == nil else { return nil }
      return call.pricedAtItsEnd(price)
    case 2: later = call.turned(&random)
    case 3: later.price = call.price == nil ? nil : price
    default: (later.life.priced, later.price) = (nil, nil)
    }
    return later
  }

  /// Attempts that mostly fail, and one that does not.
  private static func runs(_ random: inout TestSupport.SeededRandom, refusingMost percent: Int) -> [Run] {
    var runs: [Run] = []
    for _ in 0..<random.number(in: 0...2) {
      let request = random.number(in: 2...7)
      let end = random.one(of: "list/\(request)-:401", "list/\(request):empty=400")
      runs.append(Run(faults: "\(trouble(&random)); \(end)", tableRefusesMost: random.chance(percent)))
    }
    return runs + [Run(faults: trouble(&random))]
  }

  /// Bounds that count as whole days in some answers, and pages that come when they are asked for again, perhaps in
  /// smaller ones.
  private static func trouble(_ random: inout TestSupport.SeededRandom) -> String {
    let (request, share) = (random.number(in: 1...8), random.number(in: 10...90))
    let bounds = random.one(
      of: "", "*:whole-days", "2n:whole-days", "\(request)-:whole-days", "1-\(request):whole-days",
      "\(share)%:whole-days")
    return "\(bounds); " + random.one(of: "", "", "1-2:500", "list/\(request):429", "list/\(request):503")
  }
}

extension MidnightScript: CustomStringConvertible {
  var description: String {
    """
    \(calls.count) calls, \(corrections.count) corrected, \(period.start.iso8601) - \(period.end.iso8601), \
    odd calls \(tableRefusesOdd ? isTableMended ? "refused at first" : "refused" : "taken"), \
    first \(first.map(\.description)), second\(isRestart ? " begun anew" : "") \(second.map(\.description))
    """
  }
}

extension MidnightScript.Run: CustomStringConvertible {
  var description: String { "\(faults)\(tableRefusesMost ? "; most refused" : "")" }
}
