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
