import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("Unsettled calls are asked for again")
struct LateFactsTests {
  private let now = at("12:00")

  /// Unpriced calls so far from one another that no listing answers for two: number 1 is the oldest.
  private func makeScattered(_ count: Int) -> [Call] {
    (1...count).map { makeUnpriced($0, startedAt: now.adding(hours: -30 * (count + 1 - $0) - 30)) }
  }

  /// A bench whose account holds `calls` and whose watch list says when each was asked for.
  private func makeBench(
    _ calls: [Call], now: Timestamp = at("12:00"), watch: WatchList,
    _ adjust: (inout EngineBench.Script) -> Void = { _ in }
  ) -> EngineBench {
    EngineBench { script in
      script.now = now
      script.coverage.coveredUntil = now.adding(hours: -1)
      script.calls = calls
      script.unsettled = { watch.waiting }
      script.onCall = { sid in calls.first { $0.sid == sid } }
      let outcome = script.outcome
      script.outcome = { number, page in
        watch.take(page)
        return outcome(number, page)
      }
      adjust(&script)
    }
  }

  private func makeWatch(_ calls: [Call], askedAt: (Int) -> Timestamp) -> WatchList {
    WatchList(calls.enumerated().map { $0.element.waiting(askedAt: askedAt($0.offset + 1)) })
  }

  /// The listings after the two of the window.
  private func lateListings(_ bench: EngineBench) -> [CallQuery] {
    bench.notes.requests.filter { $0.startedFrom != at("10:45") && $0.endedFrom == nil }
  }

  @Test("Two requests a run, the longest waiting first; each is committed by itself, without a mark")
  func budget() async throws {
    let calls = makeScattered(5)
    let watch = makeWatch(calls) { now.adding(hours: $0 == 4 ? -9 : $0 == 2 ? -8 : -1) }
    let bench = makeBench(calls, watch: watch)
    let run = try await bench.run().get()
    #expect(bench.notes.asked == [makeSID(4), makeSID(2)])
    #expect(bench.notes.pages.dropFirst().map { $0.calls.map(\.sid) } == [[makeSID(4)], [makeSID(2)]])
    #expect(bench.notes.pages.dropFirst().flatMap(\.marks) == [])
    #expect(run.counts.twilioRequests == 4)
    #expect(run.counts.totalCalls == 0)
    #expect(run.counts.refreshedCalls == 2)
  }

  @Test(
    "By SYNC_EVERY_MINUTES: none is asked for within the hour, all within 12 hours, or in each run where runs are rarer",
    arguments: [
      (5, -50, 0), (5, -55, 2), (5, -709, 2), (5, -710, 5), (60, -1, 2), (60, -599, 2), (60, -600, 5),
      (240, -239, 2),
      (240, -240, 5), (1440, -1, 5),
    ])
  func cadence(every: Int, askedMinutesAgo: Int, asked: Int) async throws {
    let calls = makeScattered(5)
    let watch = makeWatch(calls) { _ in now.adding(minutes: askedMinutesAgo) }
    let bench = makeBench(calls, watch: watch) { $0.settings.everyMinutes = every }
    _ = try await bench.run().get()
    #expect(bench.notes.asked.count == asked)
  }

