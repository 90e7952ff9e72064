import CallDomain
import SyncEngine
import TestSupport
import Testing

extension HistoryBench: CallLog {
  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    let listing = note { state in
      state.requests.append(query)
      return state.requests.count - 1
    }
    try await countRequest()
    if let start = script.retentionStart, (query.startedFrom ?? .epoch) < start {
      throw RunFailure(.twilio(.retention), "Twilio no conserva llamadas tan antiguas.")
    }
    return page(listing, from: 0)
  }

  func next(_ reference: String) async throws(RunFailure) -> CallPage {
    try await countRequest()
    if script.forgetsPageTokens { throw RunFailure(.twilio(.refused), "El token de página caducó.") }
    let parts = reference.split(separator: " ").compactMap { Int($0) }
    try script.onNext(notes.requests[parts[0]].pageSize)
    return page(parts[0], from: parts[1])
  }

  func call(_ sid: CallSID) async throws(RunFailure) -> CallPage {
    Issue.record("nobody expected that \(sid) is asked for")
    throw RunFailure(.twilio(.permanent), "unexpected")
  }
}

extension HistoryBench: CallLedger {
  func commit(_ page: IntakePage, fence: RunFence) async throws(RunFailure) -> PageOutcome {
    let number = note { state in
      state.commits += 1
      return state.commits
    }
    try await script.onCommit(number)
    if script.forgetsCommits.contains(number) { return PageOutcome() }
    var outcome = script.outcome(number)
    outcome.missing = script.missing.intersection(page.calls.map(\.sid))
    note { [outcome] state in
      if !page.calls.isEmpty { state.lastWords.insert(page.isLastWord) }
      for call in page.calls { state.stored[call.sid, default: 0] += 1 }
      for mark in page.marks {
        Self.apply(mark, outcome, to: &state, forgets: !script.forgetsCommits.isEmpty)
      }
    }
    return outcome
  }

  func coverage(now: Timestamp) async throws(RunFailure) -> Coverage {
    Coverage(coveredUntil: nil, newestCall: nil, listedNumbers: 17)
  }

  func unsettled(limit: Int) async throws(RunFailure) -> [UnsettledCall] {
    Issue.record("a historical run asks for no single calls")
    return []
  }

  func refused(dueAt now: Timestamp, limit: Int) async throws(RunFailure) -> [CallSID] { [] }

  func storedCalls(
    after last: CallSID?, since: Timestamp?, limit: Int
  ) async throws(RunFailure) -> [Call] {
    Issue.record("nobody expected that stored calls are read")
    return []
  }

  func olderCalls(after last: CallSID?, limit: Int) async throws(RunFailure) -> [Call] {
    Issue.record("a historical run reads no older rows")
    return []
  }

  func noteGone(fence: RunFence) async throws(RunFailure) -> GoneNotes {
    Issue.record("a historical run notes no calls as gone")
    return GoneNotes()
  }
}

extension HistoryBench: HistoryLedger {
  func openHistory(
    _ request: HistoryRequest, restart: Bool, now: Timestamp, fence: RunFence
  ) async throws(RunFailure) -> HistoryProgress {
    note { state in
      if !restart, state.request == request, var progress = state.progress {
        progress.isContinued = true
        let moved = progress.moved
        state.progress = request.until == nil ? progress.extended(to: now) : progress
        state.progress?.moved = moved
      } else {
        state.progress = HistoryProgress(
          beginning: Period(start: request.since, end: request.until ?? now), isRestart: restart)
      }
      state.request = request
      return state.progress ?? HistoryProgress(parts: [], isContinued: false)
    }
  }

  func historyProgress(of fence: RunFence) async throws(RunFailure) -> HistoryProgress {
    notes.progress ?? HistoryProgress(parts: [], isContinued: true)
  }

  func closeHistory(
    _ period: Period, asked: Period, fence: RunFence
  ) async throws(RunFailure) -> HistoryEnd {
    note { state in
      #expect(state.progress?.open.isEmpty == true)
      state.closed.append(period)
      state.asked.append(asked)
      state.progress = nil
    }
    return HistoryEnd(unmatchedCalls: 3, lost: script.lost)
  }
}

extension HistoryBench: RunLedger {
  func check() async throws(RunFailure) {}

