import CallDomain
import TestSupport
import Testing

@Suite("WindowPlan")
struct WindowPlanTests {
  private let now = makeTime("2025-10-05T20:00:00Z")

  private func plan(_ coveredUntil: Timestamp?, window: Int = 75, cap: Int = 168) -> WindowPlan {
    WindowPlan(now: now, coveredUntil: coveredUntil, windowMinutes: window, maxCatchUpHours: cap)
  }

  @Test("Without a covered-until the period is the plain window and nothing is missing")
  func first() {
    let plan = plan(nil)
    #expect(plan.period == Period(start: makeTime("2025-10-05T18:45:00Z"), end: now))
    #expect(plan.gap == nil)
    #expect(plan.slices == [plan.period])
  }

  @Test("A run an hour after the last one reads the plain window")
  func everyHour() {
    let plan = plan(now.adding(hours: -1))
    #expect(plan.period.start == now.adding(minutes: -75))
    #expect(plan.slices == [plan.period])
    #expect(plan.gap == nil)
  }

  @Test(
    "The window is never shorter than configured, even just after another run or with a clock set back",
    arguments: [0, -1, 5, 600])
  func neverShorter(_ minutes: Int) {
    let plan = plan(now.adding(minutes: minutes))
    #expect(plan.period == Period(start: now.adding(minutes: -75), end: now))
    #expect(plan.gap == nil)
  }

  @Test("After missed runs the period begins fifteen minutes before what is covered")
  func catchUp() {
    #expect(plan(now.adding(minutes: -61)).period.start == now.adding(minutes: -76))
    #expect(plan(now.adding(hours: -5)).period.start == now.adding(minutes: -315))
    #expect(plan(now.adding(hours: -5)).gap == nil)
  }

  @Test("The cap ends the reach back, and what it cuts away is a hole")
  func capped() {
    let covered = now.adding(hours: -200)
    let plan = plan(covered)
    #expect(plan.period.start == now.adding(hours: -168))
    #expect(plan.gap?.end == plan.period.start)
    #expect(plan.gap?.start == covered.adding(minutes: -15))
  }

  @Test("Where all that the cap cuts off was covered there is no gap, else the overlap is part of it")
  func cappedOverlap() {
    let plan = plan(now.adding(hours: -168))
    #expect(plan.period.start == now.adding(hours: -168))
    #expect(plan.gap == nil)
    let covered = now.adding(hours: -168).adding(seconds: -1)
    #expect(self.plan(covered).gap == Period(start: covered.adding(minutes: -15), end: plan.period.start))
  }

  @Test(
    "A cap below the window counts as the window, so that punctual runs leave no gap", arguments: [1, 2, 3])
  func capBelowWindow(cap: Int) {
    #expect(plan(nil, window: 180, cap: cap).period.start == now.adding(minutes: -180))
    for minutes in [60, 61, 90, 165, 180] {
      let covered = now.adding(minutes: -minutes)
      #expect(plan(covered, window: 180, cap: cap).gap == nil, "\(minutes)")
    }
    #expect(plan(now.adding(minutes: -60), cap: 1).gap == nil)
    #expect(plan(now.adding(minutes: -90), cap: 1).gap != nil)
  }

  @Test("Six hours are read at once, more in slices")
  func slices() {
    #expect(plan(now.adding(minutes: -345)).slices.count == 1)
    #expect(plan(now.adding(minutes: -346)).slices.count > 1)
    #expect(plan(now.adding(hours: -19)).slices.count > 1)
    #expect(plan(now.adding(hours: -100)).slices.count > 1)
  }

  @Test("Start, hole and slices follow from the numbers for any of them")
  func anyNumbers() throws {
    try forEachSeed(1000) { random in
      let now = Timestamp(milliseconds: 1_759_694_400_000 + Int64(random.number(in: 0...9_000_000_000)))
      let window = random.number(in: 1...3000)
      let cap = random.number(in: 1...1000)
      let covered = random.chance(10) ? nil : now.adding(seconds: -random.number(in: -7200...4_000_000))
      let plan = WindowPlan(now: now, coveredUntil: covered, windowMinutes: window, maxCatchUpHours: cap)
      let plain = now.milliseconds - Int64(window) * 60_000
      let wanted = min(plain, covered.map { $0.milliseconds - 900_000 } ?? plain)
      let start = max(min(plain, now.milliseconds - Int64(cap) * 3_600_000), wanted)
      try #require(plan.period == Period(start: Timestamp(milliseconds: start), end: now))

      try #require(plan.slices.first?.start == plan.period.start)
      try #require(plan.slices.last?.end == plan.period.end)
      for (slice, next) in zip(plan.slices, plan.slices.dropFirst()) {
        try #require(slice.end == next.start)
      }
      try #require(plan.slices.allSatisfy { $0.start < $0.end })

      // Everything from the covered-until on is read or named as a gap, with a quarter of an hour before it.
      if let covered, covered.milliseconds < start {
        try #require(plan.gap == Period(start: covered.adding(minutes: -15), end: plan.period.start))
      } else {
        try #require(plan.gap == nil)
      }
    }
  }
}
