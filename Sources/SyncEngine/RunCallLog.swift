import CallDomain

/// Twilio's log as one run reads it: a few requests at a time together with the other runs, sent again where
/// that makes sense, counted, and with Twilio's clock compared with ours.
///
/// Where an answer does not come, or fails twice, it may be too large: the pages become smaller then, for the
/// rest of the run.
struct RunCallLog: Sendable {
  let log: any CallLog
  let gate: RequestGate
  /// Whether its requests go before those of runs that are not urgent.
  let isUrgent: Bool
  let policy: RetryPolicy
  let clock: EngineClock
  let run: RunContext

  /// The first page of a listing that is not followed any further.
  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    try await firstPage(query).page
  }

  /// The first page of a listing, and how many calls were asked for on it.
  func firstPage(_ query: CallQuery) async throws(RunFailure) -> (page: CallPage, size: Int) {
    var attempts = Attempts()
    while true {
      var sized = query
      sized.pageSize = run.progress.pageSize
      let asked = sized
      let page = try await attempt(&attempts, ofSize: asked.pageSize) { () async throws(RunFailure) in
        try await log.list(asked)
      }
      if let page { return (page, asked.pageSize) }
    }
  }

  /// A further page of a listing.
  ///
  /// - Parameter size: How many calls are on it at the most.
  /// - Returns: Nil where it may be too large: a page names its size and cannot be asked for in another one, so
  ///   the listing is to be begun anew.
  func next(_ reference: String, ofSize size: Int) async throws(RunFailure) -> CallPage? {
    var attempts = Attempts()
    while true {
      let page = try await attempt(&attempts, ofSize: size) { () async throws(RunFailure) in
        try await log.next(reference)
      }
      if page != nil || attempts.isTooLarge { return page }
    }
  }

  func call(_ sid: CallSID) async throws(RunFailure) -> CallPage {
    var attempts = Attempts()
    while true {
      let page = try await attempt(&attempts, ofSize: nil) { () async throws(RunFailure) in
        try await log.call(sid)
      }
      if let page { return page }
    }
  }

  /// Requests that fail one after the other: then Twilio gives nothing, and the rest is not asked for.
  static let mostNotGiven = 3

  /// Asks for what the run can do without.
  ///
  /// - Returns: Nil where Twilio does not give it, which is told.
  /// - Throws: What is not about this request.
  func given(
    orTell event: (RunFailure) -> SyncEvent, _ request: () async throws(RunFailure) -> CallPage
  ) async throws(RunFailure) -> CallPage? {
    do throws(RunFailure) {
      return try await request()
    } catch {
      guard case .twilio(let fault) = error.kind, fault != .throttled, fault != .clock else { throw error }
      run.onEvent(event(error))
      return nil
    }
  }

  /// Sends a request once more.
  ///
  /// - Parameter size: Calls on the page that is asked for; nil for what is no page of a listing.
  /// - Returns: Nil after a failure and the pause that it is worth.
  private func attempt(
    _ attempts: inout Attempts, ofSize size: Int?,
    _ request: @Sendable () async throws(RunFailure) -> CallPage
  ) async throws(RunFailure) -> CallPage? {
    attempts.begin(ofSize: size, at: clock.now())
    run.progress.countRequest()
    do throws(RunFailure) {
      let page = try await gate.send(isUrgent: isUrgent, request)
      try check(page)
      return page
    } catch {
      if let size, attempts.failedBySize(error) {
        run.progress.makePagesSmaller(than: size)
        attempts.isTooLarge = run.progress.pageSize < size
      }
      // What it took to fail is not taken from the time of the smaller page.
      let elapsed = attempts.isTooLarge ? 0 : max(0, clock.now().milliseconds(since: attempts.start))
      let action = policy.action(
        after: error, attempt: attempts.count, elapsed: elapsed, random: clock.random())
      guard case .wait(let delay) = action else { throw error }
      run.onEvent(.retrying(attempt: attempts.count, delay: delay, error))
      guard (try? await clock.sleep(delay)) != nil else { throw .interrupted }
      return nil
    }
  }

  // Twilio's `Date` says when it answered, in whole seconds.
  private func check(_ page: CallPage) throws(RunFailure) {
    if page.unreadable > 0 { run.onEvent(.unreadableRecords(page.unreadable)) }
    guard let serverTime = page.serverTime else { return }
    let ahead = Int(clock.now().milliseconds(since: serverTime) / 1000)
    // A clock that was put right since the run began: it would take in the log up to a time that is still to come.
    let begunAhead = Int(run.startedAt.milliseconds(since: serverTime) / 1000)
    let off = max(abs(ahead), begunAhead)
    if off > ClockLimits.failure { throw .clockOff(seconds: off) }
    if abs(ahead) > ClockLimits.warning, run.progress.isFirstClockWarning() {
      run.onEvent(.clockOff(seconds: ahead))
    }
  }
}

/// The requests that were sent for one page, and how they failed.
private struct Attempts {
  private(set) var count = 0
  /// When the first for a page of this size was sent.
  private(set) var start = Timestamp.epoch
  /// Whether the last one failed for a page that is larger than those of the run are now.
  var isTooLarge = false
  private var size: Int?
  private var failures = 0

  mutating func begin(ofSize size: Int?, at now: Timestamp) {
    count += 1
    isTooLarge = false
    guard count == 1 || size != self.size else { return }
    self.size = size
    start = now
    failures = 0
  }

  /// Whether this failure may come from the size of the answer. An answer that did not come took long enough.
  mutating func failedBySize(_ failure: RunFailure) -> Bool {
    switch failure.kind {
    case .twilio(.unanswered): return true
    case .twilio(.transient):
      failures += 1
      return failures > 1
    default: return false
    }
  }
}

/// The way through the pages of one listing, each of which names the next. A listing that goes in a circle, or
/// that has no end, ends as unfinished.
struct Listing {
  /// A day of a million calls has a thousand pages, and no bound finer than a day is promised. Ten times as many
  /// leave room for pages that are not full and for days that cannot be told apart, and are asked for within
  /// seconds where nothing else holds the run up.
  static let mostPages = 10_000

  private let log: RunCallLog
  /// Calls on a page; where an earlier run began the listing, nobody knows, and they may be the largest.
  private var pageSize = CallQuery.largestPage
  // Of the references, which may be long, only the hashes.
  private var followed: Set<Int> = []

  init(in log: RunCallLog) {
    self.log = log
  }

  /// Begins the listing, or begins it anew.
  mutating func first(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    let (page, size) = try await log.firstPage(query)
    pageSize = size
    followed = []
    return page
  }

  /// The page that the one before names.
  ///
  /// - Returns: Nil where it may be too large: the listing is to be begun anew, and has smaller pages then.
  /// - Throws: Also when the page was followed before, or when there have been too many.
  mutating func next(_ reference: String) async throws(RunFailure) -> CallPage? {
    guard followed.insert(reference.hashValue).inserted else {
      throw .endlessListing("nombra como siguiente una página que ya había dado")
    }
    guard followed.count < Self.mostPages else {
      throw .endlessListing("tiene más de \(Self.mostPages) páginas")
    }
    return try await log.next(reference, ofSize: pageSize)
  }

  /// The same; where the page may be too large the first one of the listing begun anew, with calls that have
  /// been told before.
  ///
  /// - Parameter query: What is listed.
  mutating func next(_ reference: String, of query: CallQuery) async throws(RunFailure) -> CallPage {
    if let page = try await next(reference) { return page }
    return try await first(query)
  }
}
