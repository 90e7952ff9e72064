import BlockingWork
package import CallDomain

/// The historical run: everything that started in a period, in slices read side by side and committed
/// page by page (Reference.md, "Historical resync"). Memory holds the pages that are under way, and the SIDs of a few
/// before them and of the calls that it moved: it does not grow with the history.
package struct HistoricalSync: Sendable {
  /// What the operator can set.
  package struct Settings: Hashable, Sendable {
    /// `HISTORY_START`: where the history begins unless a run says otherwise.
    package var start: Timestamp
    /// `TWILIO_CONCURRENCY`: how many slices are read at once.
    package var workers: Int

    package init(start: Timestamp, workers: Int = 4) {
      self.start = start
      self.workers = workers
    }
  }

  let settings: Settings
  let log: any CallLog
  let gate: RequestGate
  let calls: any CallLedger
  let runs: any RunLedger
  let history: any HistoryLedger
  let policy: RetryPolicy
  let clock: EngineClock

  package init(
    settings: Settings, log: any CallLog, gate: RequestGate, calls: any CallLedger, runs: any RunLedger,
    history: any HistoryLedger,
    policy: RetryPolicy = .patient, clock: EngineClock
  ) {
    self.settings = settings
    self.log = log
    self.gate = gate
    self.calls = calls
    self.runs = runs
    self.history = history
    self.policy = policy
    self.clock = clock
  }

  /// What a run with these bounds reads; an end that lies ahead is as good as none.
  ///
  /// - Throws: `badParameter` when nothing lies between them.
  func request(since: Timestamp?, until: Timestamp?, now: Timestamp) throws(RunFailure) -> HistoryRequest {
    let request = HistoryRequest(
      since: since ?? settings.start, until: until.flatMap { $0 < now ? $0 : nil })
    guard request.since < request.until ?? now else {
      throw .emptyHistory(since: request.since)
    }
    return request
  }

  /// Reads the history, or the rest of it; one without an end ends when the run began.
  func run(
    _ request: HistoryRequest, restart: Bool, _ run: RunContext
  ) async throws(RunFailure) {
    let (now, progress, onEvent) = (run.startedAt, run.progress, run.onEvent)
    let coverage = try await calls.coverage(now: now)
    let resync = try await history.openHistory(request, restart: restart, now: now, fence: run.fence)
    let asked = Period(start: request.since, end: request.until ?? now)
    let period = resync.period ?? Period(start: asked.end, end: asked.end)
    progress.set(period)
    try await runs.record(period, of: run.fence)
    onEvent(.period(period))
    onEvent(.directoryLoaded(numbers: coverage.listedNumbers))
    onEvent(.fetching(.historical))
    let shape = HistoryShape(
      resync, period: period, isOpen: request.until == nil, workers: settings.workers)
    onEvent(resync.hasAdvanced ? shape.resuming(resync) : .slicesPlanned(slices: resync.parts.count))
    try await finish(resync, shape, run)
    if request.until == nil, shape.isBeforeRetention(Period(start: now, end: now)) { throw .nothingKept }
    if shape.period != period {
      progress.set(shape.period)
      try await runs.record(shape.period, of: run.fence)
    }
    var counts = progress.counts
    let end = try await history.closeHistory(shape.period, asked: asked, fence: run.fence)
    counts.unmatchedCalls = end.unmatchedCalls
    progress.set(counts)
    for period in end.lost { onEvent(.lost(period)) }
    onEvent(counts.totalCalls > 0 ? .saved(calls: counts.savedCalls) : .noCalls)
  }

  /// Reads all that is open. A server that crashed meanwhile may have lost pages that it had confirmed,
  /// together with their progress; so what the database then knows to be open is read, too.
  private func finish(
    _ resync: HistoryProgress, _ shape: HistoryShape, _ run: RunContext
  ) async throws(RunFailure) {
    var resync = resync
    for _ in 0..<Self.mostRounds {
      let counter = ResyncCounter(resync, progress: run.progress)
      try await work(on: resync.open, shape, counter, run)
      resync = try await history.historyProgress(of: run.fence)
      if resync.open.isEmpty { return }
      run.onEvent(shape.resuming(resync))
    }
  }

  /// Crashes of the server that one run makes up for; closing fails when there were more.
  private static let mostRounds = 5

  /// Reads and commits side by side. What was read when reading fails is still committed, so that the next
  /// run need not ask for it; when a commit fails, all ends.
  private func work(
    on slices: [HistorySlice], _ shape: HistoryShape, _ counter: ResyncCounter, _ run: RunContext
  ) async throws(RunFailure) {
    let semaphore = WaitingLine(limit: settings.workers + Self.waitingPages)
    let lanes = PageStreams()
    let writer = HistoryWriter(
      calls: calls, run: run, isLastWord: shape.isRestart, clock: clock, semaphore: semaphore,
      counter: counter)
    let reader = HistoryReader(
      log: RunCallLog(log: log, gate: gate, isUrgent: false, policy: policy, clock: clock, run: run),
      shape: shape, clock: clock, semaphore: semaphore, lanes: lanes, writer: writer)
    let failure = await withTaskGroup(of: Ending.self) { group in
      for lane in lanes.streams {
        // Commits hold a lock that others wait for; so they never queue behind the decoding of a page.
        group.addTask(priority: .high) {
          do throws(RunFailure) {
            try await writer.write(lane)
            return .written(nil)
          } catch {
            return .written(error)
          }
        }
      }
      group.addTask {
        defer { lanes.finish() }
        return await .read(readAll(slices, reader))
      }
      var first: RunFailure?
      for await ending in group {
        switch ending {
        case .read(let failure): first = first ?? failure
        case .written(let failure):
          first = first ?? failure
          if failure != nil { group.cancelAll() }
        }
      }
      return first
    }
    if let failure { throw failure }
  }

  private enum Ending: Sendable {
    case read(RunFailure?)
    case written(RunFailure?)
  }

  /// Keeps as many readers busy as there may be, the newest slices first.
  private func readAll(_ slices: [HistorySlice], _ reader: HistoryReader) async -> RunFailure? {
    await withTaskGroup(of: Result<[HistorySlice], RunFailure>.self) { group in
      var waiting = slices
      var reading = 0
      while true {
        while reading < settings.workers, !waiting.isEmpty {
          let slice = waiting.removeFirst()
          let others = reading + waiting.count
          group.addTask(priority: .utility) {
            do throws(RunFailure) {
              return .success(try await reader.read(slice, others: others))
            } catch {
              return .failure(error)
            }
          }
          reading += 1
        }
        guard let outcome = await group.next() else { return nil }
        reading -= 1
        switch outcome {
        case .success(let parts): waiting += parts
        case .failure(let failure):
          group.cancelAll()
          return failure
        }
      }
    }
  }

  /// Pages beyond those being read that may wait to be committed.
  private static let waitingPages = 2
}

extension RetryPolicy {
  /// For a run that nobody wants to begin again: it outlasts ten minutes without Twilio.
  package static var patient: RetryPolicy {
    var policy = RetryPolicy()
    policy.attempts = 60
    policy.deadline = 600_000
    return policy
  }
}
