import CallDomain
import SyncEngine
import TestSupport
import Testing

extension EngineBench: CallLog {
  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    note { $0.requests.append(query) }
    try await countRequest()
    try timed { () throws(RunFailure) in try script.onList(query) }
    let found = script.calls.filter { matches($0, query) }.sorted {
      ($0.callDate ?? .epoch, $0.sid) > ($1.callDate ?? .epoch, $1.sid)
    }
    let listing = note { notes in
      notes.listings.append((found, query.pageSize))
      return notes.listings.count - 1
    }
    return page(listing, from: 0)
  }

  func next(_ reference: String) async throws(RunFailure) -> CallPage {
    try await countRequest()
    let parts = reference.split(separator: " ").compactMap { Int($0) }
    let pageSize = notes.listings[parts[0]].pageSize
    try timed { () throws(RunFailure) in try script.onNext(pageSize) }
    return page(parts[0], from: parts[1])
  }

  /// Lets time pass where the script throws.
  private func timed(_ ask: () throws(RunFailure) -> Void) throws(RunFailure) {
    do throws(RunFailure) {
      try ask()
    } catch {
      note { $0.elapsed += script.failureTakes }
      throw error
    }
  }

  func call(_ sid: CallSID) async throws(RunFailure) -> CallPage {
    note { $0.asked.append(sid) }
    try await countRequest()
    let call = try script.onCall(sid)
    return CallPage(calls: call.map { [$0] } ?? [], serverTime: serverTime)
  }

  private func countRequest() async throws(RunFailure) {
    let number = note { notes in
      notes.requestCount += 1
      return notes.requestCount
    }
    try await script.onRequest(number)
  }

  private func page(_ listing: Int, from start: Int) -> CallPage {
    let (calls, pageSize) = notes.listings[listing]
    let end = min(start + min(script.pageSize, pageSize), calls.count)
    return CallPage(
      calls: Array(calls[start..<end]),
      next: end < calls.count ? "\(listing) \(end)" : script.afterLast(listing),
      unreadable: script.unreadable,
      serverTime: serverTime)
  }

  private var serverTime: Timestamp? {
    script.skew.map { script.now.adding(milliseconds: notes.elapsed).adding(seconds: $0) }
  }

  private func matches(_ call: Call, _ query: CallQuery) -> Bool {
    func isWithin(_ moment: Timestamp?, _ from: Timestamp?, _ before: Timestamp?) -> Bool {
      guard from != nil || before != nil else { return true }
      guard let moment else { return false }
      let lower = script.takesWholeDays ? from?.startOfDay : from
      let upper = script.takesWholeDays ? before?.startOfDay : before
      return lower.map { moment >= $0 } ?? true && upper.map { moment < $0 } ?? true
    }
    // A record whose times cannot be read is in a listing by start all the same.
    let isTimeless = call.callDate == nil && query.endedFrom == nil
    return (isTimeless || isWithin(call.callDate, query.startedFrom, query.startedBefore))
      && isWithin(call.endTime, query.endedFrom, query.endedBefore)
  }
}

extension EngineBench: CallLedger {
  func commit(_ page: IntakePage, fence: RunFence) async throws(RunFailure) -> PageOutcome {
    #expect(fence == Self.fence)
    #expect(Set(page.calls.map(\.sid)).count == page.calls.count)
    let number = note { notes in
      notes.commitAttempts += 1
      return notes.commitAttempts
    }
    try await script.onCommit(number)
    note { $0.pages.append(page) }
    return script.outcome(number, page)
  }

  func coverage(now: Timestamp) async throws(RunFailure) -> Coverage { script.coverage }

  func unsettled(limit: Int) async throws(RunFailure) -> [UnsettledCall] {
    Array(script.unsettled().prefix(limit))
  }

  func refused(dueAt now: Timestamp, limit: Int) async throws(RunFailure) -> [CallSID] {
    #expect(now == script.now)
    return Array(script.refused.prefix(limit))
  }

  func storedCalls(
    after last: CallSID?, since: Timestamp?, limit: Int
  ) async throws(RunFailure) -> [Call] {
    try script.onStored(last, since, limit)
  }

  func olderCalls(after last: CallSID?, limit: Int) async throws(RunFailure) -> [Call] {
    Array(script.older.drop { call in last.map { call.sid <= $0 } ?? false }.prefix(limit))
  }
}

extension EngineBench {
  func noteGone(fence: RunFence) async throws(RunFailure) -> GoneNotes { try script.onGone() }
}

extension EngineBench: RunLedger {
  func check() async throws(RunFailure) { try script.onCheck() }

  func begin(
    _ kind: RunKind, isRehearsal: Bool, requestedBy: String, now: Timestamp, token: Int64
  ) async throws(RunFailure) -> RunFence {
    #expect(
      kind == script.kind && isRehearsal == script.isRehearsal && requestedBy == "test" && now == script.now)
    try script.onBegin(token)
    let begun = note { notes in
      notes.elapsed -= Int64(script.putBack) * 1000
      notes.begun += 1
      return notes.begun
    }
    #expect(begun == 1)
    return Self.fence
  }

  func release(_ kind: RunKind, token: Int64) async throws(RunFailure) {
    #expect(kind == script.kind)
    note { $0.released.append(token) }
    try script.onRelease(notes.released.count)
    freed.signal()
  }

  func renew(_ fence: RunFence, counts: RunCounts) async throws(RunFailure) {
    #expect(fence == Self.fence)
    let number = note { notes in
      notes.renewals += 1
      return notes.renewals
    }
    defer { renewed.signal() }
    guard try script.onRenew(number) else { throw RunFailure.leaseLost }
  }

  func record(_ period: Period, of fence: RunFence) async throws(RunFailure) {
    #expect(fence == Self.fence)
    note { $0.periods.append(period) }
  }

  func finish(
    _ run: SyncRun, rehearsed: [CallMove], fence: RunFence
  ) async throws(RunFailure) -> SyncRun {
    #expect(fence == Self.fence)
    let number = note { notes in
      notes.finishAttempts += 1
      return notes.finishAttempts
    }
    try script.onFinish(number)
    var ended = run
    ended.moves = script.sums(rehearsed)
    note { notes in
      notes.finished.append(run)
      notes.rehearsed = rehearsed
    }
    recorded.signal()
    return ended
  }
}

/// A moment of the day on which the run begins at noon.
func at(_ time: String) -> Timestamp {
  makeTime("2026-03-01T\(time):00Z")
}

/// A completed call that lasted a minute.
func makeCompleted(
  _ number: Int, startedAt start: Timestamp, direction: CallDirection = .outboundAPI
) -> Call {
  makeCall(
    makeSID(number), direction: direction, startTime: start, endTime: start.adding(minutes: 1),
    dateCreated: start.adding(seconds: -1), dateUpdated: start.adding(minutes: 1))
}

/// A call that went to another workspace.
func makeMove(_ number: Int, from: Int64? = 1, to: Int64 = 4) -> CallMove {
  CallMove(
    sid: makeSID(number), from: from.map(WorkspaceID.init), to: WorkspaceID(to),
    number: makeNumber("+34910000004"), cause: .directory)
}
