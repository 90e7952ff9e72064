/// A part of the history that is read by itself: one listing at Twilio, followed page by page.
package struct HistorySlice: Hashable, Sendable {
  /// Counts from 1 within a resync; never used again in it.
  package var number: Int
  /// What started here belongs to this slice and to no other.
  package var period: Period
  /// Where its next page is, nil before its first.
  package var next: String?

  package init(number: Int, period: Period, next: String? = nil) {
    self.number = number
    self.period = period
    self.next = next
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
  /// The run's period: rows outside of it count as refreshed.
  package var period: Period

  package init(slice: HistorySlice, next: String?, listed: RunCounts, period: Period) {
    self.slice = slice
    self.next = next
    self.listed = listed
    self.period = period
  }
}
