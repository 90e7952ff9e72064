/// A page to be committed: all of it and its marks, or nothing.
package struct IntakePage: Sendable {
  /// So many calls are committed at once, where a run chooses.
  package static let mostCalls = 1000

  /// Every SID once, in any order; directions that are not stored are passed over.
  package var calls: [Call]
  /// When Twilio was asked, by the process's clock: the age of an unsettled call counts to here.
  package var readAt: Timestamp
  package var marks: [IntakeMark]
  /// Whether the page comes from the table and not from Twilio, to be attributed anew: then nobody
  /// was asked, and the list of unsettled calls stays as it is.
  package var isReread: Bool
  /// Whether what Twilio says now counts against every rule of versions, as in a resync that was begun anew.
  package var isLastWord: Bool
  /// What the run has set aside before (`RefusalLimits`).
  package var refusedBefore: Set<CallSID>
  /// How many stored calls the run has left as they are: see `PageOutcome.kept`.
  package var keptBefore: Int
  /// Whether everything is only worked out and then rolled back.
  package var isRehearsal: Bool

  package init(
    calls: [Call], readAt: Timestamp, marks: [IntakeMark] = [], isReread: Bool = false,
    isLastWord: Bool = false, refusedBefore: Set<CallSID> = [], keptBefore: Int = 0, isRehearsal: Bool = false
  ) {
    self.calls = calls
    self.readAt = readAt
    self.marks = marks
    self.isReread = isReread
    self.isLastWord = isLastWord
    self.refusedBefore = refusedBefore
    self.keptBefore = keptBefore
    self.isRehearsal = isRehearsal
  }
}

/// Progress that is stored in the same commit as the page that made it.
package enum IntakeMark: Hashable, Sendable {
  /// Hourly runs have taken in the log up to here.
  case coveredUntil(Timestamp)
  /// From this moment on hourly runs take in the log, where no run has been before.
  case coverageBegins(Timestamp)
  /// The cap on catching up left this period out.
  case gap(Period)
  /// Twilio does not know these calls (404): the rows stay. Those of 48 hours are asked for no more.
  case gone([CallSID])
  /// Twilio did not give these calls when they were asked for alone: given up at 48 hours, their turn comes
  /// later.
  case notGiven([CallSID])
  /// A slice of a historical run is one page further.
  case slice(SliceStep)
  /// A slice is read in other parts, from their beginning; none when Twilio keeps nothing of it.
  case sliceReplaced(number: Int, by: [HistorySlice])
}
