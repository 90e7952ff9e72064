/// A moment in UTC, exact to the millisecond: what every time in this service is.
///
/// An integer and not `Date`, because distances between calls decide who is billed and must
/// compare exactly.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z, negative before it.
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package init(seconds: Int64) {
    milliseconds = seconds * 1000
  }

  /// 1970-01-01T00:00:00Z.
  package static let epoch = Timestamp(milliseconds: 0)

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// This moment moved by `minutes`, which may be negative.
  package func adding(minutes: Int) -> Timestamp {
    Timestamp(milliseconds: milliseconds + Int64(minutes) * 60_000)
  }

  /// This moment moved by `hours`, which may be negative.
  package func adding(hours: Int) -> Timestamp {
    adding(minutes: hours * 60)
  }

  /// This moment moved by `seconds`, which may be negative.
  package func adding(seconds: Int) -> Timestamp {
    Timestamp(milliseconds: milliseconds + Int64(seconds) * 1000)
  }

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
