import CallDomain

/// Twilio's log as one run reads it: a few requests at a time together with the other runs, sent again where
/// that makes sense, counted, and with Twilio's clock compared with ours.
struct RunCallLog: CallLog {
  let log: any CallLog
  let gate: RequestGate
  /// Whether its requests go before those of runs that are not urgent.
  let isUrgent: Bool
  let policy: RetryPolicy
  let clock: EngineClock
  let progress: RunProgress
  let onEvent: @Sendable (SyncEvent) -> Void

  /// Where an answer does not come or is an error of Twilio's, it may be too large: after two attempts the pages
  /// become smaller, for the rest of the run.
  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    try await page { () async throws(RunFailure) in
      var query = query
      query.pageSize = progress.pageSize
      return try await log.list(query)
    } afterFailure: { failure, attempt in
      if failure.kind == .twilio(.transient), attempt.isMultiple(of: 2) { progress.makePagesSmaller() }
    }
  }

  func next(_ reference: String) async throws(RunFailure) -> CallPage {
    try await page { () async throws(RunFailure) in try await log.next(reference) }
  }

  func call(_ sid: CallSID) async throws(RunFailure) -> CallPage {
    try await page { () async throws(RunFailure) in try await log.call(sid) }
  }

  private func page(
    _ request: @Sendable () async throws(RunFailure) -> CallPage,
    afterFailure: (RunFailure, _ attempt: Int) -> Void = { _, _ in }
  ) async throws(RunFailure) -> CallPage {
    let start = clock.now()
    var attempt = 0
    while true {
      attempt += 1
      progress.countRequest()
      do throws(RunFailure) {
        let page = try await gate.send(isUrgent: isUrgent, request)
        try check(page)
        return page
      } catch {
        let elapsed = max(0, clock.now().milliseconds(since: start))
        let action = policy.action(after: error, attempt: attempt, elapsed: elapsed, random: clock.random())
        guard case .wait(let delay) = action else { throw error }
        afterFailure(error, attempt)
        onEvent(.retrying(attempt: attempt, delay: delay, error))
        guard (try? await clock.sleep(delay)) != nil else { throw .interrupted }
      }
    }
  }

  // Twilio's `Date` says when it answered, in whole seconds.
  private func check(_ page: CallPage) throws(RunFailure) {
    if page.unreadable > 0 { onEvent(.unreadableRecords(page.unreadable)) }
    guard let serverTime = page.serverTime else { return }
    let ahead = Int(clock.now().milliseconds(since: serverTime) / 1000)
    if abs(ahead) > ClockLimits.failure { throw .clockOff(seconds: abs(ahead)) }
    if abs(ahead) > ClockLimits.warning, progress.isFirstClockWarning() { onEvent(.clockOff(seconds: ahead)) }
  }
}

/// The way through the pages of one listing, each of which names the next. Whoever follows it tells of every
/// step, so that a listing that goes in a circle, or that has no end, ends as unfinished.
struct Listing {
  /// A day of a million calls has a thousand pages, and no bound finer than a day is promised. Ten times as many
  /// leave room for pages that are not full and for days that cannot be told apart, and are asked for within
  /// seconds where nothing else holds the run up.
  static let mostPages = 10_000

  // Of the references, which may be long, only the hashes.
  private var followed: Set<Int> = []

  /// - Throws: when the page was followed before, or when there have been too many.
  mutating func follow(_ reference: String) throws(RunFailure) {
    guard followed.insert(reference.hashValue).inserted else {
      throw .endlessListing("nombra como siguiente una página que ya había dado")
    }
    guard followed.count < Self.mostPages else {
      throw .endlessListing("tiene más de \(Self.mostPages) páginas")
    }
  }
}
