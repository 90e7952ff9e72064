package import CallDomain

/// Twilio's dates (RFC 2822, section 3.3: `Sun, 01 Mar 2026 09:05:07 +0000`) and, in the same
/// breath, HTTP's (RFC 9110, section 5.6.7: `Sun, 01 Mar 2026 09:05:07 GMT`).
///
/// By hand, because the platform's formatters depend on locales and are slow.
package enum TwilioDate {
  /// Reads a date in English with one space between its parts, seconds included. The weekday
  /// may be missing and is not compared with the date; the zone is `+hhmm`, `-hhmm`, `GMT`,
  /// `UTC`, `UT` or `Z`.
  ///
  /// - Returns: nil for anything else.
  package static func parse(_ text: String) -> Timestamp? {
    var reader = DateReader(text)
    return reader.timestamp()
  }
}

/// Reads the parts of a date from the front of its bytes.
private struct DateReader {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = Substring(text).utf8
  }

  mutating func timestamp() -> Timestamp? {
    guard takeWeekdayIfAny(),
      let day = number(digits: 1...2), take(" "), let month = month(), take(" "),
      let year = number(digits: 4...4), take(" "), let hour = number(digits: 2...2), take(":"),
      let minute = number(digits: 2...2), take(":"), let second = number(digits: 2...2), take(" "),
      let offset = offsetInMinutes(), rest.isEmpty,
      let local = Timestamp(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    return local.adding(minutes: -offset)
  }

  private mutating func takeWeekdayIfAny() -> Bool {
    guard let first = rest.first, !Self.isDigit(first) else { return true }
    return Self.weekdays.contains { take($0) } && take(", ")
  }

  private mutating func month() -> Int? {
    Self.months.firstIndex { take($0) }.map { $0 + 1 }
  }

  private mutating func offsetInMinutes() -> Int? {
    if rest.elementsEqual("+0000".utf8) {
      rest = rest.dropFirst(5)
      return 0
    }
    if ["GMT", "UTC", "UT", "Z"].contains(where: { take($0) }) { return 0 }
    let sign: Int
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
    guard let hours = number(digits: 2...2), let minutes = number(digits: 2...2), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }

  private mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  private mutating func number(digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < digits.upperBound, let byte = rest.first, Self.isDigit(byte) {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      count += 1
      rest = rest.dropFirst()
    }
    return count >= digits.lowerBound ? value : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
