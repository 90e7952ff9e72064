import CallDomain

/// One run, as everything that does a part of its work is given it.
struct RunContext: Sendable {
  /// Its right to write.
  let fence: RunFence
  let startedAt: Timestamp
  /// Told the period and the counts as they grow.
  let progress: RunProgress
  /// Told what happens.
  let onEvent: @Sendable (SyncEvent) -> Void
}

/// Hands a run's pages to the ledger, and counts and tells what became of them.
struct RunCommits: Sendable {
  let calls: any CallLedger
  let run: RunContext

  @discardableResult
  func commit(_ page: IntakePage, _ counter: inout RunCounter) async throws(RunFailure) -> PageOutcome {
    var page = page
    page.refusedBefore = counter.refused
    page.keptBefore = counter.kept
    let outcome = try await calls.commit(page, fence: run.fence)
    counter.countCommitted(outcome).forEach(run.onEvent)
    run.progress.set(counter.counts)
    return outcome
  }
}
