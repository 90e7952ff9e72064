/// Where the progress of a resync of the history is kept.
package protocol HistoryLedger: Sendable {
  /// Opens the unfinished resync that reads the same, extended to `now` where its end is open, or begins one.
  ///
  /// - Parameter restart: Forgets an unfinished one instead of going on with it.
  /// - Throws: `leaseLost` when another run took over.
  func openHistory(
    _ request: HistoryRequest, restart: Bool, now: Timestamp, fence: RunFence
  ) async throws(RunFailure) -> HistoryProgress

  /// How far the run's resync has come.
  func historyProgress(of fence: RunFence) async throws(RunFailure) -> HistoryProgress

  /// What is left to do when every slice is done: the holes are recorded as the resync leaves them.
  ///
  /// - Parameters:
  ///   - period: What was read.
  ///   - asked: What was to be read; Twilio keeps nothing of the rest.
  /// - Throws: `leaseLost` when another run took over; `database` when a slice is not done after all.
  func closeHistory(_ period: Period, asked: Period, fence: RunFence) async throws(RunFailure) -> HistoryEnd
}

/// What a resync leaves.
package struct HistoryEnd: Hashable, Sendable {
  /// Transfers of the period that have no related call.
  package var unmatchedCalls: Int
  /// What no run has taken in and Twilio no longer keeps, as far as it was not known before.
  package var lost: [Period]

  package init(unmatchedCalls: Int, lost: [Period] = []) {
    self.unmatchedCalls = unmatchedCalls
    self.lost = lost
  }
}
