import BlockingWork
package import CallDomain

/// Reads slices of the history: pages go to the writers, as many at once as the semaphore admits, so that
/// a slow database slows the reading and fills no memory.
///
/// Twilio promises whole UTC dates as bounds and no more; it may honour the time of day always, never, or in
/// one answer and not in the next. Midnights are the same either way, and a lower bound that is cut to its
/// date gives more calls, which are filtered again. Only an upper bound within a day can lose calls. So it is
/// a midnight, but where the slice lies within that day: cut to its date, such a bound leaves nothing of the
/// day, or the calls of its midnight, so an answer with a later call of the day proves that it is whole up to
/// its bound. Every page is held to that by itself; one that proves nothing is not believed, and the slice is
/// read anew up to the next midnight.
struct HistoryReader: Sendable {
  let log: RunCallLog
  let shape: HistoryShape
  let clock: EngineClock
  /// Pages that are being read or wait to be committed.
  let semaphore: WaitingLine
  let lanes: PageStreams
  let writer: HistoryWriter

  /// Reads one slice, from where it is.
  ///
  /// - Parameter others: How many other slices are being read or wait.
  /// - Returns: The slices that are to be read instead, none when this one was read to its end.
  func read(_ slice: HistorySlice, others: Int) async throws(RunFailure) -> [HistorySlice] {
    if shape.isBeforeRetention(slice.period) {
      return try await writer.replace(slice, by: [], dropping: shape.share(of: slice.period))
    }
    var slice = slice
    let isWithinDay = shape.isBoundWithinDay(slice)
    var seen = RecentCalls(slice.lastPage)
    slice.lastPage = []
    var listing = Listing(in: log)
    // What is not covered yet; calls come newest first.
    var rest = slice.period
    while true {
      guard await semaphore.enter() == .admitted else { throw .interrupted }
      let readAt = clock.now()
      let answer: CallPage?
      do throws(RunFailure) {
        answer = try await request(slice, isWithinDay: isWithinDay, of: &listing)
      } catch {
        semaphore.leave()
        return try await recover(slice, Period(start: rest.end, end: slice.period.end), from: error)
      }
      guard let page = answer else {
        semaphore.leave()
        return try await beginAnew(slice, Period(start: rest.end, end: slice.period.end))
      }
      if slice.next == nil { shape.noteAnswer(from: slice.period.start) }
      if isWithinDay, !page.hasCall(after: slice.period.start.startOfDay) {
        semaphore.leave()
        shape.noteCoarseDay(of: slice.period.start)
        return try await beginAnew(slice, Period(start: rest.end, end: slice.period.end))
      }
      if slice.next == nil, let parts = try await parts(of: slice, after: page, others: others) {
        semaphore.leave()
        return try await writer.replace(slice, by: parts)
      }
      let calls = page.calls.filter { slice.period.containsStart(of: $0) }
      let repeated = Set(calls.map(\.sid).filter(seen.contains))
      let step = SliceStep(
        slice: slice, next: page.next, listed: count(calls, &seen), calls: calls.map(\.sid),
        repeated: repeated, period: shape.period)
      let covered = rest.cut(backTo: page.next == nil ? nil : calls.compactMap(\.callDate).min())
      rest = Period(start: rest.start, end: covered.start)
      lanes.send(
        HistoryCommit(calls: calls, readAt: readAt, step: step, share: shape.share(of: covered)))
      guard let next = page.next else { return [] }
      slice.next = next
    }
  }

  /// - Returns: Nil where the next page may be too large.
  private func request(
    _ slice: HistorySlice, isWithinDay: Bool, of listing: inout Listing
  ) async throws(RunFailure) -> CallPage? {
    if let next = slice.next { return try await listing.next(next) }
    let end = slice.period.end
    return try await listing.first(
      CallQuery(startedFrom: slice.period.start, startedBefore: isWithinDay ? end : end.roundedUpToDay))
  }

  /// Has the slice listed anew; its calls are committed a second time, which does no harm.
  ///
  /// - Parameter covered: What of the slice has been read, in vain now.
  private func beginAnew(
    _ slice: HistorySlice, _ covered: Period
  ) async throws(RunFailure) -> [HistorySlice] {
    try await writer.replace(
      slice, by: shape.numbered([slice.period]), dropping: -shape.share(of: covered))
  }

  /// Calls that new ones have pushed onto the next page are told twice and counted once.
  private func count(_ calls: [Call], _ seen: inout RecentCalls) -> RunCounts {
    var listed = RunCounts()
    for call in calls where seen.insert(call.sid) { listed.count(call) }
    return listed
  }
}

