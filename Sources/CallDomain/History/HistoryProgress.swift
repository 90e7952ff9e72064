/// Which history a resync reads. Two runs with the same request are one resync, of which the later
/// goes on where the earlier stopped (Reference.md, "Historical resync").
package struct HistoryRequest: Hashable, Sendable {
  /// Inclusive.
  package var since: Timestamp
  /// Exclusive; nil for everything up to now, whenever that is.
  package var until: Timestamp?

  package init(since: Timestamp, until: Timestamp?) {
    self.since = since
    self.until = until
  }
}

/// How far a resync has come.
package struct HistoryProgress: Hashable, Sendable {
  /// A slice with what its pages counted.
  package struct Part: Hashable, Sendable {
    package var slice: HistorySlice
    package var isDone: Bool
    package var counts: RunCounts
    /// The transfers outside of the run's period that its pages have decided anew.
    package var redecided: Set<CallSID> = []

    package init(slice: HistorySlice, isDone: Bool = false, counts: RunCounts = RunCounts()) {
      self.slice = slice
      self.isDone = isDone
      self.counts = counts
    }
  }

  package var parts: [Part]
  /// Whether an earlier run began it.
  package var isContinued: Bool
  /// Whether it was begun with a restart: what Twilio says then is the last word (`IntakePage.isLastWord`).
  package var isRestart: Bool
  /// The calls that its runs have moved so far.
  package var moved: Set<CallSID> = []

  package init(parts: [Part], isContinued: Bool, isRestart: Bool = false) {
    self.parts = parts
    self.isContinued = isContinued
    self.isRestart = isRestart
  }

  /// A resync that nobody has begun.
  package init(beginning period: Period, isRestart: Bool = false) {
    self.init(
      parts: [Part(slice: HistorySlice(number: 1, period: period))], isContinued: false, isRestart: isRestart)
  }

  /// What is to be read, the newest first.
  package var open: [HistorySlice] {
    parts.filter { !$0.isDone }.map(\.slice).sorted { $0.period.start > $1.period.start }
  }

  package var slicesDone: Int { parts.count(where: \.isDone) }

  /// Whether a page of it is stored, so that going on saves something.
  package var hasAdvanced: Bool { parts.contains { $0.isDone || $0.slice.next != nil } }

  package var nextNumber: Int { (parts.map(\.slice.number).max() ?? 0) + 1 }

  package var counts: RunCounts {
    var counts = parts.reduce(RunCounts()) { $0 + $1.counts }
    counts.reattributedCalls = moved.count
    counts.refreshedCalls = redecided.count
    return counts
  }

  /// The transfers outside of the run's period that were decided anew: each once, however many pages did.
  package var redecided: Set<CallSID> { parts.reduce(into: []) { $0.formUnion($1.redecided) } }

  /// From the earliest start to the latest end of all slices; nil when nothing is left of the history.
  package var period: Period? {
    guard let start = parts.map(\.slice.period.start).min(), let end = parts.map(\.slice.period.end).max()
    else { return nil }
    return Period(start: start, end: end)
  }

  /// The same resync up to a later moment. What ended in the last 48 hours before its earlier end is
  /// read again, since calls that were under way then have changed: the slices that reach into them
  /// give way to one new slice, so that every call is still counted once.
  package func extended(to now: Timestamp) -> HistoryProgress {
    guard let period, now > period.end else { return self }
    let threshold = max(period.start, period.end.adding(hours: -Self.reachBackHours))
    var kept: [Part] = []
    var replaced: [Part] = []
    for part in parts {
      if part.slice.period.end > threshold { replaced.append(part) } else { kept.append(part) }
    }
    let start = replaced.map(\.slice.period.start).min() ?? period.end
    var tail = Part(
      slice: HistorySlice(number: nextNumber, period: Period(start: start, end: now)),
      counts: replaced.reduce(RunCounts()) { $0 + $1.counts.effects })
    tail.redecided = replaced.reduce(into: []) { $0.formUnion($1.redecided) }
    return HistoryProgress(parts: kept + [tail], isContinued: isContinued, isRestart: isRestart)
  }

  /// Reference.md, "Historical resync": as long as Twilio is asked again for a call that is not settled.
  static let reachBackHours = UnsettledList.givenUpAfterHours
}

/// A part of the history that is read by itself: one listing at Twilio, followed page by page.
package struct HistorySlice: Hashable, Sendable {
  /// Counts from 1 within a resync; never used again in it.
  package var number: Int
  /// What started here belongs to this slice and to no other.
  package var period: Period
  /// Where its next page is, nil before its first.
  package var next: String?
  /// The calls of the page before that one: new calls push the last of them onto the next page, where they are
  /// listed, and not counted, again.
  package var lastPage: Set<CallSID>

  package init(number: Int, period: Period, next: String? = nil, lastPage: Set<CallSID> = []) {
    self.number = number
    self.period = period
    self.next = next
    self.lastPage = lastPage
  }
}

/// One page further in a slice: stored in the same commit as the page.
package struct SliceStep: Hashable, Sendable {
  /// The slice before this page: whoever has already moved on is not moved again.
  package var slice: HistorySlice
  /// Where the page after this one is; nil when this was the last.
  package var next: String?
  /// What the page adds to the counts of calls by case.
  package var listed: RunCounts
  /// The page's calls, those that the database then refuses included.
  package var calls: [CallSID]
  /// Those of them that were counted before.
  package var repeated: Set<CallSID>
  /// The run's period: rows outside of it count as refreshed.
  package var period: Period

  package init(
    slice: HistorySlice, next: String?, listed: RunCounts, calls: [CallSID] = [],
    repeated: Set<CallSID> = [], period: Period
  ) {
    self.slice = slice
    self.next = next
    self.listed = listed
    self.calls = calls
    self.repeated = repeated
    self.period = period
  }

  /// What the page's commit adds to the counts of its slice.
  package func counts(_ outcome: PageOutcome) -> RunCounts {
    var counts = listed
    for call in outcome.refused where !repeated.contains(call.sid) { counts.refuse(call) }
    counts.savedCalls = max(0, counts.storable - outcome.missing.subtracting(repeated).count)
    counts.createdPhones = outcome.createdPhones
    return counts
  }
}
