import CallDomain
import CallStore
import TestSupport
import Testing

/// Everything that runs and those who look at them do with the tables, once, so that each permission is needed for something.
struct WholeService {
  let store: CallStore

  private static let start = makeTime("2025-08-01T00:00:00Z")
  private static let now = makeTime("2026-03-01T12:00:00Z")

  func run() async throws {
    try await hourly()
    try await historical(.interrupted)
    try await historical(.succeeded)
    try await reattribute()
    try await audit()
    let runs = try await store.runs(limit: 10)
    #expect(runs.count == 6)
    try await look()
  }

  /// What the status, the alerts and `doctor` do.
  private func look() async throws {
    _ = try await store.status(now: Self.now)
    let alert = Alert(.noRun, isFiring: true, since: nil, detail: "x", whatToDo: "y")
    try await store.record([alert], now: Self.now)
    let records = try await store.alertRecords()
    let claim = try #require(try await store.claim(alert, after: records[.noRun]?.claim ?? 0))
    try await store.settle(alert.name, claim: claim, isToldFiring: true)
    _ = try await store.inspect()
    #expect(try await store.explanation(of: makeSID(4)) != nil)
    #expect(try await store.calls(CallSearch()).calls.count >= 6)
    #expect(try await store.refusal(of: makeSID(6)) == nil)
  }

  private func hourly() async throws {
    let fence = try await store.begin(.hourly, requestedBy: "test", now: Self.now)
    _ = try await store.coverage(now: at("12:00"))
    try await store.record(Period(start: at("10:45"), end: at("12:00")), of: fence)
    let live = makeCall(makeSID(3), status: .inProgress, duration: nil, endTime: nil, price: nil)
    // A new number, a row to claim, a transfer, a call to be asked for again, a gap.
    try await commit(
      [
        makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50")),
        makeRing(makeSID(2), from: "+34910000001", to: "+34600000023", endedAt: at("09:40")), live,
        makeTransfer(makeSID(4), endTime: at("10:00")),
      ], [.gap(Period(start: at("01:00"), end: at("02:00"))), .coveredUntil(at("12:00"))], fence)
    // The transfer changes hands, the live call has settled, another one is gone.
    let unsettled = try await store.unsettled(limit: 10)
    #expect(unsettled.map(\.sid) == [makeSID(3)])
    try await commit(
      [makeRing(makeSID(5), of: 5, endedAt: at("09:59")), makeCall(makeSID(3))], [.gone([makeSID(3)])],
      fence)
    // A call is refused, once more, and taken.
    for status in [CallStatus.canceled, .canceled, .busy] {
      try await commit([makeCall(makeSID(6), status: status, dateUpdated: at("11:00"))], [], fence)
    }
    _ = try await store.refused(dueAt: Self.now, limit: 10)
    try await store.renew(fence, counts: RunCounts())
    try await finish(fence, .succeeded)
  }

  /// An audit, twice, and the hourly run that notes what is gone.
  private func audit() async throws {
    let fence = try await store.begin(.audit, requestedBy: "test", now: Self.now)
    let period = Period(start: at("00:00"), end: at("00:00").startOfNextDay)
    #expect(try await store.openAudit(period, fence: fence) == AuditProgress())
    let found = try await store.compare(AuditPage(done: [], span: period, calls: [makeCall(makeSID(1))]))
    #expect(found.storedCalls >= 6)
    for _ in 0..<2 {
      try await store.keep(
        AuditProgress(), verdicts: [AuditDay(period.start)], gone: [makeSID(1).text], fence: fence)
    }
    try await finish(fence, .succeeded)
    let hourly = try await store.begin(.hourly, requestedBy: "test", now: Self.now)
    #expect(try await store.noteGone(fence: hourly) == GoneNotes(noted: 1))
    #expect(try await store.dueAudit(now: Self.now) != nil)
    try await finish(hourly, .succeeded)
  }

  private func historical(_ state: RunState) async throws {
    let fence = try await store.begin(.historical, requestedBy: "test", now: Self.now)
    let request = HistoryRequest(since: Self.start, until: nil)
    let history = try await store.openHistory(
      request, restart: false, now: Self.now.adding(hours: state == .succeeded ? 1 : 0), fence: fence)
    #expect(history.isContinued == (state == .succeeded))
    let period = try #require(history.period)
    for slice in history.open {
      let half = HistorySlice(number: slice.number + 10, period: slice.period)
      try await commit([], [.sliceReplaced(number: slice.number, by: [half])], fence)
      let next = state == .succeeded ? nil : "page"
      try await commit(
        [], [.slice(SliceStep(slice: half, next: next, listed: RunCounts(), period: period))], fence)
    }
    _ = try await store.historyProgress(of: fence)
    if state == .succeeded { _ = try await store.closeHistory(period, asked: period, fence: fence) }
    try await finish(fence, state)
  }

  private func reattribute() async throws {
    let fence = try await store.begin(.reattribute, requestedBy: "test", now: Self.now)
    let stored = try await store.storedCalls(after: nil, since: nil, limit: 1000)
    _ = try await store.olderCalls(after: nil, limit: 10)
    _ = try await store.commit(
      IntakePage(calls: stored, readAt: Self.now, isReread: true), fence: fence)
    // A call that was stored before moves.
    try await commit([makeRing(makeSID(7), of: 6, endedAt: at("10:00"))], [], fence)
    try await finish(fence, .succeeded)
    #expect(try await store.run(fence.run)?.counts.reattributedCalls == 1)
  }

  private func commit(_ calls: [Call], _ marks: [IntakeMark], _ fence: RunFence) async throws {
    _ = try await store.commit(IntakePage(calls: calls, readAt: Self.now, marks: marks), fence: fence)
  }

  private func finish(_ fence: RunFence, _ state: RunState) async throws {
    var run = SyncRun(
      id: fence.run, kind: fence.kind, state: state, startedAt: Self.now, requestedBy: "test")
    run.finishedAt = Self.now
    try await store.finish(run, fence: fence)
  }
}
