import CallDomain
import Foundation

/// Dates as Foundation's formatter and calendar understand them, slow and sure. The forms are taken apart by
/// regular expressions; whether the date exists and which moment it is, Foundation says. One serves for all
/// dates, because making the expressions takes much longer than using them.
struct FoundationDates {
  private let twilioForm =
    /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) (\S+) (\S+)/
  private let twilioTime = /([0-9]{2}:[0-9]{2}):([0-9]{2})/
  private let twilioZone = /[+-](?:[01][0-9]|2[0-3])[0-5][0-9]/
  private let isoDay = /([0-9]{4})-([0-9]{2})-([0-9]{2})/
  private let isoTime =
    /([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?/
  private let isoZone = /([+-])([01][0-9]|2[0-3]):?([0-5][0-9])/
  private let calendar: Calendar
  private let readFormat: DateFormatter
  private let writtenFormat: DateFormatter

  init() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    self.calendar = calendar
    readFormat = Self.formatter("d MMM yyyy HH:mm:ss xx", calendar)
    writtenFormat = Self.formatter("EEE, dd MMM yyyy HH:mm:ss xx", calendar)
  }

  /// Reads what `TwilioDate` reads.
  func twilio(_ text: String) -> Timestamp? {
    guard isASCII(text), let match = text.wholeMatch(of: twilioForm),
      let time = match.4.wholeMatch(of: twilioTime),
      let year = Int(match.3), year > 0
    else { return nil }
    let zone = ["GMT", "UTC", "UT", "Z"].contains(match.5) ? "+0000" : match.5
    guard zone.wholeMatch(of: twilioZone) != nil else { return nil }
    let second = time.2 == "60" ? "59" : time.2
    let shifted = String(year < Self.recentYear ? year + Self.shiftedYears : year)
    guard
      let date = readFormat.date(from: "\(match.1) \(match.2) \(shifted) \(time.1):\(second) \(zone)")
    else { return nil }
    return moment(date, isShifted: year < Self.recentYear, leapSecond: time.2 == "60")
  }

  /// Reads what `Timestamp(iso8601:)` reads.
  func iso8601(_ text: String) -> Timestamp? {
    guard isASCII(text), let match = text.prefixMatch(of: isoDay),
      let year = Int(match.1), year > 0
    else { return nil }
    var parts = DateComponents(
      calendar: calendar, timeZone: calendar.timeZone, year: year, month: Int(match.2), day: Int(match.3))
    if year < Self.recentYear { parts.year = year + Self.shiftedYears }
    let rest = text[match.range.upperBound...]
    var milliseconds = 0
    var isLeapSecond = false
    if let separator = rest.first {
      guard "Tt ".contains(separator), let match = rest.dropFirst().wholeMatch(of: isoTime),
        let minutes = offset(match.5 ?? "Z")
      else { return nil }
      isLeapSecond = match.3 == "60"
      parts.hour = Int(match.1)
      parts.minute = Int(match.2)
      parts.second = isLeapSecond ? 59 : match.3.flatMap { Int($0) } ?? 0
      milliseconds = Int(((match.4 ?? "") + "000").prefix(3)).map { $0 - minutes * 60_000 } ?? 0
    }
    guard parts.isValidDate, let date = calendar.date(from: parts) else { return nil }
    return moment(date, isShifted: year < Self.recentYear, leapSecond: isLeapSecond, adding: milliseconds)
  }

  /// In Twilio's form, to the second.
  func twilioText(of moment: Timestamp) -> String {
    let isShifted = moment.milliseconds < Self.recentStart
    let date = Date(
      timeIntervalSince1970: Double(moment.startOfSecond + (isShifted ? Self.shift : 0)) / 1000)
    let text = writtenFormat.string(from: date)
    guard isShifted, let year = text.firstMatch(of: /[0-9]{4}/), let number = Int(year.output) else {
      return text
    }
    let earlier = String(number - Self.shiftedYears)
    return text.replacing(
      year.output, with: String(repeating: "0", count: 4 - earlier.count) + earlier, maxReplacements: 1)
  }

  // Foundation's calendar is Julian before 1582. The Gregorian one repeats itself after 400 years, weekdays
  // included, so earlier dates are looked up 2000 years later.
  private static let recentYear = 1600
  private static let recentStart: Int64 = -11_676_096_000_000
  private static let shiftedYears = 2000
  private static let shift: Int64 = 5 * 146_097 * 86_400_000

  private func moment(
    _ date: Date, isShifted: Bool, leapSecond: Bool, adding milliseconds: Int = 0
  ) -> Timestamp? {
    let whole = Int64(date.timeIntervalSince1970.rounded()) * 1000
    return Timestamp(
      exactly: whole + Int64(milliseconds) + (leapSecond ? 1000 : 0) - (isShifted ? Self.shift : 0))
  }

  /// Minutes east of Greenwich.
  private func offset(_ zone: Substring) -> Int? {
    guard zone != "Z", zone != "z" else { return 0 }
    guard let match = zone.wholeMatch(of: isoZone),
      let hours = Int(match.2), let minutes = Int(match.3)
    else { return nil }
    return (match.1 == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  private func isASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  private static func formatter(_ format: String, _ calendar: Calendar) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.calendar = calendar
    formatter.timeZone = .gmt
    formatter.isLenient = false
    formatter.dateFormat = format
    return formatter
  }
}

extension Timestamp {
  fileprivate var startOfSecond: Int64 {
    milliseconds - ((milliseconds % 1000) + 1000) % 1000
  }
}
