/// Where runs are recorded, and where a run gets the right to be the only one of its kind.
package protocol RunLedger: Sendable {
  /// Whether the database can be used for a run at all.
  ///
  /// - Throws: What is wrong with it.
  func check() async throws(RunFailure)

  /// Takes the lease of a kind and records the run that holds it. A run whose lease ran out is recorded as
  /// interrupted.
  ///
  /// - Parameters:
  ///   - isRehearsal: Whether the run changes nothing.
  ///   - requestedBy: Who asked, as `sync_runs` shows it.
  ///   - now: When the run began.
  ///   - token: The holder's mark, which nobody else has or had.
  /// - Throws: `alreadyRunning` with the run in progress; nothing is recorded then. After any other failure
  ///   the lease may be taken all the same, and is to be freed with `release`.
  func begin(
    _ kind: RunKind, isRehearsal: Bool, requestedBy: String, now: Timestamp, token: Int64
  ) async throws(RunFailure) -> RunFence

  /// Frees a lease that may have been taken although `begin` threw.
  func release(_ kind: RunKind, token: Int64) async throws(RunFailure)

  /// Renews the lease and records the counts so far.
  ///
  /// - Throws: `leaseLost` when another run took over.
  func renew(_ fence: RunFence, counts: RunCounts) async throws(RunFailure)

  /// Records what the run reads.
  func record(_ period: Period, of fence: RunFence) async throws(RunFailure)

  /// Records how the run ended and frees its lease; may be done twice.
  ///
  /// - Parameter rehearsed: What a rehearsal would have moved; what other runs moved the ledger knows.
  /// - Returns: The run with what its moves come to. All runs of one resync count together.
  func finish(_ run: SyncRun, rehearsed: [CallMove], fence: RunFence) async throws(RunFailure) -> SyncRun
}

/// What a run shows to prove that it still holds the lease of its kind. Every commit compares
/// it, so a run that was taken for dead can never write after another took over.
package struct RunFence: Hashable, Sendable {
  package let kind: RunKind
  package let run: RunID
  /// The mark of this holder, which no other has or had.
  package let token: Int64

  package init(kind: RunKind, run: RunID, token: Int64) {
    self.kind = kind
    self.run = run
    self.token = token
  }
}
