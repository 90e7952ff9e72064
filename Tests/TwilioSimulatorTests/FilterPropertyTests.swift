import CallDomain
import Foundation
import Testing
import TwilioSimulator

/// The list against a model that looks at every call by itself.
@Suite struct FilterPropertyTests {
  struct Question {
    var from: Int?
    var before: Int?
    var endFrom: Int?
    var endBefore: Int?
    var day: Int?
    var status: String?
    var to: String?

    /// Bounds anywhere in the days of the calls, and every third one exactly on a start or an end.
    init(_ random: inout SeededRandom, near calls: [SimulatedCall]) {
      func maybe(_ random: inout SeededRandom) -> Int? {
        guard random.happens(permille: 400) else { return nil }
        let life = random.pick(calls).life
        let exact = random.happens(permille: 500) ? life.dialled : life.ended
        if random.below(3) == 0, let exact { return exact.seconds }
        return noon.seconds - random.within(-3600...3 * 86_400)
      }
      from = maybe(&random)
      before = maybe(&random)
      endFrom = random.happens(permille: 300) ? maybe(&random) : nil
      endBefore = random.happens(permille: 300) ? maybe(&random) : nil
      day = random.happens(permille: 100) ? maybe(&random) : nil
      status = random.happens(permille: 200) ? random.pick(["completed", "busy", "in-progress"]) : nil
      to = random.happens(permille: 200) ? "+3460000000\(random.below(3))" : nil
    }

    func text(raw: Bool) -> String {
      func time(_ seconds: Int) -> String { Timestamp(seconds: Int64(seconds)).iso8601 }
      let (less, more) = raw ? ("<", ">") : ("%3C", "%3E")
      let parts = [
        from.map { "StartTime\(more)=\(time($0))" }, before.map { "StartTime\(less)=\(time($0))" },
        endFrom.map { "EndTime\(more)=\(time($0))" }, endBefore.map { "EndTime\(less)=\(time($0))" },
        day.map { "StartTime=\(time($0).prefix(10))" }, status.map { "Status=\($0)" },
        to.map { "To=%2B\($0.dropFirst())" }, "PageSize=7",
      ]
      return parts.compactMap { $0 }.joined(separator: "&")
    }

    func matches(_ call: SimulatedCall, precision: DatePrecision) -> Bool {
      let life = call.life.seen(at: noon)
      func bound(_ seconds: Int) -> Int {
        precision == .exact ? seconds : seconds - seconds % 86_400
      }
      let start = (life.dialled ?? life.created).seconds
      let end = life.ended?.seconds
      if let from, start < bound(from) { return false }
      if let before, start >= bound(before) { return false }
      if let endFrom { guard let end, end >= bound(endFrom) else { return false } }
      if let endBefore { guard let end, end < bound(endBefore) else { return false } }
      if let day, start / 86_400 != day / 86_400 { return false }
      if let status, life.status != status { return false }
      return to.map { $0 == call.to } ?? true
    }
  }

  private func makeCalls(_ random: inout SeededRandom) -> [SimulatedCall] {
    (0..<80).map { index in
      let created = noon.adding(seconds: -random.within(0...2 * 86_400))
      let outcome = random.pick(["completed", "completed", "busy"])
      let life = makeLife(
        created: created, rings: random.below(9), talks: random.below(7000), outcome: outcome)
      return makeCall(index, to: "+3460000000\(random.below(4))", life: life)
    }
  }

  @Test("Filters of the list agree with the model, exact and by day", arguments: [DatePrecision.exact, .day])
  func addedCalls(precision: DatePrecision) throws {
    let seed = testSeed()
    for round in 0..<25 {
      var random = SeededRandom(seed: seed, index: round)
      var options = SimulatorOptions()
      options.precision = precision
      let simulation = try Simulation(makeConfiguration(options: options))
      let calls = makeCalls(&random)
      simulation.put(calls)
      for _ in 0..<6 {
        try check(
          simulation, calls, Question(&random, near: calls), precision, raw: random.happens(permille: 500))
      }
    }
  }

  @Test(
    "Filters over a stream with added calls agree with the model", arguments: [DatePrecision.exact, .day])
  func streamedCalls(precision: DatePrecision) throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    var options = SimulatorOptions()
    options.precision = precision
    let now = Scenario.history.firstMoment.adding(seconds: 3 * 86_400)
    let simulation = try Simulation(
      makeConfiguration(scenario: .history, seed: seed, now: now, callCount: 400, options: options))
    simulation.setClock(.fixed(noon))
    let streamed = try simulation.pages("PageSize=1000").flatMap(\.sids)
    #expect(streamed.count == 400)
    simulation.put(makeCalls(&random))
    let all = try simulation.pages("PageSize=1000").flatMap(\.calls)
    #expect(all.count == 480)
    for _ in 0..<8 {
      let bound = now.adding(seconds: -random.below(3 * 86_400))
      let cut = precision == .exact ? bound : bound.startOfDay
      for (name, key) in [("StartTime", "start_time"), ("EndTime", "end_time")] {
        let expected = all.filter { call in
          (call[key] as? String).flatMap { Timestamp(rfc2822: $0) }.map { $0 >= cut } ?? false
        }
        let found = try simulation.pages("\(name)%3E=\(bound.iso8601)&PageSize=100").flatMap(\.sids)
        #expect(found == expected.compactMap { $0["sid"] as? String }, "TEST_SEED=\(seed) \(bound.iso8601)")
      }
    }
  }

  private func check(
    _ simulation: Simulation, _ calls: [SimulatedCall], _ question: Question, _ precision: DatePrecision,
    raw: Bool
  ) throws {
    let expected = calls.filter { $0.life.created <= noon && question.matches($0, precision: precision) }
      .sorted { ($0.life.created, $0.sid) > ($1.life.created, $1.sid) }.map(\.sid)
    let found = try simulation.pages(question.text(raw: raw)).flatMap(\.sids)
    #expect(found == expected, "\(question.text(raw: raw))")
  }
}

extension Scenario {
  /// Where history begins.
  var firstMoment: Timestamp { Timestamp(seconds: 1_754_006_400) }
}