/// The calls of a listing's newest pages, among which those are that new calls push onto a later page: at least the
/// last `most`, and fewer than twice as many, however long the listing is.
package struct RecentCalls: Sendable {
  /// Those of ten of the largest pages: between two pages there is time for more calls than one page has only where
  /// Twilio or the database is away, which ends the run after ten minutes.
  package static let most = 10_000

  private var older: Set<CallSID> = []
  private var newer: Set<CallSID>

  package init(_ calls: Set<CallSID> = []) {
    newer = calls
  }

  package var count: Int { older.count + newer.count }

  /// Whether the call is one of them.
  package func contains(_ call: CallSID) -> Bool {
    newer.contains(call) || older.contains(call)
  }

  /// - Returns: Whether it was none of them.
  package mutating func insert(_ call: CallSID) -> Bool {
    // One that is seen again keeps its age: moved to the newer ones, it would have others forgotten too soon.
    guard !contains(call) else { return false }
    newer.insert(call)
    if newer.count >= Self.most { (older, newer) = (newer, []) }
    return true
  }
}

// MARK: - Large slices

extension HistoryReader {
  private func parts(
    of slice: HistorySlice, after page: CallPage, others: Int
  ) async throws(RunFailure) -> [HistorySlice]? {
    guard page.next != nil, let earliest = page.calls.compactMap(\.callDate).min() else { return nil }
    let plan = shape.plan
    let pages = plan.pages(in: slice.period, firstPageBackTo: earliest)
    // Where pages queue up for the database, more readers would not help it.
    let others = semaphore.isFull ? Int.max / 2 : others
    if let parts = plan.parts(of: slice.period, pages: pages, others: others) { return shape.numbered(parts) }
    guard shape.mayBoundWithinDay(of: slice.period.start) else { return nil }
    let bounds = plan.boundsWithinDay(
      of: slice.period, pages: pages, firstPageBackTo: earliest, others: others)
    for bound in bounds {
      let older = Period(start: slice.period.start, end: bound)
      guard try await honours(older) else { continue }
      return shape.numbered([Period(start: bound, end: slice.period.end), older])
    }
    return nil
  }

  /// Whether Twilio shows calls of a part of a day when it is asked for that part. An empty answer may mean
  /// that there are none; nobody can tell.
  private func honours(_ part: Period) async throws(RunFailure) -> Bool {
    let page = try await log.list(CallQuery(startedFrom: part.start, startedBefore: part.end))
    return page.hasCall(after: part.start.startOfDay, before: part.end)
  }
}

// MARK: - What Twilio no longer gives

extension HistoryReader {
  /// - Parameter covered: What of the slice has been read, in vain now.
  private func recover(
    _ slice: HistorySlice, _ covered: Period, from failure: RunFailure
  ) async throws(RunFailure) -> [HistorySlice] {
    switch failure.kind {
    // A next page may be refused for whatever reason, as one that was stored long ago.
    case .twilio(.refused), .twilio(.retention):
      guard slice.next == nil else {
        guard shape.mayRestart(slice.period) else { throw failure }
        return try await beginAnew(slice, covered)
      }
      guard failure.kind == .twilio(.retention), shape.mayBeginAfter(slice.period.start) else {
        throw failure
      }
      let start = try await retentionStart(in: slice.period)
      if shape.moveRetention(to: start) { log.run.onEvent(.retentionReached(start: start)) }
      let rest = Period(start: start, end: slice.period.end)
      let gone = Period(start: slice.period.start, end: min(start, slice.period.end))
      return try await writer.replace(
        slice, by: start < rest.end ? shape.numbered([rest]) : [],
        dropping: shape.share(of: gone) - shape.share(of: covered))
    default: throw failure
    }
  }

  /// The first midnight in the period from which on Twilio answers, the period's end without one. Twilio
  /// says that it keeps nothing older (20004), not how far it reaches: halving finds it in a few requests.
  private func retentionStart(in period: Period) async throws(RunFailure) -> Timestamp {
    var refused = period.start
    var kept = period.end
    while true {
      let middle = Timestamp(milliseconds: (refused.milliseconds + kept.milliseconds) / 2).startOfNextDay
      let bound = middle < kept ? middle : refused.startOfNextDay
      guard bound < kept else { return kept }
      do throws(RunFailure) {
        _ = try await log.list(CallQuery(startedFrom: bound, startedBefore: bound.startOfNextDay))
        kept = bound
      } catch {
        guard error.kind == .twilio(.retention) else { throw error }
        refused = bound
      }
    }
  }
}

extension Period {
  /// Its end, from a moment on; all of it without one.
  fileprivate func cut(backTo moment: Timestamp?) -> Period {
    Period(start: moment.map { min(max($0, start), end) } ?? start, end: end)
  }

  // A call whose time cannot be read is where Twilio listed it.
  fileprivate func containsStart(of call: Call) -> Bool {
    call.callDate.map(contains) ?? true
  }
}

extension CallPage {
  fileprivate func hasCall(after start: Timestamp, before end: Timestamp? = nil) -> Bool {
    calls.compactMap(\.callDate).contains { moment in start < moment && end.map { moment < $0 } ?? true }
  }
}
