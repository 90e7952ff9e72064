import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

@Suite("Pages that are too large for Twilio")
struct PageSizeTests {
  /// Calls that go on, so that the listing by end is empty.
  private static func open(_ count: Int) -> [Call] {
    (1...count).map { number in
      makeCall(
        makeSID(number), status: .inProgress, duration: nil, startTime: at("11:00").adding(seconds: number),
        endTime: nil, dateUpdated: at("11:30"), price: nil)
    }
  }

  private static func refuse(
    _ pageSize: Int, above most: Int, with fault: TwilioFault
  ) throws(RunFailure) {
    if pageSize > most { throw RunFailure(.twilio(fault), "demasiado grande") }
  }

  private func run(
    failing mostPerPage: Int, with fault: TwilioFault, _ adjust: (inout EngineBench.Script) -> Void = { _ in }
  ) async throws -> EngineBench {
    let bench = EngineBench { script in
      script.calls = [makeCompleted(1, startedAt: at("11:30"))]
      script.onList = { query throws(RunFailure) in
        try Self.refuse(query.pageSize, above: mostPerPage, with: fault)
      }
      adjust(&script)
    }
    _ = try await bench.run()
    return bench
  }

  @Test(
    "After two failed attempts the pages become smaller, for the rest of the run", arguments: [50, 200, 999])
  func smaller(most: Int) async throws {
    let bench = try await run(failing: most, with: .transient)
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    let sizes = bench.notes.requests.map(\.pageSize)
    #expect(sizes == (most == 50 ? [1000, 1000, 200, 200, 50, 50] : [1000, 1000, 200, 200]))
  }

  @Test("Where no answer comes they become smaller at once", arguments: [50, 200])
  func unanswered(most: Int) async throws {
    let bench = try await run(failing: most, with: .unanswered)
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    let sizes = bench.notes.requests.map(\.pageSize)
    #expect(sizes == (most == 50 ? [1000, 200, 50, 50] : [1000, 200, 200]))
  }

  @Test(
    "What is refused for another reason is asked for as it was", arguments: [TwilioFault.throttled, .refused])
  func otherReasons(fault: TwilioFault) async throws {
    let bench = try await run(failing: 0, with: fault)
    #expect(bench.notes.requests.allSatisfy { $0.pageSize == 1000 })
  }

  @Test(
    "Each size has its time: an hourly run comes to pages of 50 where each answer takes 30 seconds to fail",
    arguments: [TwilioFault.transient, .unanswered])
  func slowFailures(fault: TwilioFault) async throws {
    let bench = try await run(failing: 50, with: fault) { $0.failureTakes = 30_000 }
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    #expect(bench.notes.elapsed < (fault == .unanswered ? 65_000 : 130_000))
  }

  @Test("Where the smallest pages fail, too, the run fails after five attempts")
  func alwaysFails() async throws {
    let bench = try await run(failing: 0, with: .unanswered)
    #expect(bench.notes.finished.map(\.state) == [.failed])
    #expect(bench.notes.requests.map(\.pageSize) == [1000, 200, 50, 50, 50])
  }

