package import CallDomain

/// The historical run: everything that started in a period, in slices read side by side and committed
/// page by page (contract section 5). Memory holds the pages that are under way and nothing else.
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
  let source: CallSource
  let calls: CallLedger
  let runs: RunLedger
  let history: HistoryLedger
  let policy: RetryPolicy
  let clock: EngineClock

  package init(
    settings: Settings, source: CallSource, calls: CallLedger, runs: RunLedger, history: HistoryLedger,
    policy: RetryPolicy = .patient, clock: EngineClock
  ) {
    self.settings = settings
    self.source = source
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
      throw RunFailure(
        .badParameter,
        "El inicio del histórico (\(request.since.iso8601)) no es anterior a su fin; corrija since, until o HISTORY_START."
      )
    }
    return request
  }

  /// Does the run that holds `fence`.
  ///
  /// - Parameters:
  ///   - now: When the run began: the end of a history without one.
  ///   - progress: Told the period and the counts as they grow.
  func run(
    _ request: HistoryRequest, restart: Bool, fence: RunFence, now: Timestamp, progress: RunProgress,
    onEvent: @escaping @Sendable (SyncEvent) -> Void
  ) async throws(RunFailure) {
    let coverage = try await calls.coverage()
    let resync = try await history.open(request, restart, now, fence)
    let asked = Period(start: request.since, end: request.until ?? now)
    let period = resync.period ?? Period(start: asked.end, end: asked.end)
    progress.set(period)
    progress.set(resync.counts)
    try await runs.record(period, fence)
    onEvent(.period(period))
    onEvent(.directoryLoaded(numbers: coverage.listedNumbers))
    onEvent(.fetching(.historical))
    if resync.isContinued {
      onEvent(.resuming(slicesDone: resync.slicesDone, slices: resync.parts.count))
    } else {
      onEvent(.slicesPlanned(slices: resync.parts.count))
    }
    let shape = HistoryShape(resync, period: period, workers: settings.workers)
    var tally = HistoryTally(resync)
    try await work(resync.open, shape, &tally, fence, progress, onEvent)
    if shape.period != period {
      progress.set(shape.period)
      try await runs.record(shape.period, fence)
    }
    tally.counts.unmatchedCalls = try await history.close(shape.period, asked, fence)
    progress.set(tally.counts)
    onEvent(tally.counts.totalCalls > 0 ? .saved(calls: tally.counts.savedCalls) : .noCalls)
  }

  /// Reads and commits side by side; a failure of either ends both.
  private func work(
    _ slices: [HistorySlice], _ shape: HistoryShape, _ tally: inout HistoryTally, _ fence: RunFence,
    _ progress: RunProgress, _ onEvent: @escaping @Sendable (SyncEvent) -> Void
  ) async throws(RunFailure) {
    let (stream, commits) = AsyncStream.makeStream(of: HistoryCommit.self)
    let places = Turnstile(limit: settings.workers + Self.waitingPages)
    let pages = HistoryReader(
      reader: SourceReader(
        source: source, policy: policy, clock: clock, progress: progress, onEvent: onEvent),
      shape: shape, clock: clock, places: places, commits: commits, onEvent: onEvent)
    let writer = HistoryWriter(
      calls: calls, fence: fence, clock: clock, places: places, progress: progress, onEvent: onEvent)
    let begun = tally
    let (ended, failure) = await withTaskGroup(of: Ending.self) { group in
      group.addTask { await .written(writer.write(stream, begun)) }
      group.addTask {
        defer { commits.finish() }
        return await .read(readAll(slices, pages))
      }
      var ended = begun
      var failure: RunFailure?
      for await ending in group {
        switch ending {
        case .written(.success(let tally)): ended = tally
        case .written(.failure(let error)):
          failure = failure ?? error
          group.cancelAll()
        // What was read until then is still committed, so that the next run need not ask for it.
        case .read(let error): failure = failure ?? error
        }
      }
      return (ended, failure)
    }
    tally = ended
    if let failure { throw failure }
  }

  private enum Ending: Sendable {
    case read(RunFailure?)
    case written(Result<HistoryTally, RunFailure>)
  }

  /// Keeps as many readers busy as there may be, the newest slices first.
  private func readAll(_ slices: [HistorySlice], _ pages: HistoryReader) async -> RunFailure? {
    await withTaskGroup(of: Result<SliceOutcome, RunFailure>.self) { group in
      var waiting = slices
      var reading = 0
      while true {
        while reading < settings.workers, !waiting.isEmpty {
          let slice = waiting.removeFirst()
          let others = reading + waiting.count
          group.addTask {
            do throws(RunFailure) {
              return .success(try await pages.read(slice, others: others))
            } catch {
              return .failure(error)
            }
          }
          reading += 1
        }
        guard let outcome = await group.next() else { return nil }
        reading -= 1
        switch outcome {
        case .success(.read): continue
        case .success(.replaced(let parts)): waiting += parts
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
