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
    let bytes = Array(text.utf8)
    return parse(bytes, bytes.indices)
  }

  /// The same for a part of longer text in UTF-8.
  static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> Timestamp? {
    var reader = DateReader(bytes, range)
    return reader.timestamp()
  }
}

/// Reads the parts of a date from front to back.
private struct DateReader {
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  mutating func timestamp() -> Timestamp? {
    guard takeWeekdayIfAny(),
      let day = number(digits: 1...2), take(" "), let month = month(), take(" "),
      let year = number(digits: 4...4), take(" "), let hour = number(digits: 2...2), take(":"),
      let minute = number(digits: 2...2), take(":"), let second = number(digits: 2...2), take(" "),
      let offset = offsetInMinutes(), position == end
    else { return nil }
    return Timestamp(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second, offset: offset)
  }

  private mutating func takeWeekdayIfAny() -> Bool {
    guard let first = peek, !Self.isDigit(first) else { return true }
    return Self.weekdays.contains(letters(3)) && take(",") && take(" ")
  }

  private mutating func month() -> Int? {
    Self.months.firstIndex(of: letters(3)).map { $0 + 1 }
  }

  private mutating func offsetInMinutes() -> Int? {
    let sign: Int
    if take("+") {
      sign = 1
    } else if take("-") {
      sign = -1
    } else {
      return Self.zones.contains(letters(min(end - position, 3))) ? 0 : nil
    }
    guard let hours = number(digits: 2...2), let minutes = number(digits: 2...2), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }

  private var peek: UInt8? {
    position < end ? bytes[position] : nil
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  /// The next bytes as one number, at most three; 0 when there are fewer.
  private mutating func letters(_ count: Int) -> UInt32 {
    guard count <= end - position else { return 0 }
    defer { position += count }
    return Self.packed(bytes[position..<position + count])
  }

  private mutating func number(digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < digits.upperBound, let byte = peek, Self.isDigit(byte) {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      count += 1
      position += 1
    }
    return count >= digits.lowerBound ? value : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static let weekdays = words("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
  private static let months = words(
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
  private static let zones = words("GMT", "UTC", "UT", "Z")

  /// In the form of `letters`.
  private static func words(_ words: String...) -> [UInt32] {
    words.map { packed($0.utf8) }
  }

  // Beginning with one, lest a NUL in front of them be lost.
  private static func packed(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(1) { $0 << 8 | UInt32($1) }
  }
}
