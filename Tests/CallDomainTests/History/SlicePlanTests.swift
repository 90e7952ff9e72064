import CallDomain
import TestSupport
import Testing

@Suite("SlicePlan")
struct SlicePlanTests {
  private let year = Period(start: makeTime("2025-08-01T00:00:00Z"), end: makeTime("2026-08-01T00:00:00Z"))
  private let day = Period(start: makeTime("2025-08-01T00:00:00Z"), end: makeTime("2025-08-02T00:00:00Z"))

  @Test("A first page that covers a tenth of the slice means ten pages")
  func pages() {
    let plan = SlicePlan(workers: 4)
    let period = Period(start: makeTime("2026-01-01T00:00:00Z"), end: makeTime("2026-01-11T00:00:00Z"))
    #expect(plan.pages(in: period, firstPageBackTo: makeTime("2026-01-10T00:00:00Z")) == 10)
    #expect(plan.pages(in: period, firstPageBackTo: period.start) == 1)
    // Calls that Twilio lists outside of what it was asked for.
    #expect(plan.pages(in: period, firstPageBackTo: makeTime("2025-01-01T00:00:00Z")) == 1)
    #expect(plan.pages(in: period, firstPageBackTo: period.end) == 864_000_000)
  }

  @Test("The first slice is cut into two for each worker, or into parts of two pages")
  func firstCut() {
    #expect(SlicePlan(workers: 4).parts(of: year, pages: 58, others: 0)?.count == 8)
    #expect(SlicePlan(workers: 8).parts(of: year, pages: 58, others: 0)?.count == 16)
    #expect(SlicePlan(workers: 8).parts(of: year, pages: 6, others: 0)?.count == 3)
    #expect(SlicePlan(workers: 4).parts(of: year, pages: 3, others: 0) == nil)
  }

  @Test("Where enough other slices wait, only a large one is cut, into parts of a dozen pages")
  func laterCut() {
    let plan = SlicePlan(workers: 4)
    #expect(plan.parts(of: year, pages: 16, others: 7) == nil)
    #expect(plan.parts(of: year, pages: 36, others: 7)?.count == 3)
    #expect(plan.parts(of: year, pages: 1_000_000, others: 7)?.count == 64)
  }

  @Test("A day is not cut at midnights, but in two, while its pages are worth it and readers would be idle")
  func withinDay() {
    let plan = SlicePlan(workers: 4)
    func bounds(_ period: Period, pages: Int, others: Int, back: Timestamp? = nil) -> [Timestamp] {
      plan.boundsWithinDay(
        of: period, pages: pages, firstPageBackTo: back ?? period.end, others: others)
    }
    #expect(plan.parts(of: day, pages: 100, others: 0) == nil)
    #expect(
      bounds(day, pages: 8, others: 0)
        == ["12:00", "18:00", "21:00"].map { makeTime("2025-08-01T\($0):00Z") })
    #expect(
      bounds(day, pages: 8, others: 0, back: makeTime("2025-08-01T16:00:00Z")).first
        == makeTime("2025-08-01T08:00:00Z"))
    #expect(bounds(day, pages: 7, others: 0).isEmpty && bounds(day, pages: 15, others: 2).isEmpty)
    #expect(!bounds(day, pages: 16, others: 2).isEmpty && bounds(day, pages: 58, others: 3).isEmpty)
    #expect(bounds(day, pages: 58, others: Int.max / 2).isEmpty && bounds(year, pages: 58, others: 0).isEmpty)
    // Calls that Twilio lists outside of what it was asked for, and a slice too short to be cut.
    #expect(bounds(day, pages: 58, others: 0, back: makeTime("2025-07-01T00:00:00Z")).isEmpty)
    #expect(bounds(Period(start: day.start, end: day.start.adding(seconds: 1)), pages: 58, others: 0).isEmpty)
  }

  @Test("A period with a midnight in it is cut there, however near to its end the midnight is")
  func oneMidnight() throws {
    try forEachSeed(200) { random in
      let start = day.start.adding(seconds: random.number(in: 0...86_399))
      let end = day.end.adding(seconds: random.number(in: 1...86_400))
      let parts = SlicePlan(workers: 4).parts(
        of: Period(start: start, end: end), pages: random.number(in: 4...60), others: 0)
      try #require(parts == [Period(start: day.end, end: end), Period(start: start, end: day.end)])
    }
  }

  @Test("Parts follow one another without gap or overlap, newest first, on bounds that Twilio takes")
  func partsTile() throws {
    try forEachSeed(200) { random in
      let start = makeTime("2025-08-01T00:00:00Z").adding(seconds: random.number(in: 0...90_000))
      let period = Period(start: start, end: start.adding(seconds: random.number(in: 1...40_000_000)))
      let plan = SlicePlan(workers: random.number(in: 1...20))
      let found = plan.parts(
        of: period, pages: random.number(in: 1...3000), others: random.number(in: 0...40))
      guard let parts = found else { return }
      try #require(parts.count > 1)
      try #require(parts.first?.end == period.end && parts.last?.start == period.start)
      for (newer, older) in zip(parts, parts.dropFirst()) {
        try #require(newer.start == older.end && older.start < older.end && newer.start < newer.end)
        try #require(newer.start == newer.start.startOfDay)
      }
    }
  }
}
