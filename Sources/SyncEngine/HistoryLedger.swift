package import CallDomain

/// Where the progress of a resync of the history is kept.
package struct HistoryLedger: Sendable {
  /// Opens the unfinished resync that reads the same, extended to the given moment where its end is
  /// open, or begins one; begins anew if told to restart.
  package var open:
    @Sendable (HistoryRequest, _ restart: Bool, Timestamp, RunFence) async throws(RunFailure) ->
      HistoryProgress
  /// How far the run's resync has come.
  package var progress: @Sendable (RunFence) async throws(RunFailure) -> HistoryProgress
  /// Every slice is done: of what was asked, the period was read. Returns how many transfers of the
  /// period have no related call.
  package var close: @Sendable (Period, _ asked: Period, RunFence) async throws(RunFailure) -> Int

  package init(
    open:
      @escaping @Sendable (HistoryRequest, _ restart: Bool, Timestamp, RunFence) async throws(RunFailure) ->
      HistoryProgress,
    progress: @escaping @Sendable (RunFence) async throws(RunFailure) -> HistoryProgress,
    close: @escaping @Sendable (Period, _ asked: Period, RunFence) async throws(RunFailure) -> Int
  ) {
    self.open = open
    self.progress = progress
    self.close = close
  }
}
