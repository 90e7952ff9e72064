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
