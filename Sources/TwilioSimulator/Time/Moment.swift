/// A moment in UTC with milliseconds: the simulator's own time, read from Twilio's documents and
/// not shared with the client under test.
package struct Moment: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The moment so many seconds after 1970-01-01T00:00:00Z.
  package init(seconds: Int64) {
    milliseconds = seconds * 1000
  }

  /// The moment at which a UTC wall clock shows these numbers; nil for a date that does not exist.
  package init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
  ) {
    guard
      let date = CivilDate(year: year, month: month, day: day),
      (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
    else { return nil }
    let seconds = date.daysSince1970 * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    milliseconds = seconds * 1000 + Int64(millisecond)
  }

  /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
  package var seconds: Int64 { milliseconds.floorDivided(by: 1000).quotient }

  /// This moment without its milliseconds; a call's times have none.
  package var wholeSecond: Moment { Moment(seconds: seconds) }

  /// 00:00 UTC of this moment's day.
  package var startOfDay: Moment {
    Moment(seconds: seconds.floorDivided(by: 86_400).quotient * 86_400)
  }

  /// This moment moved by `seconds`, which may be negative.
  package func adding(seconds: Int64) -> Moment {
    Moment(milliseconds: milliseconds + seconds * 1000)
  }

  package static func < (left: Moment, right: Moment) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

extension Int64 {
  /// Division that rounds towards minus infinity; the remainder is never negative.
  func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
