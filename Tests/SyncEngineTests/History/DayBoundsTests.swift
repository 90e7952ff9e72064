import CallDomain
import SyncEngine
import TestSupport
import Testing

/// How a Twilio takes bounds within a day.
enum BoundsWay: String, CaseIterable, Sendable {
  case honoured, wholeDays, byTurns, fromSomeRequestOn, betweenRuns, honouredLater

  func takesWholeDays(from request: Int) -> @Sendable (_ run: Int64, _ request: Int) -> Bool {
    { run, number in
      switch self {
      case .honoured: false
      case .wholeDays: true
      case .byTurns: number.isMultiple(of: 2)
      case .fromSomeRequestOn: number >= request
      case .betweenRuns: run > 1
      case .honouredLater: run == 1
      }
    }
  }
}

@Suite("A resync, whatever Twilio makes of bounds within a day")
struct DayBoundsTests {
  private static let midnight = makeTime("2026-02-28T00:00:00Z")

  @Test(
    "Periods of hours and days around midnight are complete and counted once, interrupted, refused pages or not",
    arguments: BoundsWay.allCases)
  func complete(_ way: BoundsWay) async throws {
    var most = 0
    try await forEachSeed(40) { random in
      let start = Self.midnight.adding(seconds: random.number(in: -172_800...86_399))
      let end = start.adding(seconds: random.number(in: 60...random.one(of: 14_400, 86_400, 259_200)))
      let breaks = (0..<random.number(in: 0...3)).map { _ in random.number(in: 1...25) }
      let moments = Set(breaks.indices.map { breaks[...$0].reduce(0, +) })
      let refused = Set((0..<random.number(in: 0...4)).map { _ in random.number(in: 1...60) })
      let isOpen = random.chance(30)
      let bench = HistoryBench { script in
        script.settings = HistoricalSync.Settings(start: start, workers: random.number(in: 1...6))
        script.now = isOpen ? end : makeTime("2026-03-04T09:30:00Z")
        script.includesUpperBound = random.chance(50)
        script.emptyLastPage = random.chance(30)
        script.takesWholeDays = way.takesWholeDays(from: random.number(in: 1...60))
        script.calls = Self.calls(&random).filter { !isOpen || ($0.callDate ?? .epoch) < end }
        script.onCommit = { number throws(RunFailure) in
          if moments.contains(number) { throw RunFailure(.internal, "cut off") }
        }
        // A next page that is refused has its slice begun anew, any other ends the run.
        script.onRequest = { number throws(RunFailure) in
          if refused.contains(number) { throw RunFailure(.twilio(.refused), "La página no vale.") }
        }
      }
      try await Self.finish(bench, until: isOpen ? nil : end, failures: breaks.count + refused.count)
      try Self.requireComplete(bench, Period(start: start, end: end))
      most = max(most, bench.notes.requestCount)
    }
    print("\(way.rawValue): at most \(most) requests")
  }

  @Test(
    "46 hours over one midnight, a third of the calls in the last 80 minutes, are complete",
    arguments: BoundsWay.allCases)
  func burst(_ way: BoundsWay) async throws {
    for until in [nil, makeTime("2026-02-28T22:30:00Z")] {
      let start = makeTime("2026-02-27T00:30:00Z")
      let end = makeTime("2026-02-28T22:30:00Z")
      let bench = HistoryBench { script in
        script.settings.start = start
        script.now = until == nil ? end : makeTime("2026-03-01T12:00:00Z")
        script.takesWholeDays = way.takesWholeDays(from: 5)
        script.calls = (0..<350).map { number in
          makeCompleted(
            number + 1,
            startedAt: number < 234
              ? start.adding(seconds: number * 680) : end.adding(seconds: (number - 350) * 41))
        }
      }
      _ = try await bench.run(until: until).get()
      try Self.requireComplete(bench, Period(start: start, end: end))
    }
  }

