import CallDomain

/// What became of a slice that a reader took.
enum SliceOutcome: Sendable {
  /// Read to its end.
  case read
  /// To be read in these parts instead, none when Twilio keeps nothing of it.
  case replaced(by: [HistorySlice])
}

/// What goes from the readers to the one who commits, in this order.
struct HistoryCommit: Sendable {
  let page: IntakePage
  /// What the page adds to the counts, and to which slice.
  let slice: HistorySlice
  let listed: RunCounts
  /// The run's period: rows outside of it count as refreshed.
  let period: Period
  let step: Step

  enum Step: Sendable {
    case page(isLast: Bool)
    case replaced(by: [HistorySlice])
  }
}
