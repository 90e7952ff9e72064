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

  @Test("Without proof that the time of day is honoured a day is not cut")
  func dayStays() {
    #expect(SlicePlan(workers: 4).parts(of: day, pages: 100, others: 0) == nil)
    #expect(SlicePlan(workers: 4).wantsFinerCut(of: day, pages: 100))
    #expect(!SlicePlan(workers: 4).wantsFinerCut(of: day, pages: 16))
    #expect(!SlicePlan(workers: 4).wantsFinerCut(of: year, pages: 100))
    let fine = SlicePlan(workers: 4, granularity: .second)
    #expect(!fine.wantsFinerCut(of: day, pages: 100))
    #expect(fine.parts(of: day, pages: 100, others: 0)?.count == 8)
  }

  @Test("Parts follow one another without gap or overlap, newest first, on bounds that Twilio takes")
  func partsTile() throws {
    try forEachSeed(200) { random in
      let start = makeTime("2025-08-01T00:00:00Z").adding(seconds: random.number(in: 0...90_000))
      let period = Period(start: start, end: start.adding(seconds: random.number(in: 1...40_000_000)))
      let granularity: SlicePlan.Granularity = random.chance(50) ? .day : .second
      let plan = SlicePlan(workers: random.number(in: 1...20), granularity: granularity)
      let found = plan.parts(
        of: period, pages: random.number(in: 1...3000), others: random.number(in: 0...40))
      guard let parts = found else { return }
      try #require(parts.count > 1)
      try #require(parts.first?.end == period.end && parts.last?.start == period.start)
      for (newer, older) in zip(parts, parts.dropFirst()) {
        try #require(newer.start == older.end && older.start < older.end && newer.start < newer.end)
        let isOnBound =
          granularity == .day ? newer.start == newer.start.startOfDay : newer.start.milliseconds % 1000 == 0
        try #require(isOnBound)
      }
    }
  }
}