  @Test("A day of 58 pages is read side by side where bounds are honoured, in few more requests than pages")
  func denseDay() async throws {
    let requests = try await Self.denseDay(.honoured)
    #expect(requests.list >= 8 && requests.all <= 70, "\(requests)")
    print("dense day of 58 pages, honoured: \(requests.all) requests")
  }

  @Test("Where they count as whole days it is read in one go, after three questions")
  func denseDayInOneGo() async throws {
    let requests = try await Self.denseDay(.wholeDays)
    #expect(requests.list == 4 && requests.all == 58 + 3, "\(requests)")
  }

  @Test("A part of a day is asked for by itself, and up to the midnight when the answer proves nothing")
  func gaps() async throws {
    let gap = Period(start: makeTime("2026-02-27T10:00:00Z"), end: makeTime("2026-02-27T12:00:00Z"))
    let exact = CallQuery(startedFrom: gap.start, startedBefore: gap.end)
    let midnight = CallQuery(startedFrom: gap.start, startedBefore: makeTime("2026-02-28T00:00:00Z"))
    for (way, isEmpty, queries) in [
      (BoundsWay.honoured, false, [exact]), (.honoured, true, [exact, midnight]),
      (.wholeDays, false, [exact, midnight]),
    ] {
      let bench = HistoryBench { script in
        script.takesWholeDays = way.takesWholeDays(from: 1)
        script.calls = (0..<(isEmpty ? 1 : 8)).map {
          makeCompleted($0 + 1, startedAt: gap.start.adding(minutes: $0 * 30 - 30))
        }
      }
      _ = try await bench.run(since: gap.start, until: gap.end).get()
      #expect(bench.notes.requests == queries, "\(way)")
      try Self.requireComplete(bench, gap)
    }
  }

  private static func denseDay(_ way: BoundsWay) async throws -> (list: Int, all: Int) {
    let bench = HistoryBench { script in
      script.settings.start = midnight
      script.takesWholeDays = way.takesWholeDays(from: 1)
      script.calls = (0..<580).map { makeCompleted($0 + 1, startedAt: midnight.adding(seconds: $0 * 148)) }
    }
    let end = midnight.adding(hours: 24)
    _ = try await bench.run(until: end).get()
    try requireComplete(bench, Period(start: midnight, end: end))
    return (bench.notes.requests.count, bench.notes.requestCount)
  }

  /// Repeats the run until it ends well.
  private static func finish(_ bench: HistoryBench, until: Timestamp?, failures: Int) async throws {
    for _ in 0...failures {
      if case .success = try await bench.run(until: until) { return }
    }
    throw RunFailure(.internal, "more failures than interruptions")
  }

  private static func requireComplete(_ bench: HistoryBench, _ period: Period) throws {
    let calls = bench.script.calls.filter { $0.callDate.map(period.contains) ?? false }
    let missing = Set(calls.map(\.sid)).subtracting(bench.notes.stored.keys)
    try #require(missing.isEmpty, "\(missing.count) of \(calls.count) calls are missing")
    try #require(bench.notes.stored.count == calls.count)
    try #require(bench.notes.finished.last?.counts.totalCalls == calls.count)
    try #require(bench.notes.closed == [period])
  }

  /// Thin days with a burst or two, some of them just before or after a midnight.
  private static func calls(_ random: inout SeededRandom) -> [Call] {
    let first = midnight.adding(hours: -72)
    var starts = (0..<random.number(in: 0...200)).map { _ in
      first.adding(seconds: random.number(in: 0...(6 * 86_400)))
    }
    for _ in 0..<random.number(in: 1...3) {
      let day = first.adding(hours: 24 * random.number(in: 0...5))
      let begin = day.adding(seconds: random.one(of: 0, 70_000, 84_000, random.number(in: 0...86_399)))
      let spacing = random.number(in: 0...60)
      starts += (0..<random.number(in: 10...200)).map { begin.adding(seconds: $0 * spacing) }
    }
    return starts.enumerated().map { makeCompleted($0.offset + 1, startedAt: $0.element) }
  }
}
