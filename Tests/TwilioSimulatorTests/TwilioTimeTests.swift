import CallDomain
import Testing
import TwilioSimulator

@Suite struct TwilioTimeTests {
  @Test("A moment is written in Twilio's form and read back")
  func rfc2822() {
    let moment = Timestamp(year: 2026, month: 3, day: 1, hour: 9, minute: 5, second: 7)
    #expect(moment?.rfc2822 == "Sun, 01 Mar 2026 09:05:07 +0000")
    #expect(Timestamp(rfc2822: "Sun, 01 Mar 2026 09:05:07 +0000") == moment)
    #expect(moment?.iso8601 == "2026-03-01T09:05:07.000Z")
  }

  @Test(
    "A filter's date is read in every published form",
    arguments: [
      ("2026-03-01", "2026-03-01T00:00:00.000Z"), ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00.000Z"),
      ("2026-03-01T09:00:00.5Z", "2026-03-01T09:00:00.500Z"),
      ("2026-03-01T10:00:00-07:00", "2026-03-01T17:00:00.000Z"),
      ("2019-06-11 22:05:25.000", "2019-06-11T22:05:25.000Z"),
      ("06/11/2019 22:05:25 MST", "2019-06-12T05:05:25.000Z"),
      ("2024-02-29", "2024-02-29T00:00:00.000Z"), ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
    ])
  func filterForms(text: String, expected: String) {
    #expect(Timestamp(filterText: text)?.iso8601 == expected)
  }

  @Test(
    "What is no date is refused",
    arguments: [
      "", ">=2026-03-01", "=2026-03-01", "2026-02-30", "2026-13-01", "2026-03-01T25:00:00Z", "yesterday",
      "2026-03-01T09:00:00Zx", "2026-03-01T", "1772366400", "2026-3-1", "06/11/2019 22:05:25 XYZ",
    ])
  func refused(text: String) {
    #expect(Timestamp(filterText: text) == nil)
  }

  @Test("A day of the calendar survives writing and reading, over 400 years")
  func days() {
    for day in stride(from: -80_000, through: 66_000, by: 7) {
      let moment = Timestamp(seconds: Int64(day) * 86_400 + 3_601)
      #expect(Timestamp(rfc2822: moment.rfc2822) == moment)
      #expect(Timestamp(filterText: moment.iso8601) == moment)
    }
  }
}
