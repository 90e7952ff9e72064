/// The times of the week in which silence is expected and nobody is alerted: `ALERT_QUIET_TIMES`, by the clocks of
/// `DISPLAY_TIME_ZONE`.
package struct QuietTimes: Hashable, Sendable {
  // Minutes since Monday 00:00, in order and apart from each other.
  private let spans: [Range<Int64>]
  /// By whose clocks they are.
  package var zone = ClockZone.utc

  /// No time is quiet.
  package static let none = QuietTimes(spans: [])

  private init(spans: [Range<Int64>]) {
    self.spans = spans
  }

  /// Reads a list such as `22:00-07:00, sat-sun, fri 15:00-24:00`: hours of every day, whole days, or hours
  /// of some days. Hours that end before they begin end on the next day.
  ///
  /// - Returns: nil for anything else, and for a list that leaves no time at all.
  package init?(_ text: String) {
    var quiet = [Bool](repeating: false, count: Int(Self.week))
    for part in text.split(separator: ",") {
      guard let spans = Self.spans(of: part) else { return nil }
      for span in spans {
        for minute in span { quiet[Int(minute % Self.week)] = true }
      }
    }
    guard quiet.contains(false) else { return nil }
    var spans: [Range<Int64>] = []
    for minute in 0..<Self.week where quiet[Int(minute)] {
      if let last = spans.last, last.upperBound == minute {
        spans[spans.count - 1] = last.lowerBound..<minute + 1
      } else {
        spans.append(minute..<minute + 1)
      }
    }
    self.spans = spans
  }

  /// Whether nobody is alerted at this moment.
  package func contains(_ moment: Timestamp) -> Bool {
    let minute = Self.offset(of: zone.local(moment)) / Self.minute
    return spans.contains { $0.contains(minute) }
  }

  /// Milliseconds between two moments that are not quiet; 0 when `end` is not later than `start`.
  package func loudMilliseconds(from start: Timestamp, to end: Timestamp) -> Int64 {
    guard !spans.isEmpty else { return max(0, end.milliseconds(since: start)) }
    return zone.parts(from: start, to: end).reduce(0) { $0 + loud(until: $1.end) - loud(until: $1.start) }
  }

  /// The moment by which so many milliseconds that are not quiet have passed since `start`.
  func moment(after loud: Int64, from start: Timestamp) -> Timestamp {
    var low = start.milliseconds
    // Even a week with a single loud minute has passed so many of them by then.
    let weeks = (loud / Self.minute).addingClamped(2)
    let latest = low.addingClamped(weeks.multipliedClamped(by: Self.week * Self.minute))
    var high = Timestamp(milliseconds: latest).milliseconds
    while low < high {
      let middle = low + (high - low) / 2
      if loudMilliseconds(from: start, to: Timestamp(milliseconds: middle)) < loud {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return Timestamp(milliseconds: low)
  }

  // Since the Monday before 1970.
  private func loud(until moment: Timestamp) -> Int64 {
    let offset = Self.offset(of: moment)
    let weeks = (moment.milliseconds + Self.beforeEpoch - offset) / (Self.week * Self.minute)
    return weeks * loud(within: Self.week * Self.minute) + loud(within: offset)
  }

  private func loud(within offset: Int64) -> Int64 {
    spans.reduce(offset) { rest, span in
      rest - max(0, min(offset, span.upperBound * Self.minute) - span.lowerBound * Self.minute)
    }
  }

  /// Milliseconds since Monday 00:00.
  private static func offset(of moment: Timestamp) -> Int64 {
    let length = week * minute
    let offset = (moment.milliseconds + beforeEpoch) % length
    return offset < 0 ? offset + length : offset
  }

  private static let minute: Int64 = 60_000
  private static let day: Int64 = 1440
  private static let week: Int64 = 7 * day
  // 1 January 1970 was a Thursday.
  private static let beforeEpoch: Int64 = 3 * day * minute

  private static func spans(of part: Substring) -> [Range<Int64>]? {
    let words = part.split(whereSeparator: \.isWhitespace)
    switch words.count {
    case 1:
      if let hours = hours(words[0]) { return (0..<7).map { shifted(hours, $0) } }
      return days(words[0])?.map { shifted(0..<day, $0) }
    case 2:
      guard let days = days(words[0]), let hours = hours(words[1]) else { return nil }
      return days.map { shifted(hours, $0) }
    default:
      return nil
    }
  }

  private static func shifted(_ minutes: Range<Int64>, _ weekday: Int64) -> Range<Int64> {
    minutes.lowerBound + weekday * day..<minutes.upperBound + weekday * day
  }

  private static func hours(_ text: Substring) -> Range<Int64>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let start = time(ends[0]), let end = time(ends[1]), start < day, start != end
    else { return nil }
    return start..<(end > start ? end : end + day)
  }

  private static func time(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isDigit) }),
      let hour = Int64(parts[0]), let minute = Int64(parts[1]), minute < 60
    else { return nil }
    let time = hour * 60 + minute
    return time <= day ? time : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func days(_ text: Substring) -> [Int64]? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      names.firstIndex(of: $0.lowercased())
    }
    guard let first = ends.first, let start = first, let last = ends.last, let end = last, ends.count <= 2
    else { return nil }
    return (start...(end >= start ? end : end + 7)).map { Int64($0 % 7) }
  }

  private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}
