package import CallDomain

/// Compares what is stored with Twilio's list, a UTC day at a time (Reference.md, "Audit"). It changes no call.
///
/// A day's list is read from its end on; each page covers a span of the day, of which the rows are read. Nobody
/// promises the order of a list to the second, so the oldest minute of a page waits for the next one.
package struct AuditRun: Sendable {
  let log: any CallLog
  let gate: RequestGate
  let audits: any AuditLedger
  let runs: any RunLedger
  let clock: EngineClock

  package init(
    log: any CallLog, gate: RequestGate, audits: any AuditLedger, runs: any RunLedger, clock: EngineClock
  ) {
    self.log = log
    self.gate = gate
    self.audits = audits
    self.runs = runs
    self.clock = clock
  }

  /// Seconds after which a daily audit stops and keeps its place.
  private static let dailySeconds = 60
  private static let usualDays = 7
  private static let mostDays = 400

  /// The whole UTC days that an audit with these bounds looks at, all of which have ended: without bounds the seven
  /// that ended at least 48 hours ago, so that nothing of them is still on its way.
  ///
  /// - Throws: `badParameter` for none, and for too many.
  func period(since: Timestamp?, until: Timestamp?, now: Timestamp) throws(RunFailure) -> Period {
    let settled = now.adding(hours: -48).startOfDay
    let usualEnd = since.map { $0 < settled ? settled : now.startOfDay } ?? settled
    let end = min(until?.roundedUpToDay ?? usualEnd, now.startOfDay)
    let start = since?.startOfDay ?? end.adding(hours: -24 * Self.usualDays)
    guard start < end, end <= start.adding(hours: 24 * Self.mostDays) else {
      throw .badAudit(mostDays: Self.mostDays)
    }
    return Period(start: start, end: end)
  }

  func run(_ period: Period, isDaily: Bool, _ run: RunContext) async throws(RunFailure) {
    run.progress.set(period)
    try await runs.record(period, of: run.fence)
    run.onEvent(.period(period))
    run.onEvent(.fetching(.audit))
    var audit = try await audits.openAudit(period, fence: run.fence)
    var days: [Timestamp] = []
    var next = period.start
    while next < period.end {
      days.append(next)
      next = next.startOfNextDay
    }
    let share = 1 / Double(days.count)
    run.onEvent(
      audit == AuditProgress()
        ? .slicesPlanned(slices: days.count)
        : .resuming(
          slicesDone: audit.days.count, slices: days.count,
          share: share * (Double(audit.days.count) + (audit.open.map { 1 - DayAudit.rest(of: $0) } ?? 0))))
    func reading(_ policy: RetryPolicy) -> RunCallLog {
      RunCallLog(log: log, gate: gate, isUrgent: false, policy: policy, clock: clock, run: run)
    }
    var reader = DayAudit(
      log: reading(isDaily ? RetryPolicy() : .patient), singles: reading(RetryPolicy()), audits: audits,
      run: run, start: period.start, share: share,
      mayGoOn: { !isDaily || clock.now() < run.startedAt.adding(seconds: Self.dailySeconds) })
    run.progress.set(audit.days)
    for day in days.dropFirst(audit.days.count) {
      if audit.open?.day.day != day { audit.open = AuditProgress.OpenDay(day) }
      let isLast = day.startOfNextDay == period.end
      let done = try await reader.read(day, isLast: isLast, &audit)
      run.progress.set(audit.days)
      run.onEvent(.dayAudited(done))
      guard isLast || reader.mayGoOn() else { throw .auditPaused }
    }
    if let whatToDo = audit.days.whatToDo { run.onEvent(.auditDiffers(whatToDo)) }
  }
}

/// How a day of an audit is read.
private struct DayAudit {
  let log: RunCallLog
  /// For calls that are asked for alone: an audit can do without.
  let singles: RunCallLog
  let audits: any AuditLedger
  let run: RunContext
  /// Of the audit's period.
  let start: Timestamp
  /// The part of the whole run that a day is.
  let share: Double
  let mayGoOn: () -> Bool
  /// Calls asked for alone that Twilio did not give, one after the other, over all days of the run.
  var notGiven = 0

  /// Seconds by which calls of a list may be out of order.
  private static let disorder = 60
  /// Calls of a day that are asked for alone.
  private static let mostAsked = 200
  private static let mostRestarts = 5

  /// The part of a day that is still to be compared.
  static func rest(of open: AuditProgress.OpenDay) -> Double {
    Double(open.comparedFrom.milliseconds(since: open.day.day)) / 86_400_000
  }

  mutating func read(
    _ day: Timestamp, isLast: Bool, _ audit: inout AuditProgress
  ) async throws(RunFailure) -> AuditDay {
    var isBounded = (audit.open?.comparedFrom ?? day.startOfNextDay) < day.startOfNextDay
    var restarts = 0
    var isDone = false
    while !isDone {
      var isAnswered = false
      do throws(RunFailure) {
        isDone = try await readList(&isBounded, &isAnswered, &audit)
      } catch {
        switch error.kind {
        case .twilio(.retention) where !isAnswered:
          audit.open = AuditProgress.OpenDay(day)
          audit.open?.day.isKept = false
          isDone = true
        // A page token may be refused for whatever reason, as when its call is deleted; also as one of a time that is
        // kept no longer, where the list's first page was given.
        case .twilio(.refused), .twilio(.retention):
          guard restarts < Self.mostRestarts else { throw error }
          restarts += 1
        default: throw error
        }
      }
    }
    guard var open = audit.open else { return AuditDay(day) }
    open.day.run = run.fence.run
    audit.close(open.day, isLast: isLast)
    try await audits.keep(audit, verdicts: [open.day], gone: open.gone, fence: run.fence)
    return open.day
  }