  func begin(
    _ kind: RunKind, isRehearsal: Bool, requestedBy: String, now: Timestamp, token: Int64
  ) async throws(RunFailure) -> RunFence {
    let number = note { state in
      state.runs += 1
      return state.runs
    }
    return RunFence(kind: kind, run: RunID(number), token: number)
  }

  func release(_ kind: RunKind, token: Int64) async throws(RunFailure) {}
  func renew(_ fence: RunFence, counts: RunCounts) async throws(RunFailure) {}
  func record(_ period: Period, of fence: RunFence) async throws(RunFailure) {}

  func finish(
    _ run: SyncRun, rehearsed: [CallMove], fence: RunFence
  ) async throws(RunFailure) -> SyncRun {
    note { $0.finished.append(run) }
    return run
  }
}

extension HistoryBench {
  private static func apply(
    _ mark: IntakeMark, _ outcome: PageOutcome, to state: inout State, forgets: Bool
  ) {
    switch mark {
    case .slice(let step):
      state.pagesTaken += 1
      guard
        let position = state.progress?.parts.firstIndex(where: { $0.slice.number == step.slice.number }),
        var part = state.progress?.parts[position]
      else {
        // A slice that is begun anew, with a page of it still on its way.
        #expect(forgets || state.replaced.contains(step.slice.number))
        return
      }
      // Not so after a page that was forgotten; the database then moves nothing either.
      guard !part.isDone, part.slice.next == step.slice.next else {
        #expect(forgets)
        return
      }
      part.slice.next = step.next
      part.slice.lastPage = step.next == nil ? [] : Set(step.calls)
      part.isDone = step.next == nil
      part.counts = part.counts + step.counts(outcome)
      part.redecided.formUnion(outcome.redecided(outside: step.period))
      state.progress?.moved.formUnion(outcome.moves.map(\.sid))
      state.progress?.parts[position] = part
    case .sliceReplaced(let number, let slices):
      let old = state.progress?.parts.first { $0.slice.number == number }
      state.progress?.parts.removeAll { $0.slice.number == number }
      state.replaced.insert(number)
      var parts = slices.map { HistoryProgress.Part(slice: $0) }
      if let old, !parts.isEmpty {
        parts[0].counts = old.counts.effects
        parts[0].redecided = old.redecided
      }
      state.progress?.parts += parts
      state.pagesTaken += 1
    case .coveredUntil, .coverageBegins, .gap, .gone, .notGiven:
      Issue.record("a historical run has no such mark: \(mark)")
    }
  }

  private func countRequest() async throws(RunFailure) {
    let number = note { state in
      state.requestCount += 1
      return state.requestCount
    }
    try await script.onRequest(number)
    note { state in
      state.pagesAnswered += 1
      state.mostPagesHeld = max(state.mostPagesHeld, state.pagesAnswered - state.pagesTaken)
    }
  }

  /// - Parameter start: How many calls of the log come before the page, in the listing or not: whoever takes
  ///   bounds in another way for the next page goes on from the same call.
  private func page(_ listing: Int, from start: Int) -> CallPage {
    let notes = notes
    let query = notes.requests[listing]
    let pageSize = min(script.pageSize, query.pageSize)
    let isCoarse = script.takesWholeDays(notes.runs, notes.requestCount)
    var calls: [Call] = []
    var next: String?
    for (position, call) in log[start...].enumerated() where matches(call, query, isCoarse) {
      if calls.count == pageSize {
        next = "\(listing) \(start + position - script.pushedCalls)"
        break
      }
      calls.append(call)
    }
    if next == nil, script.emptyLastPage, calls.count == pageSize { next = "\(listing) \(log.count)" }
    return CallPage(
      calls: calls, next: next ?? script.afterLast(listing),
      serverTime: script.now.adding(milliseconds: notes.elapsed))
  }

  private func matches(_ call: Call, _ query: CallQuery, _ isCoarse: Bool) -> Bool {
    guard let moment = call.callDate else { return true }
    let lower = isCoarse ? query.startedFrom?.startOfDay : query.startedFrom
    let upper = isCoarse ? query.startedBefore?.startOfDay : query.startedBefore
    return lower.map { moment >= $0 } ?? true
      && upper.map { moment < $0 || script.includesUpperBound && moment == $0 } ?? true
  }
}
