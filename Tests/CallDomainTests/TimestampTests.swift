import CallDomain
import Foundation
import TestSupport
import Testing

@Suite("Timestamp")
struct TimestampTests {
  @Test(
    "A moment is written in UTC with milliseconds and Z",
    arguments: [
      (Int64(0), "1970-01-01T00:00:00.000Z"), (1_759_694_400_000, "2025-10-05T20:00:00.000Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_001, "2000-02-29T00:00:00.001Z"),
      (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ])
  func format(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    #expect(Timestamp(iso8601: text) == Timestamp(milliseconds: milliseconds))
  }

  @Test(
    "ISO 8601 times and plain dates are read as UTC unless they say otherwise",
    arguments: [
      ("2025-10-05", "2025-10-05T00:00:00.000Z"), ("2025-10-05T20:00", "2025-10-05T20:00:00.000Z"),
      ("2025-10-05T20:00Z", "2025-10-05T20:00:00.000Z"), ("2025-10-05T20:00:07", "2025-10-05T20:00:07.000Z"),
      ("2025-10-05T20:00:07Z", "2025-10-05T20:00:07.000Z"),
      ("2025-10-05T20:00:07.5Z", "2025-10-05T20:00:07.500Z"),
      ("2025-10-05T20:00:07.123456789Z", "2025-10-05T20:00:07.123Z"),
      ("2025-10-05T20:00:07.9999Z", "2025-10-05T20:00:07.999Z"),
      ("2025-10-05T20:00:00+02:00", "2025-10-05T18:00:00.000Z"),
      ("2025-10-05T20:00:00-05:30", "2025-10-06T01:30:00.000Z"),
      ("2025-10-05T01:00:00+02:00", "2025-10-04T23:00:00.000Z"),
      ("2025-10-05T20:00:00+0200", "2025-10-05T18:00:00.000Z"),
      ("2024-02-29", "2024-02-29T00:00:00.000Z"), ("2000-02-29", "2000-02-29T00:00:00.000Z"),
      ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ])
  func parse(_ text: String, _ expected: String) {
    #expect(Timestamp(iso8601: text)?.iso8601 == expected)
  }

  @Test(
    "Anything else is no time",
    arguments: [
      "", " ", "now", "2025", "2025-10", "2025-1-5", "25-10-05", "2025/10/05", "05-10-2025", "2025-10-05T",
      "2025-10-05T20", "2025-10-05T20:", "2025-10-05T20:0", "2025-10-05T20:00:0", "2025-10-05T20:00:00.",
      "2025-10-05T20:00:00.Z", "2025-10-05T20:00:00ZZ", "2025-10-05T20:00:00 Z", "2025-10-05T20:00:00+",
      "2025-10-05T20:00:00+2", "2025-10-05T20:00:00+24:00", "2025-10-05T20:00:00+02:60", "2025-10-05Z",
      " 2025-10-05", "2025-10-05 ", "2025-00-05", "2025-13-05", "2025-10-00", "2025-10-32", "2025-04-31",
      "2025-02-29", "1900-02-29", "2100-02-29", "0000-01-01", "-2025-10-05", "12025-10-05",
      "2025-10-05T24:00:00Z", "2025-10-05T20:60:00Z", "2025-10-05T20:00:61Z", "2025-10-05T-1:00:00Z",
      "٢٠٢٥-10-05", "２０２５-10-05", "2025-10-05T20:00:00\u{0}", "2025-10-05T20:00:00.1e3Z",
      "Sun, 05 Oct 2025 20:00:00 +0000", "1759694400",
    ])
  func refuse(_ text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test(
    "A time that its offset or leap second carries out of the years 1 to 9999 is no time",
    arguments: [
      "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
    ])
  func outOfYears(_ text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test("Writing and reading is the identity, and agrees with Foundation, from year 1 to 9999")
  func roundTrip() throws {
    try forEachSeed(2000) { random in
      let time = Timestamp(
        milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
      try #require(Timestamp(iso8601: time.iso8601) == time)
      try #require(Timestamp(iso8601: time.iso8601Seconds) == Timestamp(seconds: time.wholeSeconds))
      try #require(time.iso8601.hasPrefix(time.isoDate + "T") && time.iso8601.utf8.count == 24)
      // Foundation's calendar is proleptic Gregorian only from here on.
      guard time >= makeTime("1600-01-01") else { return }
      let date = Date(timeIntervalSince1970: TimeInterval(time.wholeSeconds))
      let style = Date.ISO8601FormatStyle(timeZone: .gmt)
      try #require(date.formatted(style) == time.iso8601Seconds)
    }
  }

  @Test("Every day of 400 years has its date, and the next day follows it")
  func everyDay() throws {
    var day = makeTime("1999-12-31")
    for _ in 0..<146_097 {
      let next = day.startOfNextDay
      try #require(next.milliseconds(since: day) == 86_400_000)
      try #require(next.isoDate > day.isoDate)
      day = next
    }
    #expect(day.isoDate == "2399-12-31")
  }

  @Test("A day begins at midnight UTC and ends where the next one begins")
  func dayBounds() {
    let noon = makeTime("2025-10-05T12:34:56.789Z")
    #expect(noon.startOfDay == makeTime("2025-10-05"))
    #expect(noon.startOfNextDay == makeTime("2025-10-06"))
    #expect(makeTime("2025-10-05").startOfDay == makeTime("2025-10-05"))
    #expect(makeTime("2025-10-05").startOfNextDay == makeTime("2025-10-06"))
    #expect(makeTime("1969-12-31T23:59:59.999Z").startOfDay == makeTime("1969-12-31"))
    #expect(makeTime("1969-12-31T00:00:00Z").startOfDay == makeTime("1969-12-31"))
    #expect(makeTime("2024-02-28T23:00:00Z").startOfNextDay == makeTime("2024-02-29"))
  }

  @Test("A day's bounds enclose every moment of it")
  func dayBoundsEnclose() throws {
    try forEachSeed(500) { random in
      let time = Timestamp(
        milliseconds: Int64.random(in: -62_135_596_800_000...253_402_200_000_000, using: &random))
      try #require(Period(start: time.startOfDay, end: time.startOfNextDay).contains(time))
      try #require(time.startOfDay.isoDate == time.isoDate)
    }
  }

  @Test("Moving a moment counts in its unit, forwards and backwards")
  func adding() {
    let time = makeTime("2025-10-05T20:00:00Z")
    #expect(time.adding(seconds: -1) == makeTime("2025-10-05T19:59:59Z"))
    #expect(time.adding(minutes: -75) == makeTime("2025-10-05T18:45:00Z"))
    #expect(time.adding(hours: 168) == makeTime("2025-10-12T20:00:00Z"))
    #expect(time.milliseconds(since: time.adding(minutes: 1)) == -60_000)
  }

  @Test("Components out of range name no moment")
  func components() {
    #expect(Timestamp(year: 2025, month: 10, day: 5, hour: 20) == makeTime("2025-10-05T20:00:00Z"))
    #expect(Timestamp(year: 0, month: 1, day: 1) == nil)
    #expect(Timestamp(year: 10_000, month: 1, day: 1) == nil)
    #expect(Timestamp(year: 2025, month: 2, day: 29) == nil)
    #expect(Timestamp(year: 2025, month: 1, day: 1, hour: 24) == nil)
    #expect(Timestamp(year: 2025, month: 1, day: 1, millisecond: 1000) == nil)
  }

  private static let first = Timestamp(milliseconds: -62_135_596_800_000)
  private static let last = Timestamp(milliseconds: 253_402_300_799_999)

  @Test(
    "A moment outside of the years 1 to 9999 is their first or last, and none where it must be exact",
    arguments: [
      (Int64.min, first), (-62_135_596_800_001, first), (253_402_300_800_000, last), (.max, last),
      // 15 March 44 BC, and 31 December 294276, PostgreSQL's last.
      (-63_549_619_200_000, first), (9_224_318_015_999_999, last),
    ] as [(Int64, Timestamp)])
  func outside(_ milliseconds: Int64, _ nearest: Timestamp) {
    #expect(Timestamp(milliseconds: milliseconds) == nearest)
    #expect(Timestamp(seconds: milliseconds) == nearest)
    #expect(Timestamp(exactly: milliseconds) == nil)
    #expect(Timestamp(exactly: nearest.milliseconds) == nearest)
  }

  @Test("Moved by whatever number, a moment stays one that can be written", arguments: [first, .epoch, last])
  func moved(from moment: Timestamp) {
    for count in [Int.min, .min + 1, -9_223_372_036_854_776, -1, 0, 1, 153_722_867_280_913, .max] {
      for (moved, unit) in [
        (moment.adding(seconds: count), 1000), (moment.adding(minutes: count), 60_000),
        (moment.adding(hours: count), 3_600_000),
      ] {
        let exact = Double(moment.milliseconds) + Double(count) * Double(unit)
        let nearest = min(max(exact, Double(Self.first.milliseconds)), Double(Self.last.milliseconds))
        #expect(Double(moved.milliseconds) == nearest)
        #expect(Timestamp(iso8601: moved.iso8601) == moved)
        for start in [moved.startOfHour, moved.startOfDay] { #expect(start <= moved && start >= Self.first) }
        #expect(moved.startOfNextDay > moved || moved == Self.last)
        #expect(moved.milliseconds(since: moment) == -moment.milliseconds(since: moved))
      }
    }
  }
}

extension Timestamp {
  /// Seconds since 1970, rounded down.
  fileprivate var wholeSeconds: Int64 {
    Int64((Double(milliseconds) / 1000).rounded(.down))
  }
}
