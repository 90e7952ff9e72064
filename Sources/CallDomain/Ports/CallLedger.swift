/// Where calls go: the tables, a page at a time, each whole or not at all.
package protocol CallLedger: Sendable {
  /// Commits a page with its marks; doing it twice does no harm.
  ///
  /// - Throws: `leaseLost` when the run does not hold its lease any more; nothing is committed then.
  func commit(_ page: IntakePage, fence: RunFence) async throws(RunFailure) -> PageOutcome

  /// How far the stored log reaches.
  ///
  /// - Parameter now: A call that begins later, by the process's clock, does not count.
  func coverage(now: Timestamp) async throws(RunFailure) -> Coverage

  /// Unsettled calls that are still asked for, the longest waiting first.
  func unsettled(limit: Int) async throws(RunFailure) -> [UnsettledCall]

  /// Calls that were set aside and have rested long enough to be tried again, the longest waiting first.
  func refused(dueAt now: Timestamp, limit: Int) async throws(RunFailure) -> [CallSID]

  /// Stored calls in the order of their SIDs, to be attributed anew.
  ///
  /// - Parameters:
  ///   - last: The SID after which to go on, nil to begin.
  ///   - since: Only calls that began at this moment or later.
  func storedCalls(after last: CallSID?, since: Timestamp?, limit: Int) async throws(RunFailure) -> [Call]

  /// Calls that an older program stored and that decide no transfer yet, in the order of their SIDs.
  ///
  /// - Parameter last: The SID after which to go on, nil to begin.
  func olderCalls(after last: CallSID?, limit: Int) async throws(RunFailure) -> [Call]

  /// Notes in the rows of calls that an audit found gone that they are: each once, and those that cannot be noted now
  /// at the next time.
  ///
  /// - Throws: `leaseLost` when another run took over.
  func noteGone(fence: RunFence) async throws(RunFailure) -> GoneNotes
}

/// What became of the calls that audits found gone.
package struct GoneNotes: Hashable, Sendable {
  /// How many were noted as such in their rows.
  package var noted: Int
  /// How many could not be.
  package var left: Int
  /// Why; nil where none is left.
  package var obstacle: RunFailure?

  package init(noted: Int = 0, left: Int = 0, obstacle: RunFailure? = nil) {
    self.noted = noted
    self.left = left
    self.obstacle = obstacle
  }
}

/// How far the stored log reaches, as an hourly run needs to know it.
package struct Coverage: Hashable, Sendable {
  /// Up to where hourly runs have taken in the log; nil before the first, and where that is not believed.
  package var coveredUntil: Timestamp?
  /// A mark in the future, which is not believed.
  package var markAhead: Timestamp?
  /// Where nothing is covered, the newest `call_date` of a stored Twilio call that is not in the future.
  package var newestCall: Timestamp?
  /// How many numbers the directory holds.
  package var listedNumbers: Int

  package init(
    coveredUntil: Timestamp?, markAhead: Timestamp? = nil, newestCall: Timestamp?, listedNumbers: Int
  ) {
    self.coveredUntil = coveredUntil
    self.markAhead = markAhead
    self.newestCall = newestCall
    self.listedNumbers = listedNumbers
  }
}

/// A stored call that Twilio may still have something to add to.
package struct UnsettledCall: Hashable, Sendable {
  package var sid: CallSID
  /// Nil when neither its start nor its creation is known.
  package var callDate: Timestamp?
  /// When Twilio last told of it.
  package var askedAt: Timestamp

  package init(sid: CallSID, callDate: Timestamp?, askedAt: Timestamp) {
    self.sid = sid
    self.callDate = callDate
    self.askedAt = askedAt
  }
}
