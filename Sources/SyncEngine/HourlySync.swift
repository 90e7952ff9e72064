package import CallDomain

/// The hourly run: reads what started and what ended since the log was last taken in, and hands it
/// to the ledger page by page (Reference.md, "Hourly run").
package struct HourlySync: Sendable {
  /// What the operator can set.
  package struct Settings: Hashable, Sendable {
    /// `SYNC_WINDOW_MINUTES`.
    package var windowMinutes: Int
    /// `SYNC_MAX_CATCH_UP_HOURS`.
    package var maxCatchUpHours: Int
    /// `SYNC_EVERY_MINUTES`: how often runs come.
    package var everyMinutes = 60

    package init(windowMinutes: Int = 75, maxCatchUpHours: Int = 168) {
      self.windowMinutes = windowMinutes
      self.maxCatchUpHours = maxCatchUpHours
    }

    /// What each run reads back at least, so that it overlaps with the one before it.
    package var leastMinutes: Int { max(windowMinutes, everyMinutes + WindowPlan.overlapMinutes) }
  }

  let settings: Settings
  let log: any CallLog
  let gate: RequestGate
  let calls: any CallLedger
  let runs: any RunLedger
  let policy: RetryPolicy
  let clock: EngineClock

  package init(
    settings: Settings, log: any CallLog, gate: RequestGate, calls: any CallLedger, runs: any RunLedger,
    policy: RetryPolicy = RetryPolicy(), clock: EngineClock
  ) {
    self.settings = settings
    self.log = log
    self.gate = gate
    self.calls = calls
    self.runs = runs
    self.policy = policy
    self.clock = clock
  }

  /// Does a run, whose period ends when it began.
  func run(_ run: RunContext) async throws(RunFailure) {
    let coverage = try await begin(run)
    let (now, onEvent) = (run.startedAt, run.onEvent)
    let plan = plan(now: now, coveredUntil: coverage.coveredUntil ?? coverage.newestCall)
    run.progress.set(plan.period)
    try await runs.record(plan.period, of: run.fence)
    onEvent(.period(plan.period))
    onEvent(.directoryLoaded(numbers: coverage.listedNumbers))
    onEvent(.fetching(.hourly))
    if let gap = plan.gap { onEvent(.gap(gap)) }
    let log = RunCallLog(log: log, gate: gate, isUrgent: true, policy: policy, clock: clock, run: run)
    let commits = RunCommits(calls: calls, run: run)
    var counter = RunCounter()
    try await OlderCalls(commits: commits, now: now).run(&counter)
    for (position, slice) in plan.slices.enumerated() {
      let intake = SliceIntake(
        slice: slice, isLast: position == plan.slices.count - 1, gap: position == 0 ? plan.gap : nil,
        log: log, commits: commits, clock: clock)
      try await intake.run(&counter)
      if plan.slices.count > 1 { onEvent(.sliceDone(slice, calls: counter.counts.totalCalls)) }
    }
    try await LateFacts(log: log, commits: commits, clock: clock, everyMinutes: settings.everyMinutes).run(
      &counter)
    try await noteGone(run)
  }

  /// The calls are stored by now, and the log taken in: what the database does not let be noted of older ones is told,
  /// and tried again by the next run.
  private func noteGone(_ run: RunContext) async throws(RunFailure) {
    do throws(RunFailure) {
      let gone = try await calls.noteGone(fence: run.fence)
      if gone.noted > 0 { run.onEvent(.goneNoted(calls: gone.noted)) }
      if let obstacle = gone.obstacle { run.onEvent(.goneNotNoted(calls: gone.left, obstacle)) }
    } catch {
      guard case .database = error.kind else { throw error }
      run.onEvent(.goneNotNoted(calls: nil, error))
    }
  }

  /// Where no run has been yet, fixes from when on hourly runs take in the log: else the first calls that
  /// a run stores, which may fail after them, would pass for what was taken in before.
  ///
  /// - Returns: How far the log reached before.
  @discardableResult
  func begin(_ run: RunContext) async throws(RunFailure) -> Coverage {
    let now = run.startedAt
    let coverage = try await calls.coverage(now: now)
    if let ahead = coverage.markAhead { run.onEvent(.coverageAhead(ahead)) }
    if coverage.coveredUntil == nil {
      let start = coverage.newestCall ?? plan(now: now, coveredUntil: nil).period.start
      _ = try await calls.commit(
        IntakePage(calls: [], readAt: now, marks: [.coverageBegins(start)]), fence: run.fence)
    }
    return coverage
  }

  private func plan(now: Timestamp, coveredUntil: Timestamp?) -> WindowPlan {
    WindowPlan(
      now: now, coveredUntil: coveredUntil, windowMinutes: settings.leastMinutes,
      maxCatchUpHours: settings.maxCatchUpHours)
  }
}

/// Takes in calls that an older program stored beside this one, as during a rolling deploy: committed like
/// a page of Twilio's they are decided by the rules, and decide transfers.
struct OlderCalls {
  let commits: RunCommits
  let now: Timestamp

  func run(_ counter: inout RunCounter) async throws(RunFailure) {
    var last: CallSID?
    while true {
      let batch = try await commits.calls.olderCalls(after: last, limit: IntakePage.mostCalls)
      guard let end = batch.last else { return }
      last = end.sid
      // Nobody has asked Twilio for them yet: the unsettled ones among them come first, but for those of which it has
      // nothing to add any more.
      for isYoung in [true, false] {
        let calls = batch.filter { UnsettledList.isYoung($0.callDate, now: now) == isYoung }
        guard !calls.isEmpty else { continue }
        try await commits.commit(IntakePage(calls: calls, readAt: .epoch, isReread: !isYoung), &counter)
      }
    }
  }
}
