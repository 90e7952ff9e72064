import CallDomain

/// Applies the attribution rules again to stored calls, without Twilio: after someone edited
/// `workspace_phones`.
struct ReattributionRun {
  let calls: any CallLedger
  let clock: EngineClock
  let run: RunContext

  /// - Parameters:
  ///   - since: Only calls that began at this moment or later; nil for all.
  ///   - dryRun: Whether nothing is written.
  func work(since: Timestamp?, dryRun: Bool) async throws(RunFailure) {
    let coverage = try await calls.coverage(now: clock.now())
    run.onEvent(.directoryLoaded(numbers: coverage.listedNumbers))
    run.onEvent(.fetching(.reattribute))
    let commits = RunCommits(calls: calls, run: run)
    var counter = RunCounter()
    var last: CallSID?
    var done = 0.0
    while true {
      let batch = try await calls.storedCalls(after: last, since: since, limit: IntakePage.mostCalls)
      guard let end = batch.last else { break }
      last = end.sid
      // Calls are looked through in the order of their SIDs, which are spread evenly.
      let share = (batch.count < IntakePage.mostCalls ? 1 : end.sid.position) - done
      done += share
      counter.countListed(batch)
      let page = IntakePage(
        calls: batch, readAt: clock.now(), isReread: true, isRehearsal: dryRun)
      let outcome = try await commits.commit(page, &counter)
      if dryRun { run.progress.rehearse(outcome.moves) }
      run.onEvent(.pageStored(calls: batch.count, share: share))
    }
    run.onEvent(.fetched(calls: counter.counts.totalCalls))
  }
}
