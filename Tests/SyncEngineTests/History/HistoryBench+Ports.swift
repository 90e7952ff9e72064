import CallDomain
import SyncEngine
import TestSupport
import Testing

extension HistoryBench {
  var source: CallSource {
    CallSource(
      list: { query throws(SourceError) in
        let listing = self.note { state in
          state.requests.append(query)
          return state.requests.count - 1
        }
        try await self.countRequest()
        if let start = self.script.retentionStart, (query.startedFrom ?? .epoch) < start {
          throw SourceError(.retention, "Twilio no conserva llamadas tan antiguas.")
        }
        return self.page(listing, from: 0)
      },
      next: { reference throws(SourceError) in
        try await self.countRequest()
        let parts = reference.split(separator: " ").compactMap { Int($0) }
        return self.page(parts[0], from: parts[1])
      },
      call: { sid throws(SourceError) in
        Issue.record("nobody expected that \(sid) is asked for")
        throw SourceError(.permanent, "unexpected")
      })
  }

  var calls: CallLedger {
    CallLedger(
      commit: { page, _ throws(RunFailure) in
        let number = self.note { state in
          state.commits += 1
          return state.commits
        }
        try await self.script.onCommit(number)
        if self.script.forgetsCommits.contains(number) { return PageOutcome() }
        self.note { state in
          for call in page.calls { state.stored[call.sid, default: 0] += 1 }
          for mark in page.marks {
            Self.apply(mark, to: &state, forgets: !self.script.forgetsCommits.isEmpty)
          }
        }
        return PageOutcome()
      },
      coverage: { _ throws(RunFailure) in
        Coverage(coveredUntil: nil, newestCall: nil, listedNumbers: 17)
      },
      unsettled: { _ throws(RunFailure) in
        Issue.record("a historical run asks for no single calls")
        return []
      },
      stored: { _, _, _ throws(RunFailure) in
        Issue.record("nobody expected that stored calls are read")
        return []
      },
      older: { _, _ throws(RunFailure) in
        Issue.record("a historical run reads no older rows")
        return []
      })
  }

  var history: HistoryLedger {
    HistoryLedger(
      open: { request, restart, now, _ throws(RunFailure) in
        self.note { state in
          if !restart, state.request == request, var progress = state.progress {
            progress.isContinued = true
            state.progress = request.until == nil ? progress.extended(to: now) : progress
          } else {
            state.progress = HistoryProgress(
              beginning: Period(start: request.since, end: request.until ?? now))
          }
          state.request = request
          return state.progress ?? HistoryProgress(parts: [], isContinued: false)
        }
      },
      progress: { _ throws(RunFailure) in
        self.notes.progress ?? HistoryProgress(parts: [], isContinued: true)
      },
      close: { period, asked, _ throws(RunFailure) in
        self.note { state in
          #expect(state.progress?.open.isEmpty == true)
          state.closed.append(period)
          state.asked.append(asked)
          state.progress = nil
        }
        return 3
      })
  }

  var runs: RunLedger {
    RunLedger(
      check: { () throws(RunFailure) in },
      begin: { kind, _, _ throws(RunFailure) in
        let number = self.note { state in
          state.runs += 1
          return state.runs
        }
        return RunFence(kind: kind, run: RunID(number), token: number)
      },
      renew: { _, _ throws(RunFailure) in true },
      record: { _, _ throws(RunFailure) in },
      finish: { run, _ throws(RunFailure) in self.note { $0.finished.append(run) } })
  }

  private static func apply(_ mark: IntakeMark, to state: inout State, forgets: Bool) {
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
      part.isDone = step.next == nil
      part.counts = part.counts + step.listed
      part.counts.savedCalls = part.counts.storable
      state.progress?.parts[position] = part
    case .sliceReplaced(let number, let slices):
      state.progress?.parts.removeAll { $0.slice.number == number }
      state.replaced.insert(number)
      state.progress?.parts += slices.map { HistoryProgress.Part(slice: $0) }
      state.pagesTaken += 1
    case .coveredUntil, .coverageBegins, .hole, .gone:
      Issue.record("a historical run has no such mark: \(mark)")
    }
  }

  private func countRequest() async throws(SourceError) {
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
    let isCoarse = script.takesWholeDays(notes.runs, notes.requestCount)
    var calls: [Call] = []
    var next: String?
    for (position, call) in log[start...].enumerated() where matches(call, query, isCoarse) {
      if calls.count == script.pageSize {
        next = "\(listing) \(start + position)"
        break
      }
      calls.append(call)
    }
    if next == nil, script.emptyLastPage, calls.count == script.pageSize { next = "\(listing) \(log.count)" }
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
