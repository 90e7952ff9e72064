/// A moment in UTC, exact to the millisecond: what every time in this service is.
///
/// An integer and not `Date`, because distances between calls decide who is billed and must
/// compare exactly. Always within the years 1 to 9999, which are all that is ever written: what would lie
/// outside is the first or the last moment of them, so that no time, wherever it came from, can overflow.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z, negative before it.
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, Self.all.lowerBound), Self.all.upperBound)
  }

  package init(seconds: Int64) {
    self.init(milliseconds: seconds.multipliedClamped(by: 1000))
  }

  /// - Returns: nil for a moment outside of the years 1 to 9999.
  package init?(exactly milliseconds: Int64) {
    guard Self.all.contains(milliseconds) else { return nil }
    self.milliseconds = milliseconds
  }

  // From 0001-01-01 to 9999-12-31.
  private static let all: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  /// 1970-01-01T00:00:00Z.
  package static let epoch = Timestamp(milliseconds: 0)

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// This moment moved by `minutes`, which may be negative.
  package func adding(minutes: Int) -> Timestamp {
    adding(minutes, of: 60_000)
  }

  /// This moment moved by `hours`, which may be negative.
  package func adding(hours: Int) -> Timestamp {
    adding(hours, of: 3_600_000)
  }

  /// This moment moved by `seconds`, which may be negative.
  package func adding(seconds: Int) -> Timestamp {
    adding(seconds, of: 1000)
  }

  private func adding(_ count: Int, of unit: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds.addingClamped(Int64(count).multipliedClamped(by: unit)))
  }

  /// The moment after this one: the end of a period to which this one belongs.
  package var next: Timestamp { Timestamp(milliseconds: milliseconds + 1) }

  /// Milliseconds from `earlier` to this moment; negative when this one is the earlier.
  package func milliseconds(since earlier: Timestamp) -> Int64 {
    milliseconds - earlier.milliseconds
  }

  /// The beginning of this moment's hour.
  package var startOfHour: Timestamp {
    Timestamp(seconds: Self.floorDivide(milliseconds, 3_600_000) * 3600)
  }

  /// 00:00 of this moment's UTC day.
  package var startOfDay: Timestamp {
    Timestamp(seconds: Self.floorDivide(milliseconds, Self.dayMilliseconds) * 86_400)
  }

  /// 00:00 of the UTC day after this moment's.
  package var startOfNextDay: Timestamp {
    Timestamp(milliseconds: startOfDay.milliseconds + Self.dayMilliseconds)
  }

  static let dayMilliseconds: Int64 = 86_400_000

  static func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Timestamp {
  /// The moment of a proleptic Gregorian date and time of day in UTC.
  ///
  /// - Parameter offset: minutes that the time of day is ahead of UTC.
  /// - Returns: nil when a component is out of range (months 1 to 12, days of that month,
  ///   hours 0 to 23, minutes 0 to 59, seconds 0 to 60; a leap second counts as the next one), and
  ///   when the moment in UTC is outside the years 1 to 9999, which are all that is ever written.
  package init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0,
    offset: Int = 0
  ) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
      (0...999).contains(millisecond), (-1440...1440).contains(offset)
    else { return nil }
    let days = Self.daysSinceEpoch(year: year, month: month, day: day)
    let seconds = ((days * 24 + Int64(hour)) * 60 + Int64(minute - offset)) * 60 + Int64(second)
    self.init(exactly: seconds * 1000 + Int64(millisecond))
  }

  /// The ISO 8601 form that every answer, row and log line uses: `2025-10-05T20:00:00.000Z`.
  package var iso8601: String {
    let (date, time) = calendarParts
    var text = ContiguousArray<UInt8>()
    text.reserveCapacity(24)
    Self.append(date.year, digits: 4, to: &text)
    text.append(UInt8(ascii: "-"))
    Self.append(date.month, digits: 2, to: &text)
    text.append(UInt8(ascii: "-"))
    Self.append(date.day, digits: 2, to: &text)
    text.append(UInt8(ascii: "T"))
    Self.append(time / 3_600_000, digits: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    Self.append(time / 60_000 % 60, digits: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    Self.append(time / 1000 % 60, digits: 2, to: &text)
    text.append(UInt8(ascii: "."))
    Self.append(time % 1000, digits: 3, to: &text)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// The UTC date alone: `2025-10-05`.
  package var isoDate: String {
    String(iso8601.prefix(10))
  }

  /// The ISO 8601 form in whole seconds, rounded down: `2025-10-05T20:00:00Z`.
  package var iso8601Seconds: String {
    iso8601.prefix(19) + "Z"
  }

  /// Year, month and day in UTC, and the milliseconds since that day's midnight.
  var calendarParts: (date: (year: Int, month: Int, day: Int), time: Int) {
    let days = Self.floorDivide(milliseconds, Self.dayMilliseconds)
    let time = Int(milliseconds - days * Self.dayMilliseconds)
    return (Self.date(daysSinceEpoch: days), time)
  }

  private static func append(_ value: Int, digits: Int, to text: inout ContiguousArray<UInt8>) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // The civil calendar in closed form, with years that begin in March so that the leap day
  // comes last: 400 years are 146,097 days.
  private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func date(daysSinceEpoch days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    return (year, month, day)
  }
}

/// A span of time: its start belongs to it, its end does not.
package struct Period: Hashable, Sendable {
  package let start: Timestamp
  package let end: Timestamp

  /// An `end` before `start` makes an empty period.
  package init(start: Timestamp, end: Timestamp) {
    self.start = start
    self.end = max(start, end)
  }

  package func contains(_ moment: Timestamp) -> Bool {
    start <= moment && moment < end
  }
}
