import CallDomain
import SyncEngine
import TestSupport
import Testing

extension EngineBench {
  var source: CallSource {
    CallSource(
      list: { query throws(SourceError) in
        self.note { $0.requests.append(query) }
        try await self.countRequest()
        let found = self.script.calls.filter { self.matches($0, query) }.sorted {
          ($0.callDate ?? .epoch, $0.sid) > ($1.callDate ?? .epoch, $1.sid)
        }
        let listing = self.note { notes in
          notes.listings.append(found)
          return notes.listings.count - 1
        }
        return self.page(listing, from: 0)
      },
      next: { reference throws(SourceError) in
        try await self.countRequest()
        let parts = reference.split(separator: " ").compactMap { Int($0) }
        return self.page(parts[0], from: parts[1])
      },
      call: { sid throws(SourceError) in
        self.note { $0.asked.append(sid) }
        try await self.countRequest()
        let call = try self.script.onCall(sid)
        return CallPage(calls: call.map { [$0] } ?? [], serverTime: self.serverTime)
      })
  }

  var calls: CallLedger {
    CallLedger(
      commit: { page, fence throws(RunFailure) in
        #expect(fence == Self.fence)
        #expect(Set(page.calls.map(\.sid)).count == page.calls.count)
        let number = self.note { notes in
          notes.commitAttempts += 1
          return notes.commitAttempts
        }
        try await self.script.onCommit(number)
        self.note { $0.pages.append(page) }
        return self.script.outcome(number, page)
      },
      coverage: { _ throws(RunFailure) in self.script.coverage },
      unsettled: { limit throws(RunFailure) in Array(self.script.unsettled().prefix(limit)) },
      stored: { last, since, limit throws(RunFailure) in
        try self.script.onStored(last, since, limit)
      },
      older: { last, limit throws(RunFailure) in
        Array(self.script.older.drop { call in last.map { call.sid <= $0 } ?? false }.prefix(limit))
      })
  }

  var runs: RunLedger {
    RunLedger(
      check: { () throws(RunFailure) in try self.script.onCheck() },
      begin: { kind, requestedBy, now throws(RunFailure) in
        #expect(kind == self.script.kind && requestedBy == "test" && now == self.script.now)
        try self.script.onBegin()
        let begun = self.note { notes in
          notes.begun += 1
          return notes.begun
        }
        #expect(begun == 1)
        return Self.fence
      },
      renew: { fence, _ throws(RunFailure) in
        #expect(fence == Self.fence)
        let number = self.note { notes in
          notes.renewals += 1
          return notes.renewals
        }
        defer { self.renewed.signal() }
        return try self.script.onRenew(number)
      },
      record: { period, fence throws(RunFailure) in
        #expect(fence == Self.fence)
        self.note { $0.periods.append(period) }
      },
      finish: { run, fence throws(RunFailure) in
        #expect(fence == Self.fence)
        let number = self.note { notes in
          notes.finishAttempts += 1
          return notes.finishAttempts
        }
        try self.script.onFinish(number)
        self.note { $0.finished.append(run) }
        self.recorded.signal()
      })
  }

  private func countRequest() async throws(SourceError) {
    let number = note { notes in
      notes.requestCount += 1
      return notes.requestCount
    }
    try await script.onRequest(number)
  }

  private func page(_ listing: Int, from start: Int) -> CallPage {
    let calls = notes.listings[listing]
    let end = min(start + script.pageSize, calls.count)
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
