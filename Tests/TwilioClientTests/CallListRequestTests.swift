import CallDomain
import Testing
import TwilioClient

@Suite("CallListRequest")
struct CallListRequestTests {
  @Test("writes the comparison into the parameter's name, and every bound in whole seconds")
  func allBounds() throws {
    let query = CallQuery(
      startedFrom: try makeTimestamp("2026-03-01T09:00:00.999Z"),
      startedBefore: try makeTimestamp("2026-03-01T10:15:00.001Z"),
      endedFrom: try makeTimestamp("2026-03-01T08:59:59.000Z"),
      endedBefore: try makeTimestamp("2026-03-01T10:14:59.000Z"))
    #expect(
      CallListRequest(query).parameters
        == "StartTime%3E=2026-03-01T09%3A00%3A00Z&StartTime%3C=2026-03-01T10%3A15%3A01Z"
        + "&EndTime%3E=2026-03-01T08%3A59%3A59Z&EndTime%3C=2026-03-01T10%3A14%3A59Z&PageSize=1000")
  }

  @Test(
    "sends midnight as the plain date, which is the promised form",
    arguments: [
      ("2026-03-01T00:00:00Z", "2026-03-01", "2026-03-01"),
      ("2026-03-01T00:00:00.500Z", "2026-03-01", "2026-03-01T00%3A00%3A01Z"),
      ("2026-02-28T23:59:59.500Z", "2026-02-28T23%3A59%3A59Z", "2026-03-01"),
      ("1969-12-31T23:59:59.999Z", "1969-12-31T23%3A59%3A59Z", "1970-01-01"),
      ("2026-03-01T00:00:01Z", "2026-03-01T00%3A00%3A01Z", "2026-03-01T00%3A00%3A01Z"),
    ])
  func midnight(moment: String, down: String, up: String) throws {
    let bound = try makeTimestamp(moment)
    let lower = CallListRequest(CallQuery(startedFrom: bound)).parameters
    #expect(lower == "StartTime%3E=\(down)&PageSize=1000")
    let upper = CallListRequest(CallQuery(endedBefore: bound)).parameters
    #expect(upper == "EndTime%3C=\(up)&PageSize=1000")
  }

  @Test(
    "keeps the page size between 1 and 1000",
    arguments: [(0, 1), (1, 1), (50, 50), (1000, 1000), (1001, 1000)])
  func pageSize(asked: Int, sent: Int) {
    #expect(CallListRequest(CallQuery(), pageSize: asked).parameters == "PageSize=\(sent)")
  }
}
