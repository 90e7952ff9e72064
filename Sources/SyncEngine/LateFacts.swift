import CallDomain

/// Asks again for calls that are not settled (Reference.md, "Hourly run"): the longest waiting first, a few
/// requests a run, so that each has its turn.
///
/// A listing that ends a little after the longest waiting call answers for all unsettled calls among
/// the thousand before its end; a single request answers for one that stands alone.
struct LateFacts {
  let log: RunCallLog
  let calls: any CallLedger
  let fence: RunFence
  let clock: EngineClock
  let progress: RunProgress

  /// Requests in a run, unless some call would otherwise wait too long.
  private static let budget = 2
  /// Each call is asked for at least every 12 hours; runs come hourly.
  private static let overdueHours = 10
  /// Requests in a run, whatever waits.
  private static let mostRequests = 500
  private static let mostCalls = 5000
  private static let reachHours = 24
  /// A listing that ended with the longest waiting call would leave those just after it, which have
  /// waited nearly as long, for a listing of their own.
  private static let aheadHours = 2

  func run(startedAt now: Timestamp, _ counter: inout RunCounter) async throws(RunFailure) {
    var waiting = try await calls.unsettled(limit: Self.mostCalls).filter { $0.askedAt < now }
    var requests = 0
    // Where Twilio takes bounds for whole days a listing misses the call it is made for.
    var listingsWork = true
    var aheadHours = Self.aheadHours
    while let longest = waiting.first, isDue(longest, now: now, after: requests) {
      requests += 1
      if listingsWork, let query = listing(for: longest, among: waiting, aheadHours: aheadHours) {
        let readAt = clock.now()
        let page = try await log.list(query)
        try await commit(IntakePage(calls: page.calls, readAt: readAt), &counter)
        let told = Set(page.calls.map(\.sid))
        if !told.contains(longest.sid) {
          // So many calls came after it that the page was full before it was reached.
          let isTooFarAhead = aheadHours > 0 && page.isAllAfter(longest.callDate)
          listingsWork = isTooFarAhead
          aheadHours = 0
        }
        waiting.removeAll { told.contains($0.sid) }
      } else {
        try await ask(for: longest.sid, &counter)
        waiting.removeFirst()
      }
    }
  }

  private func isDue(_ call: UnsettledCall, now: Timestamp, after requests: Int) -> Bool {
    if requests < Self.budget { return true }
    return requests < Self.mostRequests && call.askedAt <= now.adding(hours: -Self.overdueHours)
  }

  /// Nil when no other waiting call is near enough for a listing to answer for both.
  private func listing(
    for call: UnsettledCall, among waiting: [UnsettledCall], aheadHours: Int
  ) -> CallQuery? {
    guard let date = call.callDate else { return nil }
    let reach = Period(
      start: date.adding(hours: -Self.reachHours), end: date.adding(hours: aheadHours).adding(seconds: 1))
    let near = waiting.compactMap(\.callDate).filter(reach.contains)
    guard near.count > 1, let earliest = near.min(), let newest = near.max() else { return nil }
    return CallQuery(startedFrom: earliest, startedBefore: newest.adding(seconds: 1))
  }

  private func ask(for sid: CallSID, _ counter: inout RunCounter) async throws(RunFailure) {
    let readAt = clock.now()
    if let call = try await log.call(sid).calls.first {
      try await commit(IntakePage(calls: [call], readAt: readAt), &counter)
    } else {
      try await commit(IntakePage(calls: [], readAt: readAt, marks: [.gone([sid])]), &counter)
    }
  }

  private func commit(_ page: IntakePage, _ counter: inout RunCounter) async throws(RunFailure) {
    counter.countCommitted(try await calls.commit(page, fence: fence))
    progress.set(counter.counts)
  }
}

extension CallPage {
  fileprivate func isAllAfter(_ moment: Timestamp?) -> Bool {
    guard let moment, let earliest = calls.compactMap(\.callDate).min() else { return false }
    return moment < earliest
  }
}
