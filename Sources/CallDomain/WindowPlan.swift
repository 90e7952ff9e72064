/// Which part of the log an hourly run reads (Reference.md, "Hourly run").
package struct WindowPlan: Hashable, Sendable {
  /// The run's period; its end is the moment the run began.
  package let period: Period
  /// What the cap on catching up leaves out, when something was missed before that.
  package let gap: Period?
  /// The period in the order it is read, oldest first: one slice, or slices of at most six hours
  /// when more than that is to be caught up.
  package let slices: [Period]

  /// - Parameters:
  ///   - now: When the run began, by the process's clock.
  ///   - coveredUntil: Up to where hourly runs have taken in the log; nil before the first.
  ///   - windowMinutes: The larger of `SYNC_WINDOW_MINUTES` and `SYNC_EVERY_MINUTES` with the overlap.
  ///   - maxCatchUpHours: `SYNC_MAX_CATCH_UP_HOURS`.
  package init(now: Timestamp, coveredUntil: Timestamp?, windowMinutes: Int, maxCatchUpHours: Int) {
    let plain = now.adding(minutes: -windowMinutes)
    let wanted = coveredUntil.map { min(plain, $0.adding(minutes: -Self.overlapMinutes)) } ?? plain
    // A cap shorter than the window counts as the window.
    let start = max(wanted, min(plain, now.adding(hours: -maxCatchUpHours)))
    period = Period(start: start, end: now)
    // The overlap is part of it: a call that Twilio listed late may lie there, and nobody looks again.
    gap = coveredUntil.flatMap {
      $0 < start ? Period(start: $0.adding(minutes: -Self.overlapMinutes), end: start) : nil
    }
    slices = Self.slices(of: period)
  }

  /// Twilio lists calls late and clocks differ; so the end of what was covered is read again.
  package static let overlapMinutes = 15
  private static let longestSliceHours = 6

  // Slices end at 00:00, 06:00, 12:00 and 18:00 UTC, so that none spans two days: only whole dates
  // are promised as bounds (Twilio.md, "Filters by time").
  private static func slices(of period: Period) -> [Period] {
    guard period.end > period.start.adding(hours: longestSliceHours) else { return [period] }
    var slices: [Period] = []
    var start = period.start
    while start < period.end {
      let end = min(start.nextMark(everyHours: longestSliceHours), period.end)
      slices.append(Period(start: start, end: end))
      start = end
    }
    return slices
  }
}

extension Timestamp {
  /// The next moment after this one that lies a multiple of `hours` after midnight UTC.
  fileprivate func nextMark(everyHours hours: Int) -> Timestamp {
    let step = Int64(hours) * 3_600_000
    let passed = milliseconds(since: startOfDay) / step
    return Timestamp(milliseconds: startOfDay.milliseconds + (passed + 1) * step)
  }
}
