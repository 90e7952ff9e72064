package import CallDomain

/// Where calls go: the tables, a page at a time, each whole or not at all.
package struct CallLedger: Sendable {
  /// Commits a page with its marks, if the run still holds its lease.
  package var commit: @Sendable (IntakePage, RunFence) async throws(RunFailure) -> PageOutcome
  /// How far the stored log reaches at a moment.
  package var coverage: @Sendable (Timestamp) async throws(RunFailure) -> Coverage
  /// Unsettled calls that are still asked for, the longest waiting first; at most that many.
  package var unsettled: @Sendable (Int) async throws(RunFailure) -> [UnsettledCall]
  /// Stored calls in the order of their SIDs: those after the given one, that began at the given moment
  /// or later, at most that many.
  package var stored: @Sendable (CallSID?, Timestamp?, Int) async throws(RunFailure) -> [Call]
  /// Calls that an older program stored and that are no evidence yet, in the order of their SIDs: those
  /// after the given one, at most that many.
  package var older: @Sendable (CallSID?, Int) async throws(RunFailure) -> [Call]

  package init(
    commit: @escaping @Sendable (IntakePage, RunFence) async throws(RunFailure) -> PageOutcome,
    coverage: @escaping @Sendable (Timestamp) async throws(RunFailure) -> Coverage,
    unsettled: @escaping @Sendable (Int) async throws(RunFailure) -> [UnsettledCall],
    stored: @escaping @Sendable (CallSID?, Timestamp?, Int) async throws(RunFailure) -> [Call],
    older: @escaping @Sendable (CallSID?, Int) async throws(RunFailure) -> [Call]
  ) {
    self.commit = commit
    self.coverage = coverage
    self.unsettled = unsettled
    self.stored = stored
    self.older = older
  }
}
