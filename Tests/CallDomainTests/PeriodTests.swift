import CallDomain
import TestSupport
import Testing

@Suite("Period")
struct PeriodTests {
  @Test("The start belongs to a period, the end does not")
  func bounds() {
    let start = makeTime("2025-10-05T18:45:00Z")
    let end = makeTime("2025-10-05T20:00:00Z")
    let period = Period(start: start, end: end)
    #expect(period.contains(start))
    #expect(period.contains(Timestamp(milliseconds: end.milliseconds - 1)))
    #expect(!period.contains(end))
    #expect(!period.contains(Timestamp(milliseconds: start.milliseconds - 1)))
  }

  @Test("A period whose end comes first holds nothing")
  func reversed() {
    let start = makeTime("2025-10-05T18:45:00Z")
    let period = Period(start: start, end: makeTime("2025-10-05T10:00:00Z"))
    #expect(!period.contains(start))
    #expect(!period.contains(makeTime("2025-10-05T12:00:00Z")))
  }
}
