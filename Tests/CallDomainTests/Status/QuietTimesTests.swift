import CallDomain
import TestSupport
import Testing

@Suite("Quiet times")
struct QuietTimesTests {
  // 2026-03-02 is a Monday.
  @Test(
    "A list names hours of every day, days, and hours of days",
    arguments: [
      ("22:00-07:00", "2026-03-02T22:00:00Z", true), ("22:00-07:00", "2026-03-03T06:59:59Z", true),
      ("22:00-07:00", "2026-03-03T07:00:00Z", false), ("22:00-07:00", "2026-03-02T21:59:59Z", false),
      ("sat-sun", "2026-03-07T00:00:00Z", true), ("sat-sun", "2026-03-08T23:59:59Z", true),
      ("sat-sun", "2026-03-09T00:00:00Z", false), ("SUN", "2026-03-08T12:00:00Z", true),
      ("fri 15:00-24:00", "2026-03-06T23:59:59Z", true), ("fri 15:00-24:00", "2026-03-07T00:00:00Z", false),
      ("sun 22:00-06:00", "2026-03-09T05:59:00Z", true), ("sun 22:00-06:00", "2026-03-08T05:59:00Z", false),
      ("sat-mon", "2026-03-02T10:00:00Z", true), ("sat-mon", "2026-03-03T10:00:00Z", false),
      ("mon 09:00-10:00, 20:00-21:00", "2026-03-04T20:30:00Z", true),
      ("mon 09:00-10:00, 20:00-21:00", "2026-03-04T09:30:00Z", false),
    ])
  func contains(text: String, moment: String, isQuiet: Bool) throws {
    let times = try #require(QuietTimes(text))
    #expect(times.contains(makeTime(moment)) == isQuiet)
  }

  @Test(
    "Nothing else is a list",
    arguments: [
      "22:00", "22:00-22:00", "24:00-07:00", "7:00-8:00", "22:00-25:00", "22:60-23:00", "lun", "mon-", "-mon",
      "mon-tue-wed", "mon 1 2", "mon 22:00", "22:00 mon", "mon-sun", "00:00-24:00", "٢٢:00-07:00",
      "22:00-07:00,x",
    ])
  func refuses(text: String) {
    #expect(QuietTimes(text) == nil)
  }

  @Test("An empty list is quiet at no time")
  func empty() throws {
    #expect(try #require(QuietTimes("")) == .none)
  }

  @Test("The time that is not quiet is what a minute-by-minute count finds, over weeks and before 1970")
  func loudTime() throws {
    let texts = [
      "22:00-07:00", "sat-sun", "sun 22:00-06:00, wed 12:00-13:30", "mon-fri 20:00-08:00, sat-sun",
    ]
    try forEachSeed(20) { random in
      let text = texts[random.number(in: 0...texts.count - 1)]
      let times = try #require(QuietTimes(text))
      let start = Timestamp(seconds: Int64(random.number(in: -20_000...30_000_000)) * 60)
      let minutes = random.number(in: 0...20_000)
      let loud = (0..<minutes).count { !times.contains(start.adding(minutes: $0)) }
      try #require(
        times.loudMilliseconds(from: start, to: start.adding(minutes: minutes)) == Int64(loud) * 60_000,
        "\(text) from \(start.iso8601), \(minutes) minutes")
    }
  }
}