  /// Reads the list once, from the place that has been reached.
  ///
  /// An upper bound within the day is no promise (see `HistoryReader`): cut to its date it leaves nothing of the day,
  /// so that a page without a later call proves nothing, and the day is listed whole.
  ///
  /// - Parameter isAnswered: Set once Twilio has given a page.
  /// - Returns: Whether it came to its end; else it is to be begun anew.
  private mutating func readList(
    _ isBounded: inout Bool, _ isAnswered: inout Bool, _ audit: inout AuditProgress
  ) async throws(RunFailure) -> Bool {
    guard var open = audit.open else { return true }
    let (day, from) = (open.day.period, open.comparedFrom)
    var listing = Listing(in: log)
    var page = try await listing.first(
      CallQuery(startedFrom: day.start, startedBefore: isBounded ? from : day.end))
    isAnswered = true
    var waiting: [CallSID: Call] = [:]
    while true {
      let dates = page.calls.compactMap(\.callDate)
      if isBounded, !dates.contains(where: { $0 > day.start }) {
        isBounded = false
        return false
      }
      for call in page.calls where call.callDate.map({ day.start <= $0 && $0 < from }) ?? true {
        waiting[call.sid] = call
      }
      let reached =
        page.next == nil
        ? day.start : dates.min()?.adding(seconds: Self.disorder) ?? open.comparedFrom
      let span = Period(
        start: min(max(reached, day.start), open.comparedFrom), end: open.comparedFrom)
      if page.next == nil || span.start < span.end {
        let due = waiting.values.filter { $0.callDate.map { $0 >= span.start } ?? true }
        try await compare(due, span, &audit)
        for call in due { waiting[call.sid] = nil }
        audit.open?.comparedFrom = span.start
        open.comparedFrom = span.start
        run.onEvent(
          .pageStored(
            calls: due.count, share: share * Double(span.end.milliseconds(since: span.start)) / 86_400_000))
      }
      guard let next = page.next else { return true }
      try await audits.keep(audit, verdicts: [], gone: nil, fence: run.fence)
      guard mayGoOn() else { throw .auditPaused }
      guard let further = try await listing.next(next) else { return false }
      page = further
    }
  }

  /// Compares calls with the rows of a span; what looks as if it were gone or different is asked for alone first, and
  /// compared once more with its row as it is then. One that Twilio does not give counts as it looks; the lists tell
  /// whether Twilio is there at all.
  private mutating func compare(
    _ calls: [Call], _ span: Period, _ audit: inout AuditProgress
  ) async throws(RunFailure) {
    guard var open = audit.open else { return }
    let day = open.day.period
    var page = AuditPage(
      done: [Period(start: start, end: day.start), Period(start: span.end, end: day.end)], span: span,
      calls: calls.filter { !open.given.contains($0.sid.text) }, known: open.given, changed: audit.changed)
    var asked: Set<CallSID> = []
    while true {
      let found = try await audits.compare(page)
      let doubtful = found.doubtful.filter { !asked.contains($0) }.prefix(max(0, Self.mostAsked - open.asked))
      guard !doubtful.isEmpty else {
        audit.open = open
        let corrected = audit.count(found)
        if !corrected.isEmpty {
          run.progress.set(audit.days)
          try await audits.keep(audit, verdicts: corrected, gone: nil, fence: run.fence)
          for day in corrected { run.onEvent(.dayAudited(day)) }
        }
        var counts = RunCounts()
        for call in page.calls { counts.count(call) }
        counts.savedCalls = found.storedCalls
        run.progress.add(counts)
        return
      }
      for sid in doubtful where open.asked < Self.mostAsked {
        asked.insert(sid)
        open.asked += 1
        guard let given = try await ask(for: sid, &open) else { continue }
        page.calls.removeAll { $0.sid == sid }
        guard let answer = given.calls.first else {
          open.gone.insert(sid.text)
          continue
        }
        open.given.insert(sid.text)
        // One that began on another day is compared with that.
        if answer.callDate.map(day.contains) ?? true {
          page.calls.append(answer)
        } else {
          page.known.insert(sid.text)
        }
      }
    }
  }

  /// Who may list calls and not fetch one asks for no other of the day; and where several are not given one after the
  /// other, for none of the run.
  ///
  /// - Returns: Nil where Twilio does not give the call, which is told.
  private mutating func ask(
    for sid: CallSID, _ open: inout AuditProgress.OpenDay
  ) async throws(RunFailure) -> CallPage? {
    guard notGiven < RunCallLog.mostNotGiven else {
      open.asked = Self.mostAsked
      return nil
    }
    var kind: RunFailure.Kind?
    let told = { (failure: RunFailure) -> SyncEvent in
      kind = failure.kind
      return .callNotCompared(sid, failure)
    }
    let page = try await singles.given(orTell: told) { () async throws(RunFailure) in
      try await singles.call(sid)
    }
    notGiven = page == nil ? notGiven + 1 : 0
    if let kind, [.twilio(.refused), .twilio(.permanent), .twilio(.unauthorized)].contains(kind) {
      open.asked = Self.mostAsked
    }
    return page
  }
}
