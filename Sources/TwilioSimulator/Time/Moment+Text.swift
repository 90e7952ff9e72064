extension Moment {
  /// RFC 2822 as Twilio writes a call's times: `Sun, 01 Mar 2026 09:05:07 +0000`.
  package var rfc2822: String {
    let clock = wallClock
    return "\(weekday), \(two(clock.day)) \(monthName) \(clock.year) \(timeOfDay) +0000"
  }

  /// RFC 9110 as in a `Date` header: `Sun, 01 Mar 2026 09:05:07 GMT`.
  package var httpDate: String {
    let clock = wallClock
    return "\(weekday), \(two(clock.day)) \(monthName) \(clock.year) \(timeOfDay) GMT"
  }

  /// ISO 8601 with milliseconds: `2026-03-01T09:05:07.000Z`.
  package var iso8601: String {
    let clock = wallClock
    let fraction = milliseconds.floorDivided(by: 1000).remainder
    let digits = fraction < 10 ? "00\(fraction)" : fraction < 100 ? "0\(fraction)" : "\(fraction)"
    return "\(clock.year)-\(two(clock.month))-\(two(clock.day))T\(timeOfDay).\(digits)Z"
  }

  static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

  private var wallClock: CivilDate {
    CivilDate(daysSince1970: seconds.floorDivided(by: 86_400).quotient)
  }

  private var monthName: String { Self.monthNames[wallClock.month - 1] }

  private var weekday: String {
    Self.weekdays[Int(seconds.floorDivided(by: 86_400).quotient.floorDivided(by: 7).remainder)]
  }

  private var timeOfDay: String {
    let second = Int(seconds.floorDivided(by: 86_400).remainder)
    return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
  }

  private func two(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
