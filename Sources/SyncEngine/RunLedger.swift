package import CallDomain

/// Where runs are recorded, and where a run gets the right to be the only one of its kind.
package struct RunLedger: Sendable {
  /// Whether the database can be used for a run at all.
  package var check: @Sendable () async throws(RunFailure) -> Void
  /// Takes the lease and records the run; throws `alreadyRunning` and records nothing when another
  /// run of the kind is in progress.
  package var begin:
    @Sendable (RunKind, _ requestedBy: String, Timestamp) async throws(RunFailure) -> RunFence
  /// Renews the lease and records the counts so far; false when another run took the lease over.
  package var renew: @Sendable (RunFence, RunCounts) async throws(RunFailure) -> Bool
  package var record: @Sendable (Period, RunFence) async throws(RunFailure) -> Void
  /// Records the end and frees the lease.
  package var finish: @Sendable (SyncRun, RunFence) async throws(RunFailure) -> Void

  package init(
    check: @escaping @Sendable () async throws(RunFailure) -> Void,
    begin:
      @escaping @Sendable (RunKind, _ requestedBy: String, Timestamp) async throws(RunFailure) -> RunFence,
    renew: @escaping @Sendable (RunFence, RunCounts) async throws(RunFailure) -> Bool,
    record: @escaping @Sendable (Period, RunFence) async throws(RunFailure) -> Void,
    finish: @escaping @Sendable (SyncRun, RunFence) async throws(RunFailure) -> Void
  ) {
    self.check = check
    self.begin = begin
    self.renew = renew
    self.record = record
    self.finish = finish
  }
}
