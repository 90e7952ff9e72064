import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("What an hourly run reads and in what order it stores it")
struct HourlySyncTests {
  private let now = at("12:00")

  private func coverage(hoursAgo hours: Int) -> Coverage {
    Coverage(coveredUntil: now.adding(hours: -hours), newestCall: nil, listedNumbers: 17)
  }

  @Test("What started and what ended in the window is asked for without an upper bound, and marked")
  func window() async throws {
    let call = makeCompleted(1, startedAt: at("11:30"))
    let bench = EngineBench { $0.calls = [call] }
    let run = try await bench.run().get()
    let window = Period(start: at("10:45"), end: now)
    #expect(run.period == window)
    #expect(bench.notes.periods == [window])
    #expect(
      Set(bench.notes.requests) == [CallQuery(startedFrom: at("10:45")), CallQuery(endedFrom: at("08:45"))])
    #expect(bench.notes.pages.map(\.calls) == [[call]])
    #expect(bench.notes.pages.map(\.marks) == [[.coveredUntil(now)]])
    #expect(bench.notes.pages.map(\.readAt) == [now])
    #expect(run.counts.twilioRequests == 2)
  }

  @Test(
    "The window is the larger of SYNC_WINDOW_MINUTES and SYNC_EVERY_MINUTES with the overlap, also under a shorter cap",
    arguments: [
      (75, 5, 75), (75, 60, 75), (20, 60, 75), (20, 5, 20), (75, 61, 76), (75, 1440, 1455),
      (2000, 1440, 2000),
    ])
  func windowByCadence(window: Int, every: Int, minutes: Int) async throws {
    for cap in [168, 1] {
      let bench = EngineBench {
        $0.settings.windowMinutes = window
        $0.settings.everyMinutes = every
        $0.settings.maxCatchUpHours = cap
        $0.coverage.coveredUntil = now
      }
      #expect(try await bench.run().get().period == Period(start: now.adding(minutes: -minutes), end: now))
    }
  }

  @Test("The events come in the order of the log lines")
  func events() async throws {
    let bench = EngineBench {
      $0.calls = [
        makeCompleted(1, startedAt: at("11:30")),
        makeCompleted(2, startedAt: at("11:31"), direction: .trunkingOriginating),
        makeCompleted(3, startedAt: at("11:32"), direction: .inbound),
      ]
    }
    let run = try await bench.run().get()
    #expect(
      bench.notes.events == [
        .started(.hourly), .period(Period(start: at("10:45"), end: now)), .directoryLoaded(numbers: 17),
        .fetching(.hourly), .fetched(calls: 3), .processing(calls: 3, outbound: 1, transfers: 1),
        .saving(calls: 2), .saved(calls: 2), .finished(.hourly, run.counts),
      ])
  }

  @Test("Without a call the mark moves all the same")
  func noCalls() async throws {
    let bench = EngineBench()
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 0)
    #expect(bench.notes.pages.map(\.marks) == [[.coveredUntil(now)]])
    #expect(bench.notes.events.suffix(3) == [.fetched(calls: 0), .noCalls, .finished(.hourly, run.counts)])
  }

  @Test("The first run notes where it begins before it asks: at the newest stored call, else with its window")
  func firstRun() async throws {
    for (newest, start) in [(at("09:00"), at("08:45")), (nil, at("10:45"))] {
      let bench = EngineBench {
        $0.coverage = Coverage(coveredUntil: nil, newestCall: newest, listedNumbers: 0)
        $0.onRequest = { _ throws(RunFailure) in throw RunFailure(.twilio(.permanent), "no") }
      }
      _ = try await bench.run()
      #expect(bench.notes.finished.first?.period?.start == start)
      #expect(bench.notes.pages.map(\.marks) == [[.coverageBegins(newest ?? start)]])
    }
  }

  @Test("A long catch-up runs in slices, oldest first, each covered by the commit of its last page")
  func slices() async throws {
    let bench = EngineBench {
      $0.coverage = coverage(hoursAgo: 30)
      $0.calls = [
        makeCompleted(1, startedAt: makeTime("2026-02-28T23:59:59Z")),
        makeCompleted(2, startedAt: makeTime("2026-03-01T00:00:00Z")),
        makeCompleted(3, startedAt: at("11:00")), makeCompleted(4, startedAt: at("11:01")),
      ]
      $0.pageSize = 1
    }
    let run = try await bench.run().get()
    let midnight = makeTime("2026-03-01T00:00:00Z")
    let notes = bench.notes
    #expect(run.counts.totalCalls == 4)
    #expect(run.period == Period(start: makeTime("2026-02-28T05:45:00Z"), end: now))
    #expect(
      notes.pages.map { $0.calls.map(\.sid) }.filter { !$0.isEmpty } == [
        // The first one ended in the slice after its own.
        [makeSID(1)], [makeSID(2), makeSID(1)], [makeSID(4)], [makeSID(3)],
      ])
    let ends = [-30, -24, -18, -12, -6, 0].map { now.adding(hours: $0) }
    #expect(notes.pages.flatMap(\.marks) == ends.map { .coveredUntil($0) })
    #expect(notes.pages.last?.marks == [.coveredUntil(now)])
    #expect(notes.pages.first { $0.calls.map(\.sid) == [makeSID(4)] }?.marks == [])
    let slices = notes.events.compactMap { if case .sliceDone(let slice, _) = $0 { slice } else { nil } }
    #expect(slices.map(\.end) == ends)
    #expect(slices.dropFirst().map(\.start) == ends.dropLast())
    // Twilio may take bounds for whole days.
    for bound in notes.requests.flatMap({ [$0.startedBefore, $0.endedBefore] }) {
      if let bound { #expect(bound == bound.startOfDay) }
    }
    #expect(notes.requests.contains { $0.startedBefore == midnight })
  }

  @Test("What the cap cuts away is told and marked with the first commit alone")
  func gap() async throws {
    let bench = EngineBench {
      $0.coverage = coverage(hoursAgo: 60)
      $0.settings.maxCatchUpHours = 24
      $0.calls = (1...3).map { makeCompleted($0, startedAt: makeTime("2026-02-28T13:0\($0):00Z")) }
      $0.pageSize = 2
    }
    _ = try await bench.run().get()
    let gap = Period(start: now.adding(minutes: -60 * 60 - 15), end: now.adding(hours: -24))
    #expect(bench.notes.events.contains(.gap(gap)))
    let ends = [-18, -12, -6, 0].map { now.adding(hours: $0) }
    #expect(bench.notes.pages.map(\.marks) == [[.gap(gap)]] + ends.map { [.coveredUntil($0)] })
  }

  @Test("What comes back is filtered by the window, also where bounds count as whole days")
  func wholeDays() async throws {
    var late = makeCompleted(3, startedAt: at("09:00"))
    late.endTime = at("10:00")
    let bench = EngineBench {
      $0.takesWholeDays = true
      $0.calls = [
        makeCompleted(1, startedAt: at("00:30")), makeCompleted(2, startedAt: at("11:30")), late,
        makeCompleted(4, startedAt: at("10:44")), makeCompleted(5, startedAt: at("10:45")),
      ]
    }
    let run = try await bench.run().get()
    // The third and the fourth are there because they ended in the last hours.
    #expect(Set(bench.notes.pages[0].calls.map(\.sid)) == [makeSID(2), makeSID(3), makeSID(4), makeSID(5)])
    #expect(run.counts.totalCalls == 2)
    #expect(run.counts.refreshedCalls == 2)
  }

  @Test("A catch-up loses no call where bounds count as whole days")
  func wholeDaysCatchUp() async throws {
    let starts = (0..<60).map { now.adding(minutes: -60 * $0 - 1) }
    let bench = EngineBench {
      $0.takesWholeDays = true
      $0.coverage = coverage(hoursAgo: 60)
      $0.calls = starts.enumerated().map { makeCompleted($0.offset + 1, startedAt: $0.element) }
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 60)
    #expect(Set(bench.notes.pages.flatMap(\.calls).map(\.sid)).count == 60)
  }

  @Test("A call without a readable time is stored because Twilio listed it, and counts once")
  func timeless() async throws {
    let timeless = Call(sid: makeSID(1), direction: .outboundAPI, status: .queued)
    let bench = EngineBench {
      $0.calls = [timeless]
      $0.coverage = coverage(hoursAgo: 30)
    }
    let run = try await bench.run().get()
    #expect(bench.notes.pages.map(\.calls) == Array(repeating: [timeless], count: 6))
    #expect(run.counts.totalCalls == 1)
  }

  @Test(
    "What ended in the window is stored with the last page, in its newer version where it is listed twice")
  func endedCalls() async throws {
    let earlier = makeCompleted(1, startedAt: at("09:00"))
    var long = earlier
    long.endTime = at("11:00")
    let ended = long
    let bench = EngineBench {
      $0.calls = [
        ended, makeCompleted(2, startedAt: at("11:30")), makeCompleted(3, startedAt: at("11:31")),
        makeCompleted(4, startedAt: at("11:32")),
      ]
      $0.pageSize = 2
    }
    let run = try await bench.run().get()
    #expect(
      bench.notes.pages.map { $0.calls.map(\.sid) } == [
        [makeSID(4), makeSID(3)], [makeSID(2), makeSID(1)],
      ])
    #expect(bench.notes.pages.map(\.marks) == [[], [.coveredUntil(now)]])
    #expect(run.counts.totalCalls == 3)
    #expect(run.counts.savedCalls == 3)
    #expect(run.counts.refreshedCalls == 1)
  }

  @Test("A last page of more than 1,000 calls is committed in several, the mark with the last one")
  func largeLastPage() async throws {
    let bench = EngineBench {
      $0.calls = (1...1500).map { number in
        var call = makeCompleted(number, startedAt: at("09:00"))
        call.endTime = at("11:00").adding(seconds: number)
        return call
      }
      $0.pageSize = 1000
    }
    let run = try await bench.run().get()
    #expect(bench.notes.pages.map(\.calls.count) == [1000, 500])
    #expect(bench.notes.pages.map(\.marks) == [[], [.coveredUntil(now)]])
    #expect(run.counts.refreshedCalls == 1500)
    #expect(run.counts.totalCalls == 0)
  }

  @Test("A failure in the middle leaves covered what was covered, and the run says what it had done")
  func failsInTheMiddle() async throws {
    let bench = EngineBench {
      $0.coverage = coverage(hoursAgo: 30)
      $0.calls = [makeCompleted(1, startedAt: makeTime("2026-02-28T05:50:00Z"))]
      $0.onRequest = { number throws(RunFailure) in
        if number == 4 { throw RunFailure(.twilio(.permanent), "Twilio no quiere.") }
      }
    }
    let outcome = try await bench.run()
    #expect(outcome == .failure(RunFailure(.twilio(.permanent), "Twilio no quiere.", runID: RunID(7))))
    #expect(bench.notes.pages.flatMap(\.marks) == [.coveredUntil(makeTime("2026-02-28T06:00:00Z"))])
    let run = try #require(bench.notes.finished.first)
    #expect(run.state == .failed)
    #expect(run.error == "Twilio no quiere.")
    #expect(run.counts.totalCalls == 1)
    #expect(run.counts.twilioRequests == 4)
    #expect(
      bench.notes.events.last
        == .failed(.hourly, RunFailure(.twilio(.permanent), "Twilio no quiere.", runID: RunID(7))))
  }

  @Test("A page that cannot be committed ends the run before the mark")
  func failedCommit() async throws {
    let bench = EngineBench {
      $0.calls = (1...3).map { makeCompleted($0, startedAt: at("11:0\($0)")) }
      $0.pageSize = 1
      $0.onCommit = { number throws(RunFailure) in
        if number == 2 { throw RunFailure(.database(.unreachable), "La base de datos no responde.") }
      }
    }
    let outcome = try await bench.run()
    #expect(
      outcome
        == .failure(RunFailure(.database(.unreachable), "La base de datos no responde.", runID: RunID(7))))
    #expect(bench.notes.pages.flatMap(\.marks) == [])
    #expect(bench.notes.commitAttempts == 2)
  }

  @Test("What could be noted of calls that are gone is told, and what could not, and the run succeeds")
  func goneNotes() async throws {
    let refused = RunFailure(.database(.refused), "La base de datos no deja cambiar sus filas.")
    let away = RunFailure(.database(.unreachable), "La base de datos no responde.")
    func isOfGone(_ event: SyncEvent) -> Bool {
      switch event {
      case .goneNoted, .goneNotNoted: true
      default: false
      }
    }
    let cases: [(Result<GoneNotes, RunFailure>, [SyncEvent])] = [
      (.success(GoneNotes()), []),
      (.success(GoneNotes(noted: 2)), [.goneNoted(calls: 2)]),
      (
        .success(GoneNotes(noted: 2, left: 3, obstacle: refused)),
        [.goneNoted(calls: 2), .goneNotNoted(calls: 3, refused)]
      ),
      (.failure(away), [.goneNotNoted(calls: nil, away)]),
    ]
    for (notes, events) in cases {
      let bench = EngineBench { $0.onGone = { () throws(RunFailure) in try notes.get() } }
      #expect(try await bench.run().get().state == .succeeded)
      #expect(bench.notes.events.filter(isOfGone) == events)
    }
    // Another run has taken over, or the program is at fault.
    for failure in [RunFailure.leaseLost, RunFailure(fault: "it was not to be")] {
      let bench = EngineBench { $0.onGone = { () throws(RunFailure) in throw failure } }
      #expect(try await bench.run() == .failure(failure.of(RunID(7))))
    }
  }
}

extension RunFailure {
  fileprivate func of(_ run: RunID) -> RunFailure {
    var failure = self
    failure.runID = run
    return failure
  }
}
