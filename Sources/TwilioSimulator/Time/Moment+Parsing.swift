extension Moment {
  /// Reads a filter's date in the forms that Twilio's published examples show: `2026-03-01`,
  /// `2026-03-01T09:00:00Z` (also with a fraction, an offset, a blank for the `T`, or no zone) and
  /// `06/11/2019 22:05:25 MST`. Nil for everything else.
  package init?(filterText text: String) {
    var scanner = DigitScanner(text)
    guard let moment = scanner.isoMoment() ?? DigitScanner.americanMoment(text) else { return nil }
    self = moment
  }

  /// Reads the RFC 2822 form of a call's own times, `Sun, 01 Mar 2026 09:05:07 +0000`; nil otherwise.
  package init?(rfc2822 text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 6, let day = Int(words[1]), let year = Int(words[3]), words[5] == "+0000",
      let month = Self.monthNames.firstIndex(of: String(words[2]))
    else { return nil }
    var scanner = DigitScanner(String(words[4]))
    guard let time = scanner.timeOfDay(), scanner.isAtEnd,
      let midnight = Moment(year: year, month: month + 1, day: day)
    else { return nil }
    self = Moment(milliseconds: midnight.milliseconds + time)
  }
}

/// Reads numbers of fixed width from ASCII text.
private struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = Substring(text).utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func isoMoment() -> Moment? {
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      let midnight = Moment(year: year, month: month, day: day)
    else { return nil }
    if isAtEnd { return midnight }
    guard skip("T") || skip(" "), let time = timeOfDay(), let offset = zoneOffset(), isAtEnd else {
      return nil
    }
    return Moment(milliseconds: midnight.milliseconds + time - offset)
  }

  static func americanMoment(_ text: String) -> Moment? {
    var scanner = DigitScanner(text)
    guard let month = scanner.number(2), scanner.skip("/"), let day = scanner.number(2),
      scanner.skip("/"), let year = scanner.number(4),
      let midnight = Moment(year: year, month: month, day: day)
    else { return nil }
    if scanner.isAtEnd { return midnight }
    guard scanner.skip(" "), let time = scanner.timeOfDay(), let offset = scanner.namedZoneOffset()
    else { return nil }
    return Moment(milliseconds: midnight.milliseconds + time - offset)
  }

  /// Milliseconds after midnight.
  mutating func timeOfDay() -> Int64? {
    guard let hour = number(2), skip(":"), let minute = number(2), hour < 24, minute < 60 else {
      return nil
    }
    var milliseconds = Int64(hour * 3600 + minute * 60) * 1000
    guard skip(":") else { return milliseconds }
    guard let second = number(2), second < 60 else { return nil }
    milliseconds += Int64(second) * 1000
    guard skip(".") else { return milliseconds }
    guard let fraction = thousandths() else { return nil }
    return milliseconds + fraction
  }

  private mutating func thousandths() -> Int64? {
    var value: Int64 = 0
    var count = 0
    while let digit = rest.first, digit >= 0x30, digit <= 0x39 {
      if count < 3 { value = value * 10 + Int64(digit - 0x30) }
      count += 1
      rest = rest.dropFirst()
    }
    guard count > 0 else { return nil }
    return value * (count == 1 ? 100 : count == 2 ? 10 : 1)
  }

  /// Milliseconds east of UTC; a missing zone is UTC.
  private mutating func zoneOffset() -> Int64? {
    if isAtEnd || skip("Z") { return 0 }
    let sign: Int64 = skip("-") ? -1 : skip("+") ? 1 : 0
    guard sign != 0, let hours = number(2) else { return nil }
    _ = skip(":")
    guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
    return sign * Int64(hours * 3600 + minutes * 60) * 1000
  }

  private mutating func namedZoneOffset() -> Int64? {
    if isAtEnd { return 0 }
    let hours: [String: Int64] = [
      " UTC": 0, " GMT": 0, " EST": -5, " EDT": -4, " CST": -6, " CDT": -5, " MST": -7, " MDT": -6,
      " PST": -8, " PDT": -7,
    ]
    return hours[String(Substring(rest))].map { $0 * 3_600_000 }
  }

  private mutating func number(_ width: Int) -> Int? {
    let digits = rest.prefix(width)
    guard digits.count == width, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    rest = rest.dropFirst(width)
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, UInt32(first) == character.value else { return false }
    rest = rest.dropFirst()
    return true
  }
}
