package import CallDomain
import Synchronization

/// Starts runs, keeps their leases alive, and records how they ended. A run lives by itself: whoever
/// asked for it may go away.
package final class RunConductor: Sendable {
  private let hourly: HourlySync?
  private let historical: HistoricalSync?
  private let audit: AuditRun?
  private let calls: any CallLedger
  private let runs: any RunLedger
  private let phones: (any PhoneLedger)?
  private let clock: EngineClock
  private let makeToken: @Sendable () -> Int64
  private let leaseSeconds: Int
  private let heartbeat: Int64
  private let report: @Sendable (RunTrace, SyncEvent) -> Void
  private let onEnd: @Sendable (SyncRun) -> Void
  private let live = Mutex(LiveRuns())

  /// - Parameters:
  ///   - hourly: Nil where Twilio is not configured, such as for a reattribution alone; so is
  ///     `historical`, and so is `audit`.
  ///   - phones: Nil where no number is assigned.
  ///   - makeToken: Makes the mark of a lease's holder, which nobody else has or had; not 0.
  ///   - leaseSeconds: How long a lease lasts that is not renewed.
  ///   - heartbeat: Milliseconds between two renewals of a run's lease.
  ///   - report: Told what happens in a run.
  ///   - onEnd: Told how a run ended, before `report` is; one whose end could not be recorded has failed.
  package init(
    hourly: HourlySync?, historical: HistoricalSync?, audit: AuditRun? = nil, calls: any CallLedger,
    runs: any RunLedger, phones: (any PhoneLedger)? = nil, clock: EngineClock,
    makeToken: @escaping @Sendable () -> Int64,
    leaseSeconds: Int,
    heartbeat: Int64,
    report: @escaping @Sendable (RunTrace, SyncEvent) -> Void,
    onEnd: @escaping @Sendable (SyncRun) -> Void = { _ in }
  ) {
    self.hourly = hourly
    self.historical = historical
    self.audit = audit
    self.calls = calls
    self.runs = runs
    self.phones = phones
    self.clock = clock
    self.makeToken = makeToken
    self.leaseSeconds = leaseSeconds
    self.heartbeat = heartbeat
    self.report = report
    self.onEnd = onEnd
  }

  /// Starts a run.
  ///
  /// - Parameters:
  ///   - requestedBy: Who asked, as `sync_runs` shows it.
  ///   - requestID: The request that asked, for the events of the run; nil where none did.
  /// - Returns: The run, once it holds its lease and is recorded.
  /// - Throws: What prevents the start; nothing is recorded then.
  package func start(
    _ order: RunOrder, requestedBy: String, requestID: String? = nil
  ) async throws(RunFailure) -> any LiveRun {
    guard !live.withLock(\.isStopping) else { throw .stopping }
    if case .historical(let since, let until, _) = order {
      _ = try historical?.request(since: since, until: until, now: clock.now())
    }
    if case .audit(let since, let until, _) = order {
      _ = try audit?.period(since: since, until: until, now: clock.now())
    }
    let beginning = try await prepare(order, requestedBy: requestedBy)
    let fence = beginning.fence
    var run = SyncRun(
      id: fence.run, kind: order.kind, state: .running, startedAt: beginning.now, requestedBy: requestedBy)
    run.isRehearsal = order.isRehearsal
    if case .assign(let assignment) = order { run.assignment = assignment }
    let progress = RunProgress()
    let (report, trace) = (
      report, RunTrace(run: fence.run, requestID: requestID, isRehearsal: order.isRehearsal)
    )
    let task = Task { [run] in
      await self.conduct(run, order: order, beginning, progress: progress) { report(trace, $0) }
    }
    let isStopping = live.withLock { live in
      if live.ended.remove(fence.run) == nil { live.tasks[fence.run] = task }
      return live.isStopping
    }
    if isStopping { task.cancel() }
    return ConductedRun(run: run, state: progress, task: task)
  }

  /// Looks whether the run can begin, and takes its lease; given up at a stop, so that nobody waits then for a
  /// database that does not answer.
  private func prepare(
    _ order: RunOrder, requestedBy: String
  ) async throws(RunFailure) -> Beginning {
    let task = Task { () -> Result<Beginning, RunFailure> in
      do throws(RunFailure) {
        try await runs.check()
        let now = clock.now()
        let preview = try await preview(order, now: now)
        return .success(
          Beginning(
            fence: try await begin(order, requestedBy: requestedBy, now: now), now: now, preview: preview))
      } catch {
        return .failure(error)
      }
    }
    let (number, isStopping) = live.withLock { live in
      live.lastStart &+= 1
      live.starting[live.lastStart] = task
      return (live.lastStart, live.isStopping)
    }
    if isStopping { task.cancel() }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    live.withLock { _ = $0.starting.removeValue(forKey: number) }
    return try result.get()
  }

  /// Of an assignment what it would do: what it cannot do is refused before there is a run.
  private func preview(_ order: RunOrder, now: Timestamp) async throws(RunFailure) -> AssignmentPreview {
    guard case .assign(let assignment) = order else { return AssignmentPreview() }
    guard let phones else { throw .noDirectory }
    let preview = try await phones.preview(assignment, now: now)
    if !assignment.isRehearsal, let obstacle = preview.obstacle { throw obstacle }
    return preview
  }

  private func begin(
    _ order: RunOrder, requestedBy: String, now: Timestamp
  ) async throws(RunFailure) -> RunFence {
    let token = makeToken()
    do throws(RunFailure) {
      return try await runs.begin(
        order.kind, isRehearsal: order.isRehearsal, requestedBy: requestedBy, now: now, token: token)
    } catch {
      if error.isPassing || error.kind == .stopping { release(order.kind, token) }
      throw error
    }
  }

  /// Frees, beside, a lease of which nobody knows whether it was taken, as soon as the database answers: it
  /// would be in the way of the next run until it ran out.
  private func release(_ kind: RunKind, _ token: Int64) {
    Task.detached { [runs, clock, leaseSeconds] in
      var attempts = leaseSeconds
      while attempts > 0 {
        attempts -= 1
        if (try? await runs.release(kind, token: token)) != nil { return }
        guard (try? await clock.sleep(1000)) != nil else { return }
      }
    }
  }

  /// Starts no more runs, interrupts those in progress, and waits until they are recorded, or cannot be for now.
  package func stop() async {
    let (starting, tasks) = live.withLock { live in
      live.isStopping = true
      return (Array(live.starting.values), Array(live.tasks.values))
    }
    for task in starting { task.cancel() }
    for task in tasks { task.cancel() }
    for task in tasks { _ = await task.value }
  }

  /// Waits until no end of a run is left to be recorded, which takes about a minute at most while the database is away,
  /// or until its task is cancelled.
  ///
  /// - Returns: Whether each is recorded.
  package func recorded() async -> Bool {
    let tasks = live.withLock { Array($0.recording.values) }
    return await withTaskCancellationHandler {
      var isRecorded = true
      for task in tasks { isRecorded = await task.value && isRecorded }
      return isRecorded
    } onCancel: {
      for task in tasks { task.cancel() }
    }
  }

  private func conduct(
    _ run: SyncRun, order: RunOrder, _ beginning: Beginning, progress: RunProgress,
    onEvent: @escaping @Sendable (SyncEvent) -> Void
  ) async -> Result<SyncRun, RunFailure> {
    let fence = beginning.fence
    onEvent(.started(run.kind))
    let context = RunContext(
      fence: fence, startedAt: run.startedAt, progress: progress, onEvent: onEvent)
    let failure = await work(order, context, beginning.preview)
    var ended = run
    ended.finishedAt = clock.now()
    ended.period = progress.period
    ended.counts = progress.counts
    ended.days = progress.days
    ended.state = failure.map { $0.code == .stopping ? .interrupted : .failed } ?? .succeeded
    ended.error = failure?.message
    ended.obstacle = beginning.preview.obstacle
    var unrecorded: RunFailure?
    switch await recordEnd(ended, rehearsed: progress.rehearsed, fence, onEvent) {
    case .success(let recorded): ended = recorded
    case .failure(let failure): unrecorded = failure
    }
    live.withLock { live in
      if live.tasks.removeValue(forKey: fence.run) == nil { live.ended.insert(fence.run) }
    }
    if unrecorded != nil, ended.state == .succeeded { ended.state = .failed }
    onEnd(ended)
    Self.tell(ended.moves, onEvent)
    if var failure = failure ?? unrecorded {
      failure.runID = fence.run
      onEvent(ended.state == .interrupted ? .interrupted(run.kind) : .failed(run.kind, failure))
      return .failure(failure)
    }
    onEvent(.finished(run.kind, ended.counts))
    return .success(ended)
  }

  private static func tell(_ moves: [MoveSum], _ onEvent: (SyncEvent) -> Void) {
    for sum in moves.prefix(mostSumsTold) { onEvent(.moved(sum)) }
    let others = moves.dropFirst(mostSumsTold)
    guard !others.isEmpty else { return }
    onEvent(
      .movedOtherwise(sums: others.count, calls: others.reduce(0) { $0.addingClamped($1.calls) }))
  }

  private static let mostSumsTold = 20

  /// Does the work while the lease is renewed beside it.
  private func work(
    _ order: RunOrder, _ run: RunContext, _ preview: AssignmentPreview
  ) async -> RunFailure? {
    await withTaskGroup(of: Ending.self) { group in
      group.addTask {
        do throws(RunFailure) {
          switch order {
          case .hourly:
            guard let hourly = self.hourly else { throw RunFailure.noTwilio }
            try await hourly.run(run)
          case .reattribute(let since, let dryRun):
            try await ReattributionRun(calls: self.calls, clock: self.clock, run: run)
              .work(since: since, dryRun: dryRun)
          case .assign(let assignment):
            guard let phones = self.phones else { throw RunFailure.noDirectory }
            try await AssignmentRun(phones: phones, calls: self.calls, clock: self.clock, run: run)
              .work(assignment, preview: preview)
          case .audit(let since, let until, let isDaily):
            guard let audit = self.audit else { throw RunFailure.noTwilio }
            let period = try audit.period(since: since, until: until, now: run.startedAt)
            try await audit.run(period, isDaily: isDaily, run)
          case .historical(let since, let until, let restart):
            guard let historical = self.historical else { throw RunFailure.noTwilio }
            try await self.hourly?.begin(run)
            try await historical.run(
              historical.request(since: since, until: until, now: run.startedAt), restart: restart, run)
          }
          return .done(nil)
        } catch {
          return .done(Task.isCancelled ? .stopping : await self.cause(of: error, in: run))
        }
      }
      group.addTask { await self.keepLease(of: run) }
      defer { group.cancelAll() }
      var lost: RunFailure?
      for await ending in group {
        switch ending {
        case .done(let failure): return lost ?? failure
        case .leaseLost(let failure):
          lost = failure
          group.cancelAll()
        case .cancelled: continue
        }
      }
      return lost ?? .stopping
    }
  }

  // A process that stood still notices the end of its connections, and that Twilio waits no longer, before
  // it notices that another run took over.
  private func cause(of failure: RunFailure, in run: RunContext) async -> RunFailure {
    do throws(RunFailure) {
      try await runs.renew(run.fence, counts: run.progress.counts)
      return failure
    } catch {
      return error.kind == .leaseLost ? error : failure
    }
  }

  private enum Ending: Sendable {
    case done(RunFailure?)
    case leaseLost(RunFailure)
    case cancelled
  }

  // A renewal that fails because the database is away is tried again at the next heartbeat; the lease
  // outlives several.
  private func keepLease(of run: RunContext) async -> Ending {
    while true {
      guard (try? await clock.sleep(heartbeat)) != nil else { return .cancelled }
      do throws(RunFailure) {
        try await runs.renew(run.fence, counts: run.progress.counts)
      } catch {
        if error.kind == .leaseLost { return .leaseLost(error) }
        if Task.isCancelled { return .cancelled }
        run.onEvent(.databaseAway(delay: heartbeat, error))
      }
    }
  }

  /// Records the end, also when the run was cancelled. When the database is away it goes on trying
  /// beside, so that the lease does not block the next run for longer than it must.
  private func recordEnd(
    _ run: SyncRun, rehearsed: [CallMove], _ fence: RunFence, _ onEvent: @Sendable (SyncEvent) -> Void
  ) async -> Result<SyncRun, RunFailure> {
    let runs = runs
    let clock = clock
    let finish = { @Sendable () async -> Result<SyncRun, RunFailure> in
      do throws(RunFailure) {
        return .success(try await runs.finish(run, rehearsed: rehearsed, fence: fence))
      } catch {
        return .failure(error)
      }
    }
    let first = await Task.detached { await finish() }.value
    guard case .failure(let failure) = first else { return first }
    onEvent(.databaseAway(delay: Self.finishPause, failure))
    live.withLock { live in
      live.recording[fence.run] = Task.detached {
        defer { self.live.withLock { _ = $0.recording.removeValue(forKey: fence.run) } }
        for _ in 0..<Self.finishAttempts {
          guard (try? await clock.sleep(Self.finishPause)) != nil else { return false }
          if case .success = await finish() { return true }
        }
        return false
      }
    }
    return first
  }

  private static let finishAttempts = 60
  private static let finishPause: Int64 = 1000
}

private struct ConductedRun: LiveRun {
  let run: SyncRun
  let state: RunProgress
  let task: Task<Result<SyncRun, RunFailure>, Never>

  var progress: SyncRun {
    var run = run
    run.period = state.period
    run.counts = state.counts
    run.days = state.days
    return run
  }

  func outcome() async -> Result<SyncRun, RunFailure> {
    await task.value
  }
}

/// What a run has once it may begin.
private struct Beginning: Sendable {
  let fence: RunFence
  let now: Timestamp
  /// Of an assignment; else an empty one.
  let preview: AssignmentPreview
}

private struct LiveRuns {
  /// What precedes runs that have not begun.
  var starting: [Int: Task<Result<Beginning, RunFailure>, Never>] = [:]
  var lastStart = 0
  var tasks: [RunID: Task<Result<SyncRun, RunFailure>, Never>] = [:]
  /// Runs that ended before they were noted in `tasks`.
  var ended: Set<RunID> = []
  /// What records ends beside, while the database is away.
  var recording: [RunID: Task<Bool, Never>] = [:]
  var isStopping = false
}
