import CallDomain

/// Asks again for calls that are not settled (Reference.md, "Hourly run"): the longest waiting first, a few
/// requests a run, so that each has its turn.
///
/// A listing that ends a little after the longest waiting call answers for all unsettled calls among the thousand
/// before its end; a single request answers for one that stands alone. Where Twilio takes bounds for whole days
/// such a listing misses the call it is made for; then the days are listed on which many wait. A listing that
/// Twilio does not give, as one of a time that it keeps no longer, holds up nothing: each call is asked for alone.
struct LateFacts {
  let log: RunCallLog
  let commits: RunCommits
  let clock: EngineClock
  /// How often runs come.
  let everyMinutes: Int

  /// Requests in a run, unless some call would otherwise wait too long.
  private static let budget = 2
  /// Each call is asked for at least every 12 hours, also where the next run fails; in each run where runs are rare.
  private var overdueMinutes: Int { max(0, 12 * 60 - 2 * everyMinutes) }
  /// Where runs come more often than that, no call is asked for in each of them.
  private var restMinutes: Int { max(0, 60 - everyMinutes) }
  /// Requests in a run, whatever waits.
  private static let mostRequests = 500
  private static let mostCalls = 5000
  /// Calls that were set aside, tried again in a run.
  private static let mostRefused = 20
  /// So many calls of one day are worth listing it.
  private static let crowd = 10

  func run(_ counter: inout RunCounter) async throws(RunFailure) {
    let now = commits.run.startedAt
    var waiting = try await commits.calls.unsettled(limit: Self.mostCalls).filter { $0.askedAt < now }
    var requests = 0
    var failures = 0
    var listings = Listings.ahead
    var listedDays: Set<Timestamp> = []
    while failures < RunCallLog.mostNotGiven, let longest = waiting.first,
      isDue(longest, now: now, after: requests)
    {
      if let query = listings.query(for: longest, among: waiting) {
        requests += 1
        let readAt = clock.now()
        let page = try await log.given(orTell: SyncEvent.listNotGiven) { () async throws(RunFailure) in
          try await log.list(query)
        }
        guard let page else {
          listings = .none
          failures += 1
          continue
        }
        try await commits.commit(IntakePage(calls: page.calls, readAt: readAt), &counter)
        listings.note(page, of: longest)
        waiting.removeAll(toldBy: page)
      } else if listings == .wholeDays, let day = longest.callDate?.startOfDay,
        waiting.count(where: { $0.callDate?.startOfDay == day }) >= Self.crowd,
        listedDays.insert(day).inserted
      {
        requests += try await listDay(day, &listings, &waiting, &counter)
        if listings == .none { failures += 1 }
      } else {
        requests += 1
        failures = try await ask(for: longest.sid, startedAt: now, &counter) ? 0 : failures + 1
        waiting.removeFirst()
      }
    }
    for sid in try await commits.calls.refused(dueAt: now, limit: Self.mostRefused)
    where failures < RunCallLog.mostNotGiven {
      failures = try await ask(for: sid, startedAt: now, &counter) ? 0 : failures + 1
    }
  }

  private func isDue(_ call: UnsettledCall, now: Timestamp, after requests: Int) -> Bool {
    if requests < Self.budget { return call.askedAt <= now.adding(minutes: -restMinutes) }
    return requests < Self.mostRequests && call.askedAt <= now.adding(minutes: -overdueMinutes)
  }

  /// Lists a day until all that wait of it are told, in no more requests than asking for each would take.
  ///
  /// - Returns: How many requests that took.
  private func listDay(
    _ day: Timestamp, _ listings: inout Listings, _ waiting: inout [UnsettledCall],
    _ counter: inout RunCounter
  ) async throws(RunFailure) -> Int {
    let most = waiting.count { $0.callDate?.startOfDay == day }
    let query = CallQuery(startedFrom: day, startedBefore: day.startOfNextDay)
    var listing = Listing(in: log)
    var next: String?
    for requests in 1...most {
      let readAt = clock.now()
      let page = try await log.given(orTell: SyncEvent.listNotGiven) { () async throws(RunFailure) in
        if let next { try await listing.next(next, of: query) } else { try await listing.first(query) }
      }
      guard let page else {
        listings = .none
        return requests
      }
      try await commits.commit(IntakePage(calls: page.calls, readAt: readAt), &counter)
      waiting.removeAll(toldBy: page)
      next = page.next
      guard next != nil, waiting.contains(where: { $0.callDate?.startOfDay == day }) else { return requests }
    }
    return most
  }

  /// A call that Twilio cannot give holds up no other. How old it is then goes by the run's start, by a clock that has
  /// been compared with Twilio's: an answer without a call tells no time.
  ///
  /// - Returns: Whether Twilio answered.
  private func ask(
    for sid: CallSID, startedAt now: Timestamp, _ counter: inout RunCounter
  ) async throws(RunFailure) -> Bool {
    let readAt = clock.now()
    let page = try await log.given(orTell: { .callNotGiven(sid, $0) }) { () async throws(RunFailure) in
      try await log.call(sid)
    }
    guard let page else {
      try await commits.commit(IntakePage(calls: [], readAt: now, marks: [.notGiven([sid])]), &counter)
      return false
    }
    let isGone = page.calls.isEmpty
    try await commits.commit(
      IntakePage(
        calls: page.calls, readAt: isGone ? now : readAt, marks: isGone ? [.gone([sid])] : []),
      &counter)
    return true
  }
}

/// How waiting calls are listed together.
private enum Listings {
  /// A listing reaches two hours beyond the longest waiting call: one that ended with it would leave those just
  /// after it, which have waited nearly as long, for a listing of their own.
  case ahead
  /// It ends with the longest waiting call: so many calls came after it that a page was full before it was reached.
  case exact
  /// Twilio takes bounds for whole days.
  case wholeDays
  /// Twilio did not give one.
  case none

  private static let reachHours = 24

  /// Nil when no other waiting call is near enough for a listing to answer for both.
  func query(for call: UnsettledCall, among waiting: [UnsettledCall]) -> CallQuery? {
    guard self == .ahead || self == .exact, let date = call.callDate else { return nil }
    let reach = Period(
      start: date.adding(hours: -Self.reachHours),
      end: date.adding(hours: self == .ahead ? 2 : 0).adding(seconds: 1))
    let near = waiting.compactMap(\.callDate).filter(reach.contains)
    guard near.count > 1, let earliest = near.min(), let newest = near.max() else { return nil }
    return CallQuery(startedFrom: earliest, startedBefore: newest.adding(seconds: 1))
  }

  /// Learns from the page of a listing that was made for this call.
  mutating func note(_ page: CallPage, of call: UnsettledCall) {
    guard !page.calls.contains(where: { $0.sid == call.sid }) else { return }
    let earliest = page.calls.compactMap(\.callDate).min()
    let isAllLater = call.callDate.flatMap { date in earliest.map { date < $0 } } ?? false
    self = self == .ahead && isAllLater ? .exact : .wholeDays
  }
}

extension [UnsettledCall] {
  fileprivate mutating func removeAll(toldBy page: CallPage) {
    let told = Set(page.calls.map(\.sid))
    removeAll { told.contains($0.sid) }
  }
}