  @Test(
    "A call that Twilio cannot give holds up no other: it is told, its turn moves on, the run succeeds",
    arguments: [TwilioFault.transient, .unanswered, .unauthorized, .refused, .permanent])
  func notGiven(fault: TwilioFault) async throws {
    let calls = makeScattered(3)
    let watch = makeWatch(calls) { now.adding(hours: -12).adding(seconds: $0) }
    let failure = RunFailure(.twilio(fault), "Twilio no la da.", cause: "HTTP 500")
    let bench = makeBench(calls, watch: watch) { script in
      script.onCall = { sid throws(RunFailure) in
        if sid == makeSID(1) { throw failure }
        return calls.first { $0.sid == sid }
      }
    }
    let run = try await bench.run().get()
    #expect(run.state == .succeeded && run.counts.refreshedCalls == 2)
    #expect(bench.notes.asked.last == makeSID(3) && bench.notes.asked.contains(makeSID(2)))
    #expect(bench.notes.pages.flatMap(\.marks).contains(.notGiven([makeSID(1)])))
    #expect(bench.notes.events.contains(.callNotGiven(makeSID(1), failure)))
    #expect(
      watch.waiting.allSatisfy {
        $0.askedAt == now.adding(milliseconds: bench.notes.elapsed) || $0.askedAt == now
      })
  }

  @Test("After three calls that Twilio does not give one after the other the rest waits for the next run")
  func noneGiven() async throws {
    let calls = makeScattered(9)
    let watch = makeWatch(calls) { now.adding(hours: -20).adding(seconds: $0) }
    let bench = makeBench(calls, watch: watch) { script in
      script.onCall = { _ throws(RunFailure) in throw RunFailure(.twilio(.refused), "no") }
    }
    #expect(try await bench.run().get().state == .succeeded)
    #expect(bench.notes.asked == [makeSID(1), makeSID(2), makeSID(3)])
    let next = makeBench(calls, now: now.adding(hours: 1), watch: watch)
    _ = try await next.run().get()
    #expect(next.notes.asked.prefix(3) == [makeSID(4), makeSID(5), makeSID(6)])
  }

  @Test(
    "A listing that Twilio does not give holds up nothing: it is told, each call is asked for alone, the run succeeds",
    arguments: [TwilioFault.retention, .transient, .unanswered, .unauthorized, .refused, .permanent],
    [false, true])
  func listNotGiven(fault: TwilioFault, takesWholeDays: Bool) async throws {
    let calls = (1...12).map { makeUnpriced($0, startedAt: now.adding(hours: -40).adding(seconds: $0 * 300)) }
    let watch = makeWatch(calls) { now.adding(hours: -12).adding(seconds: $0) }
    let failure = RunFailure(.twilio(fault), "Twilio no la da.", cause: "HTTP 500")
    let bench = makeBench(calls, watch: watch) { script in
      script.takesWholeDays = takesWholeDays
      script.onList = { query throws(RunFailure) in
        let isWhole = query.startedFrom == query.startedFrom?.startOfDay
        if query.endedFrom == nil, query.startedFrom != at("10:45"), isWhole == takesWholeDays {
          throw failure
        }
      }
    }
    let run = try await bench.run().get()
    #expect(run.state == .succeeded && run.counts.refreshedCalls == 12)
    #expect(bench.notes.asked == (1...12).map(makeSID))
    #expect(bench.notes.events.filter { $0 == .listNotGiven(failure) }.count == 1)
    #expect(watch.waiting.allSatisfy { $0.askedAt >= now })
  }

  @Test("A listing that fails and two calls after it leave the rest to the next run, which asks for others")
  func nothingGiven() async throws {
    let calls = (1...6).map { makeUnpriced($0, startedAt: now.adding(hours: -40).adding(seconds: $0)) }
    let watch = makeWatch(calls) { now.adding(hours: -20).adding(seconds: $0) }
    let failure = RunFailure(.twilio(.refused), "no")
    for expected in [[1, 2], [3, 4], [5, 6]] {
      let bench = makeBench(calls, watch: watch) { script in
        script.onList = { query throws(RunFailure) in
          if query.endedFrom == nil, query.startedFrom != at("10:45") { throw failure }
        }
        script.onCall = { _ throws(RunFailure) in throw failure }
      }
      #expect(try await bench.run().get().state == .succeeded)
      #expect(bench.notes.asked == expected.map(makeSID))
    }
  }

  @Test(
    "A listing ends the run when it fails by what is not about it",
    arguments: [TwilioFault.throttled, .clock])
  func listingEndsTheRun(fault: TwilioFault) async throws {
    let calls = (1...3).map { makeUnpriced($0, startedAt: now.adding(hours: -40).adding(seconds: $0)) }
    let watch = makeWatch(calls) { _ in now.adding(hours: -12) }
    let bench = makeBench(calls, watch: watch) { script in
      script.onList = { query throws(RunFailure) in
        if query.endedFrom == nil, query.startedFrom != at("10:45") { throw RunFailure(.twilio(fault), "no") }
      }
    }
    let outcome = try await bench.run()
    #expect(#expect(throws: RunFailure.self) { try outcome.get() }?.kind == .twilio(fault))
    #expect(bench.notes.asked.isEmpty)
  }

  @Test("Calls that were set aside and have rested are asked for alone, after those that wait, 20 a run")
  func setAside() async throws {
    let calls = makeScattered(30)
    let watch = WatchList([calls[29].waiting(askedAt: now.adding(hours: -2))])
    let bench = makeBench(calls, watch: watch) { $0.refused = calls.prefix(25).map(\.sid) }
    let run = try await bench.run().get()
    #expect(bench.notes.asked == [makeSID(30)] + (1...20).map(makeSID))
    let pages = bench.notes.pages.suffix(20)
    #expect(pages.map { $0.calls.map(\.sid) } == (1...20).map { [makeSID($0)] })
    #expect(pages.allSatisfy { $0.marks.isEmpty && $0.readAt >= now })
    #expect(run.counts.refreshedCalls == 21 && run.counts.twilioRequests == 23)
  }

  @Test("Of those, too, three that Twilio does not give one after the other leave the rest to the next run")
  func setAsideNotGiven() async throws {
    let calls = makeScattered(6)
    let failure = RunFailure(.twilio(.refused), "no")
    let bench = makeBench(calls, watch: WatchList([])) { script in
      script.refused = calls.map(\.sid)
      script.onCall = { sid throws(RunFailure) in
        if sid == makeSID(2) { return calls[1] }
        throw failure
      }
    }
    #expect(try await bench.run().get().state == .succeeded)
    #expect(bench.notes.asked == (1...5).map(makeSID))
    #expect(
      bench.notes.pages.flatMap(\.marks).filter { if case .notGiven = $0 { true } else { false } }
        == [1, 3, 4, 5].map { IntakeMark.notGiven([makeSID($0)]) })
    #expect(bench.notes.events.contains(.callNotGiven(makeSID(5), failure)))
  }

  @Test(
    "What is not about the call ends the run, which gives up no call for it",
    arguments: [TwilioFault.throttled, .clock])
  func endsTheRun(fault: TwilioFault) async throws {
    let calls = makeScattered(1)
    let watch = makeWatch(calls) { _ in now.adding(hours: -12) }
    let bench = makeBench(calls, watch: watch) { script in
      script.onCall = { _ throws(RunFailure) in throw RunFailure(.twilio(fault), "no") }
    }
    let outcome = try await bench.run()
    let failure = #expect(throws: RunFailure.self) { try outcome.get() }
    #expect(failure?.kind == .twilio(fault))
    #expect(!bench.notes.pages.flatMap(\.marks).contains(.notGiven([makeSID(1)])))
  }

  @Test(
    "Where Twilio takes bounds for whole days, the days on which many wait are listed", arguments: [12, 5000])
  func crowdedDay(count: Int) async throws {
    let calls = (1...count).map { number in
      makeUnpriced(number, startedAt: now.adding(hours: -40).adding(seconds: number * 3600 / count))
    }
    let watch = makeWatch(calls) { _ in now.adding(hours: -11) }
    let bench = makeBench(calls, watch: watch) { $0.takesWholeDays = true }
    let run = try await bench.run().get()
    // The window's two, a listing in vain, and the pages of one day.
    #expect(run.counts.twilioRequests <= 3 + (count + 999) / 1000)
    #expect(watch.waiting.allSatisfy { $0.askedAt == now })
    #expect(bench.notes.asked.isEmpty)
  }

  @Test("Without any there is no request more than the window's two")
  func none() async throws {
    let bench = makeBench([], watch: WatchList([]))
    #expect(try await bench.run().get().counts.twilioRequests == 2)
  }

  @Test("What this run has just been told of is not asked for again")
  func fresh() async throws {
    let call = makeUnpriced(1, startedAt: at("11:30"))
    let watch = WatchList([call.waiting(askedAt: at("11:00"))])
    let bench = makeBench([call], watch: watch)
    #expect(try await bench.run().get().counts.twilioRequests == 2)
    #expect(watch.waiting.map(\.askedAt) == [now])
  }

  @Test("Run after run every one has its turn before any has a second one")
  func rotation() async throws {
    let calls = makeScattered(16)
    let watch = makeWatch(calls) { now.adding(hours: -1).adding(seconds: $0) }
    var asked: [CallSID] = []
    for hour in 0..<16 {
      let bench = makeBench(calls, now: now.adding(hours: hour), watch: watch)
      let run = try await bench.run().get()
      #expect(run.counts.twilioRequests == 4)
      asked += bench.notes.asked
    }
    let round = (1...16).map(makeSID)
    #expect(asked == round + round)
  }

  @Test("More than the budget can turn to in time are asked for all the same, every 10 hours")
  func crowded() async throws {
    let calls = makeScattered(40)
    let watch = makeWatch(calls) { now.adding(hours: -1).adding(seconds: $0) }
    for hour in 0..<36 {
      _ = try await makeBench(calls, now: now.adding(hours: hour), watch: watch).run().get()
      let longest = try #require(watch.waiting.first)
      #expect(longest.askedAt > now.adding(hours: hour - 11))
    }
  }

  @Test("Ten hours after the last asking a call is overdue", arguments: [(0, 7), (1, 2)])
  func overdue(secondsShort: Int, requests: Int) async throws {
    let calls = makeScattered(7)
    let watch = makeWatch(calls) { _ in now.adding(hours: -10).adding(seconds: secondsShort) }
    let bench = makeBench(calls, watch: watch)
    _ = try await bench.run().get()
    #expect(bench.notes.asked == (1...requests).map(makeSID))
  }

  @Test("However many are overdue, a run asks 500 times")
  func most() async throws {
    let calls = makeScattered(520)
    let watch = makeWatch(calls) { _ in now.adding(hours: -48) }
    let bench = makeBench(calls, watch: watch)
    let run = try await bench.run().get()
    #expect(bench.notes.asked == (1...500).map(makeSID))
    #expect(run.counts.twilioRequests == 502)
    #expect(watch.waiting.prefix(20).map(\.sid) == (501...520).map(makeSID))
  }

  @Test("One listing answers for all that began in the day before the longest waiting one or soon after it")
  func listing() async throws {
    let longest = makeTime("2026-02-27T12:00:00Z")
    let calls = [
      makeUnpriced(1, startedAt: longest.adding(hours: -24).adding(seconds: -1)),
      makeUnpriced(2, startedAt: longest.adding(hours: -24)), makeUnpriced(3, startedAt: longest),
      makeUnpriced(4, startedAt: longest.adding(hours: 2)),
      makeUnpriced(5, startedAt: longest.adding(hours: 2).adding(seconds: 1)),
      makeCompleted(6, startedAt: longest.adding(hours: -3)),
    ]
    let watch = WatchList(
      calls.prefix(5).map { $0.waiting(askedAt: now.adding(hours: $0.sid == makeSID(3) ? -5 : -4)) })
    let bench = makeBench(calls, watch: watch)
    _ = try await bench.run().get()
    let listing = CallQuery(
      startedFrom: longest.adding(hours: -24), startedBefore: longest.adding(hours: 2).adding(seconds: 1))
    #expect(lateListings(bench).first == listing)
    #expect(Set(bench.notes.pages[1].calls.map(\.sid)) == Set([2, 3, 4, 6].map(makeSID)))
    // The second request is for the one that now waits longest, and stands alone.
    #expect(bench.notes.asked == [makeSID(1)])
    #expect(watch.waiting.filter { $0.askedAt < now }.map(\.sid) == [makeSID(5)])
  }

  @Test("What a listing tells settles: it waits no more")
  func settled() async throws {
    let day = makeTime("2026-02-27T12:00:00Z")
    let calls = (1...50).map { makeCompleted($0, startedAt: day.adding(seconds: -60 * $0)) }
    let watch = makeWatch(calls) { _ in now.adding(hours: -3) }
    let bench = makeBench(calls, watch: watch)
    let run = try await bench.run().get()
    #expect(watch.waiting.isEmpty)
    #expect(lateListings(bench).count == 1)
    #expect(bench.notes.asked.isEmpty)
    #expect(run.counts.refreshedCalls == 50)
  }

  @Test("A call that Twilio no longer knows is marked as gone")
  func gone() async throws {
    let calls = makeScattered(1)
    let watch = makeWatch(calls) { _ in now.adding(hours: -3) }
    let bench = makeBench(calls, watch: watch) { $0.onCall = { _ in nil } }
    let run = try await bench.run().get()
    let page = try #require(bench.notes.pages.last)
    #expect(page.calls.isEmpty)
    #expect(page.marks == [.gone([makeSID(1)])])
    #expect(page.readAt == now)
    #expect(watch.waiting.isEmpty)
    #expect(run.counts.refreshedCalls == 0)
  }

  @Test("One without a time is asked for by itself")
  func timeless() async throws {
    let timeless = Call(sid: makeSID(1), direction: .outboundAPI, status: .queued)
    let watch = WatchList([timeless.waiting(askedAt: now.adding(hours: -3))])
    let bench = makeBench([], watch: watch) { $0.onCall = { _ in timeless } }
    _ = try await bench.run().get()
    #expect(bench.notes.asked == [makeSID(1)])
    #expect(lateListings(bench).isEmpty)
  }

  @Test("Where bounds count as whole days a listing misses its call, and the rest is asked for one by one")
  func wholeDays() async throws {
    let day = makeTime("2026-02-27T12:00:00Z")
    let calls = (1...6).map { makeUnpriced($0, startedAt: day.adding(seconds: 60 * $0)) }
    let watch = makeWatch(calls) { now.adding(hours: -12).adding(seconds: $0) }
    let bench = makeBench(calls, watch: watch) { $0.takesWholeDays = true }
    _ = try await bench.run().get()
    let listings = bench.notes.requests.filter { $0.startedBefore != nil }
    #expect(listings.count == 1)
    #expect(bench.notes.asked == (1...6).map(makeSID))
  }

  @Test("A page that is full before the longest waiting call is asked for again, ending with that call")
  func fullPageAhead() async throws {
    let longest = makeTime("2026-02-27T12:00:00Z")
    let calls =
      [makeUnpriced(1, startedAt: longest.adding(seconds: -600)), makeUnpriced(2, startedAt: longest)]
      + (3...12).map { makeCompleted($0, startedAt: longest.adding(seconds: 60 * $0)) }
      + [makeUnpriced(13, startedAt: longest.adding(seconds: 3600))]
    let watch = WatchList(
      [0, 1, 12].map { calls[$0].waiting(askedAt: now.adding(hours: $0 == 1 ? -5 : -4)) })
    let bench = makeBench(calls, watch: watch) { $0.pageSize = 5 }
    _ = try await bench.run().get()
    #expect(
      lateListings(bench) == [
        CallQuery(
          startedFrom: longest.adding(seconds: -600), startedBefore: longest.adding(seconds: 3601)),
        CallQuery(startedFrom: longest.adding(seconds: -600), startedBefore: longest.adding(seconds: 1)),
      ])
    #expect(watch.waiting.allSatisfy { $0.askedAt == now })
    #expect(bench.notes.asked.isEmpty)
  }
}
