/// How precisely the list honours a filter's time: sub-day precision works in practice and is not
/// promised, so a client must cope with both (facts 1.5).
package enum DatePrecision: String, Hashable, Sendable {
  /// Timestamps count to the millisecond.
  case exact
  /// Every bound is cut down to 00:00 UTC of its day first.
  case day
}

/// The filters on one of a call's two times.
struct TimeFilter: Hashable, Sendable {
  /// `StartTime>`: at or after.
  var from: Moment?
  /// `StartTime<`: before.
  var before: Moment?
  /// `StartTime`: on this UTC day.
  var onDay: Moment?

  var isEmpty: Bool { from == nil && before == nil && onDay == nil }

  func matches(_ moment: Moment?) -> Bool {
    guard !isEmpty else { return true }
    guard let moment else { return false }
    if let from, moment < from { return false }
    if let before, moment >= before { return false }
    if let onDay, moment.startOfDay != onDay { return false }
    return true
  }

  /// The first moment that can match, nil when there is none.
  var earliest: Moment? {
    [from, onDay].compactMap { $0 }.max()
  }

  /// Everything from here on cannot match; nil when there is no such bound.
  var end: Moment? {
    [before, onDay?.adding(seconds: 86_400)].compactMap { $0 }.min()
  }

  func truncated(to precision: DatePrecision) -> TimeFilter {
    guard precision == .day else { return self }
    return TimeFilter(from: from?.startOfDay, before: before?.startOfDay, onDay: onDay)
  }
}