  @Test(
    "A further page that is too large has the hourly run's listing begun anew in smaller ones",
    arguments: [50, 200], [TwilioFault.transient, .unanswered])
  func furtherPage(most: Int, fault: TwilioFault) async throws {
    let calls = Self.open(1200)
    let bench = try await run(failing: 1000, with: fault) { script in
      script.calls = calls
      script.failureTakes = 30_000
      script.onNext = { pageSize throws(RunFailure) in
        try Self.refuse(pageSize, above: most, with: fault)
      }
    }
    let run = try #require(bench.notes.finished.first)
    #expect(run.state == .succeeded && run.counts.totalCalls == 1200 && run.counts.savedCalls == 1200)
    #expect(Set(bench.notes.pages.flatMap(\.calls).map(\.sid)) == Set(calls.map(\.sid)))
    #expect(
      bench.notes.requests.map(\.pageSize) == (most == 50 ? [1000, 1000, 200, 50] : [1000, 1000, 200]))
  }

  @Test("So has the listing by end, and each call is counted once")
  func byEnd() async throws {
    let calls = (1...1200).map { makeCompleted($0, startedAt: at("11:00").adding(seconds: $0)) }
    let bench = try await run(failing: 1000, with: .transient) { script in
      script.calls = calls
      script.onNext = { pageSize throws(RunFailure) in
        try Self.refuse(pageSize, above: 200, with: .transient)
      }
    }
    let run = try #require(bench.notes.finished.first)
    #expect(run.state == .succeeded && run.counts.totalCalls == 1200 && run.counts.savedCalls == 1200)
    #expect(bench.notes.requests.map(\.pageSize) == [1000, 200, 200])
  }

  @Test("So has a day that is listed for the calls that wait in it")
  func listedDay() async throws {
    let calls = (1...1500).map { number in
      makeUnpriced(number, startedAt: at("12:00").adding(hours: -40).adding(seconds: number))
    }
    let watch = WatchList(calls.map { $0.waiting(askedAt: at("12:00").adding(hours: -11)) })
    let bench = try await run(failing: 1000, with: .transient) { script in
      script.calls = calls
      script.takesWholeDays = true
      script.unsettled = { watch.waiting }
      let outcome = script.outcome
      script.outcome = { number, page in
        watch.take(page)
        return outcome(number, page)
      }
      script.onNext = { pageSize throws(RunFailure) in
        try Self.refuse(pageSize, above: 200, with: .transient)
      }
    }
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    #expect(bench.notes.asked.isEmpty && watch.waiting.allSatisfy { $0.askedAt >= at("12:00") })
    #expect(bench.notes.requests.last?.pageSize == 200)
  }

  private static let until = makeTime("2026-02-20T00:00:00Z")

  private func makeHistory(_ adjust: (inout HistoryBench.Script) -> Void) -> HistoryBench {
    HistoryBench { script in
      script.settings.workers = 1
      script.pageSize = 1000
      script.calls = (1...1500).map {
        makeCompleted($0, startedAt: makeTime("2025-12-01T00:00:00Z").adding(hours: $0))
      }
      adjust(&script)
    }
  }

  private func expectWhole(_ bench: HistoryBench, _ run: SyncRun, sizes: [Int]) {
    #expect(run.counts.totalCalls == 1500 && run.counts.savedCalls == 1500)
    #expect(Set(bench.notes.stored.keys) == Set(bench.script.calls.map(\.sid)))
    // Read one after the other, so none is larger than the one before.
    let asked = bench.notes.requests.map(\.pageSize)
    #expect(asked == asked.sorted(by: >) && Set(asked) == Set(sizes), "\(asked)")
  }

  @Test(
    "A further page that is too large has the slice of a resync begun anew in smaller ones",
    arguments: [50, 200], [TwilioFault.transient, .unanswered])
  func slice(most: Int, fault: TwilioFault) async throws {
    let bench = makeHistory { script in
      script.onNext = { pageSize throws(RunFailure) in
        try Self.refuse(pageSize, above: most, with: fault)
      }
    }
    let run = try await bench.run(until: Self.until).get()
    expectWhole(bench, run, sizes: most == 50 ? [1000, 200, 50] : [1000, 200])
  }

  @Test("So has the next page of 1,000 that an earlier run stored", arguments: [50, 200])
  func storedPage(most: Int) async throws {
    let asked = Mutex(0)
    let bench = makeHistory { script in
      script.onNext = { pageSize throws(RunFailure) in
        let number = asked.withLock { asked in
          asked += 1
          return asked
        }
        // The first run ends behind the first page of a slice.
        if number <= 2 { throw RunFailure(.twilio(.unauthorized), "no") }
        try Self.refuse(pageSize, above: most, with: .transient)
      }
    }
    let first = try await bench.run(until: Self.until)
    #expect(throws: RunFailure.self) { try first.get() }
    try #require(bench.notes.progress?.open.contains { $0.next != nil } == true)
    let run = try await bench.run(until: Self.until).get()
    expectWhole(bench, run, sizes: most == 50 ? [1000, 200, 50] : [1000, 200])
  }

  @Test("Pages that fail side by side make them smaller once")
  func sideBySide() async throws {
    let bench = makeHistory { script in
      script.settings.workers = 4
      // Three slices of three pages each.
      script.calls = (1...6000).map {
        makeCompleted($0, startedAt: makeTime("2025-08-02T00:00:00Z").adding(minutes: $0 * 50))
      }
      script.onNext = { pageSize throws(RunFailure) in
        try Self.refuse(pageSize, above: 200, with: .unanswered)
      }
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 6000)
    #expect(Set(bench.notes.requests.map(\.pageSize)) == [1000, 200])
  }
}
