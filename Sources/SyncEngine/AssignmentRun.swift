import CallDomain

/// Gives a number to a workspace: its row in the directory, then the stored calls that it decides. Whatever is left
/// of an interrupted one, the same one does.
struct AssignmentRun {
  let phones: any PhoneLedger
  let calls: any CallLedger
  let clock: EngineClock
  let run: RunContext

  /// - Parameter preview: What it would do, as looked at before the run began.
  func work(_ assignment: PhoneAssignment, preview: AssignmentPreview) async throws(RunFailure) {
    guard !assignment.isRehearsal else {
      run.progress.rehearse(preview.moves)
      if let obstacle = preview.obstacle { run.onEvent(.wouldBeRefused(obstacle)) }
      return
    }
    var counter = RunCounter()
    var outcome = PageOutcome()
    outcome.createdPhones = try await phones.assign(assignment, fence: run.fence)
    _ = counter.countCommitted(outcome)
    run.progress.set(counter.counts)
    run.onEvent(
      .assigned(assignment.number, assignment.workspace, createdPhones: outcome.createdPhones))
    run.onEvent(.fetching(.assign))
    let commits = RunCommits(calls: calls, run: run)
    let decided = try await phones.calls(decidedBy: assignment)
    var rest = decided[...]
    while !rest.isEmpty {
      let batch = try await phones.storedCalls(Array(rest.prefix(IntakePage.mostCalls)))
      rest = rest.dropFirst(IntakePage.mostCalls)
      counter.countListed(batch)
      try await commits.commit(IntakePage(calls: batch, readAt: clock.now(), isReread: true), &counter)
      run.onEvent(.pageStored(calls: batch.count, share: Double(batch.count) / Double(decided.count)))
    }
    run.onEvent(.fetched(calls: counter.counts.totalCalls))
  }
}
