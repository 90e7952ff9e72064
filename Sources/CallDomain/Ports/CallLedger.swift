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
}
