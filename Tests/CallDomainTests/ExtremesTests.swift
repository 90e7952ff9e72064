import CallDomain
import TestSupport
import Testing

/// What is computed from numbers and times of others, fed with the largest, the smallest and what lies between:
/// whatever they are, there is an answer, and it can be written down.
@Suite("What is computed from extreme numbers and times")
struct ExtremesTests {
  private static let numbers: [Int64] = [
    .min, .min + 1, -9_223_372_036_854_776, -253_402_300_800_000, -62_135_596_800_001, -86_400_000, -1, 0, 1,
    59, 1000, 86_399_999, 1_772_366_400_000, 253_402_300_799_999, 253_402_300_800_000, 9_223_372_036_854_776,
    .max - 1, .max,
  ]

  private static func number(_ random: inout SeededRandom) -> Int64 {
    random.chance(70) ? numbers.randomElement(using: &random) ?? 0 : Int64(truncatingIfNeeded: random.next())
  }

  private static func moment(_ random: inout SeededRandom) -> Timestamp {
    Timestamp(milliseconds: number(&random))
  }

  private static func count(_ random: inout SeededRandom) -> Int { Int(counted: number(&random)) }

  @Test("The plan of an hourly run")
  func windowPlan() throws {
    try forEachSeed(2000) { random in
      let now = Self.moment(&random)
      let plan = WindowPlan(
        now: now, coveredUntil: random.chance(80) ? Self.moment(&random) : nil,
        windowMinutes: random.one(of: 1, 75, 10_080), maxCatchUpHours: random.one(of: 1, 168, 8784))
      try #require(plan.period.end == now && plan.slices.first?.start == plan.period.start)
      try #require(plan.slices.last?.end == now && plan.slices.count <= 1465)
      for (slice, next) in zip(plan.slices, plan.slices.dropFirst()) {
        try #require(slice.start < slice.end && slice.end == next.start)
      }
      if let gap = plan.gap { try #require(gap.end == plan.period.start) }
    }
  }

  @Test("The slices of a history, cut and extended")
  func slices() throws {
    try forEachSeed(2000) { random in
      let period = Period(start: Self.moment(&random), end: Self.moment(&random))
      let plan = SlicePlan(workers: random.one(of: 1, 4, 100))
      let earliest = Self.moment(&random)
      let pages = plan.pages(in: period, firstPageBackTo: earliest)
      let others = random.one(of: 0, 7, Int.max / 2)
      for bound in plan.boundsWithinDay(
        of: period, pages: pages, firstPageBackTo: earliest, others: others)
      {
        try #require(period.start < bound && bound < period.end)
      }
      if let parts = plan.parts(of: period, pages: pages, others: others) {
        try #require(parts.last?.start == period.start && parts.first?.end == period.end)
      }
      var counts = RunCounts()
      counts.totalCalls = Self.count(&random)
      counts.createdPhones = Self.count(&random)
      let progress = HistoryProgress(
        parts: (1...3).map {
          HistoryProgress.Part(
            slice: HistorySlice(
              number: $0, period: Period(start: Self.moment(&random), end: Self.moment(&random))),
            isDone: random.chance(50), counts: counts)
        }, isContinued: true)
      let now = Self.moment(&random)
      let extended = progress.extended(to: now)
      try #require(extended.period.map { $0.end >= now } == true)
      try #require(extended.counts.createdPhones == progress.counts.createdPhones)
    }
  }

  @Test("The alerts and what is said of them")
  func alerts() throws {
    try forEachSeed(2000) { random in
      var rules = AlertRules()
      rules.noCallsHours = random.one(of: 1, 8784, Int(clamping: Self.number(&random)))
      rules.noRunHours = random.one(of: 1, 8784, Int(clamping: Self.number(&random)))
      rules.quietTimes = try #require(
        QuietTimes(random.one(of: "22:00-07:00, sat-sun", "mon 00:00-23:59, tue-sun", "fri 15:00-24:00")))
      var facts = StatusFacts()
      facts.coveredUntil = Self.moment(&random)
      facts.newestCall = random.chance(80) ? Self.moment(&random) : nil
      facts.installedAt = Self.moment(&random)
      facts.callsOfDay = Self.count(&random)
      facts.defaultCallsOfDay = Self.count(&random)
      facts.unsettledCalls = Self.count(&random)
      facts.givenUpCalls = Self.count(&random)
      facts.givenUpPeriod = Period(start: Self.moment(&random), end: Self.moment(&random))
      facts.gaps = [Period(start: Self.moment(&random), end: Self.moment(&random))]
      var runs = StatusFacts.Runs()
      runs.lastSuccess = random.chance(80) ? Self.moment(&random) : nil
      runs.failingSince = Self.moment(&random)
      facts.runs[.hourly] = runs
      let now = Self.moment(&random)
      let status = ServiceStatus(facts, rules: rules, now: now)
      try #require(status.alerts.count == Alert.Name.allCases.count)
      for alert in status.alerts {
        if let since = alert.since { try #require(Timestamp(iso8601: since.iso8601) == since) }
      }
      _ = status.lagSeconds
      try #require(status.state >= .ok && !status.findings.isEmpty)
      _ = facts.gaps.map(\.historicalCommand)
      var inspection = Inspection()
      inspection.databaseTime = Self.moment(&random)
      try #require(!inspection.findings(now: now).isEmpty)
    }
  }

  @Test("Quiet times, whatever is asked of them")
  func quietTimes() throws {
    try forEachSeed(2000) { random in
      let times = random.one(of: QuietTimes.none, QuietTimes("mon 00:00-23:59, tue-sun") ?? .none)
      let (start, end) = (Self.moment(&random), Self.moment(&random))
      let loud = times.loudMilliseconds(from: start, to: end)
      try #require(loud >= 0 && loud <= max(0, end.milliseconds(since: start)))
      _ = times.contains(start)
    }
  }

  @Test("A run's answer, and the share of a resync that is done")
  func answers() throws {
    try forEachSeed(2000) { random in
      var counts = RunCounts()
      counts.totalCalls = Int(clamping: Self.number(&random))
      counts.case1Count = Int(clamping: Self.number(&random))
      counts.case2Count = Int(clamping: Self.number(&random))
      counts.case3Count = Int(clamping: Self.number(&random))
      counts.savedCalls = counts.storable
      let run = SyncRun(
        id: RunID(Self.number(&random)), kind: .hourly, state: .succeeded, startedAt: Self.moment(&random),
        finishedAt: Self.moment(&random),
        period: Period(start: Self.moment(&random), end: Self.moment(&random)), counts: counts + counts,
        requestedBy: "test")
      try #require(run.answer.json.hasPrefix("{\"success\":true,"))
      try #require(run.durationMilliseconds ?? -1 >= 0)
      let resync = PageFigures.Resync(
        doneSlices: Self.count(&random), slices: Self.count(&random),
        doneMilliseconds: Self.number(&random), milliseconds: Self.number(&random))
      try #require((0...100).contains(resync.percent))
    }
  }

  @Test(
    "A price of any length is written without its sign, or is none",
    arguments: [
      ("-0", "0"), ("+9223372036854775808", "9223372036854775808"), ("-.5", "0.5"),
      (String(repeating: "9", count: 40), String(repeating: "9", count: 40)),
      (String(repeating: "9", count: 41), nil), ("NaN", nil), ("-Infinity", nil), ("1e400", nil),
      ("--1", nil),
      ("-", nil), (".", nil), ("١", nil),
    ])
  func prices(text: String, magnitude: String?) {
    #expect(Price(text)?.magnitude == magnitude)
  }
}
