import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("HistoricalSync")
struct HistoricalSyncTests {
  @Test("Every call of the history is stored and counted once, however they lie and are read")
  func everything() async throws {
    try await forEachSeed(25) { random in
      let bench = HistoryBench { script in
        script.settings.workers = random.number(in: 1...8)
        script.pageSize = random.number(in: 3...20)
        let takesWholeDays = random.chance(40)
        script.takesWholeDays = { _, _ in takesWholeDays }
        script.calls = Self.calls(&random)
      }
      let run = try await bench.run().get()
      try requireComplete(bench, run)
    }
  }

  @Test("Cut off again and again it goes on where it was, and counts as one that was not")
  func resumed() async throws {
    try await forEachSeed(25) { random in
      let breaks = (0..<6).map { _ in random.number(in: 1...15) }
      let bench = HistoryBench { script in
        script.settings.workers = random.number(in: 1...6)
        let takesWholeDays = random.chance(30)
        script.takesWholeDays = { _, _ in takesWholeDays }
        script.pushedCalls = random.number(in: 0...3)
        script.calls = Self.calls(&random)
        let moments = Set(breaks.indices.map { breaks[...$0].reduce(0, +) })
        script.onCommit = { number throws(RunFailure) in
          if moments.contains(number) { throw RunFailure(.internal, "cut off") }
        }
      }
      var failures = 0
      var hasAdvanced = false
      while true {
        if case .success(let run) = try await bench.run() {
          try requireComplete(bench, run)
          break
        }
        failures += 1
        hasAdvanced = bench.notes.progress?.hasAdvanced == true
        try #require(failures <= breaks.count)
      }
      let isTold = bench.notes.events.contains { if case .resuming = $0 { true } else { false } }
      try #require(isTold == hasAdvanced)
    }
  }

  @Test("Calls that new ones push onto the next page count once, also for the run that goes on there")
  func pushed() async throws {
    let bench = HistoryBench { script in
      script.settings.workers = 1
      script.pushedCalls = 2
      script.calls = Self.evenly(95, from: "2026-02-01T00:00:00Z", everySeconds: 60)
      script.onCommit = { number throws(RunFailure) in
        if number == 5 { throw RunFailure(.internal, "cut off") }
      }
    }
    let until = makeTime("2026-02-10T00:00:00Z")
    let cutOff = try await bench.run(until: until)
    #expect(throws: RunFailure.self) { try cutOff.get() }
    let run = try await bench.run(until: until).get()
    #expect(run.counts.totalCalls == 95)
    #expect(bench.notes.stored.values.contains(2))
  }

  @Test("Of a listing without end the newest calls are remembered: pushed back among them, each counts once")
  func rememberedCalls() throws {
    try forEachSeed(5) { random in
      let sids = (0..<(5 * RecentCalls.most)).map { makeSID($0) }
      var recent = RecentCalls()
      var (counted, start, end) = (0, 0, 0)
      while end < sids.count {
        let page = sids[start..<min(start + 1000, sids.count)]
        counted += page.count { recent.insert($0) }
        end = max(end, page.endIndex)
        try #require(recent.count < 2 * RecentCalls.most, "\(recent.count) are remembered")
        // What comes while Twilio is away pushes back calls of several pages.
        start = random.chance(5) ? max(0, end - random.number(in: 1...RecentCalls.most)) : page.endIndex
      }
      try #require(counted == sids.count, "\(counted) of \(sids.count) calls were counted")
    }
  }

  @Test("Begun anew, every page is the last word, also of the run that goes on with it; else none is")
  func lastWord() async throws {
    for isRestart in [false, true] {
      let bench = HistoryBench { script in
        script.calls = Self.evenly(95, from: "2026-02-01T00:00:00Z", everySeconds: 60)
        script.onCommit = { number throws(RunFailure) in
          if number == 8 { throw RunFailure(.internal, "cut off") }
        }
      }
      let cutOff = try await bench.run(restart: isRestart)
      #expect(throws: RunFailure.self) { try cutOff.get() }
      #expect(bench.notes.lastWords == [isRestart])
      _ = try await bench.run().get()
      #expect(bench.notes.lastWords == [isRestart])
    }
  }

  @Test(
    "A transfer that several pages decide anew is counted once among those that moved, and as refreshed, also by the run that goes on",
    arguments: [false, true])
  func movedOnce(isCutOff: Bool) async throws {
    let bench = HistoryBench { script in
      script.settings.workers = isCutOff ? 1 : 4
      script.calls = Self.evenly(95, from: "2026-02-01T00:00:00Z", everySeconds: 60)
      script.onCommit = { number throws(RunFailure) in
        if isCutOff, number == 5 { throw RunFailure(.internal, "cut off") }
      }
      script.outcome = { number in
        var outcome = PageOutcome()
        for call in [9001, 9002 + number] {
          outcome.moves.append(makeMove(call))
          outcome.redecided[makeSID(call)] = makeTime("2020-01-01T00:00:00Z")
        }
        return outcome
      }
    }
    if isCutOff { await #expect(throws: RunFailure.self) { try await bench.run().get() } }
    let run = try await bench.run().get()
    let commits = bench.notes.pagesTaken - bench.notes.replaced.count
    #expect(commits > 1)
    #expect(run.counts.reattributedCalls == commits + 1 && run.counts.refreshedCalls == commits + 1)
    guard !isCutOff else { return }
    // While it runs it says how many, whenever they are twice as many as at the last time.
    let told = bench.notes.events.compactMap { event in
      if case .moving(let calls) = event { calls } else { nil }
    }
    #expect(told.first == 2 && zip(told, told.dropFirst()).allSatisfy { $1 >= 2 * $0 }, "\(told)")
  }

  @Test(
    "Calls that are not in the table although nothing was refused are not saved, also for the run that goes on, and each is told once",
    arguments: [false, true])
  func missing(isCutOff: Bool) async throws {
    let bench = HistoryBench { script in
      script.settings.workers = isCutOff ? 1 : 4
      script.calls = Self.evenly(95, from: "2026-02-01T00:00:00Z", everySeconds: 60)
      script.onCommit = { number throws(RunFailure) in
        if isCutOff, number == 5 { throw RunFailure(.internal, "cut off") }
      }
      // Of every two calls that are listed twice, one.
      script.pushedCalls = 2
      script.missing = Set((1...19).map { makeSID($0 * 5) })
    }
    let until = isCutOff ? makeTime("2026-02-10T00:00:00Z") : nil
    if isCutOff { await #expect(throws: RunFailure.self) { try await bench.run(until: until).get() } }
    let run = try await bench.run(until: until).get()
    #expect(run.counts.totalCalls == 95 && run.counts.savedCalls == 76)
    let told = bench.notes.events.reduce(0) { sum, event in
      if case .notTaken(let calls) = event { sum + calls } else { sum }
    }
    // Once a run: one of them is listed by both.
    #expect(isCutOff ? (19...20).contains(told) : told == 19)
  }

  @Test("What pages did to the tables still counts when their slice is read anew")
  func effectsStay() async throws {
    let bench = HistoryBench { script in
      script.settings.workers = 1
      script.calls = Self.evenly(45, from: "2026-02-01T00:00:00Z", everySeconds: 60)
      script.onRequest = { number throws(RunFailure) in
        if number == 3 { throw RunFailure(.twilio(.refused), "El token de página caducó.") }
      }
      script.outcome = { _ in
        var outcome = PageOutcome()
        outcome.createdPhones = 1
        return outcome
      }
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 45)
    #expect(run.counts.createdPhones == bench.notes.pagesTaken - bench.notes.replaced.count)
  }

  @Test("An empty history takes one request; one with long empty stretches a few")
  func emptyStretches() async throws {
    let empty = HistoryBench()
    let run = try await empty.run().get()
    #expect(run.counts.totalCalls == 0 && empty.notes.requestCount == 1)
    // All in one week of seven months, 30 pages.
    let bench = HistoryBench { script in
      script.calls = Self.evenly(300, from: "2025-11-03T00:00:00Z", everySeconds: 1800)
    }
    #expect(try await bench.run().get().counts.totalCalls == 300)
    #expect(bench.notes.requestCount < 60)
  }

  @Test("Requests are few more than pages")
  func fewRequests() async throws {
    let bench = HistoryBench { script in
      script.calls = Self.evenly(5000, from: "2025-08-01T00:00:00Z", everySeconds: 3600)
    }
    #expect(try await bench.run().get().counts.totalCalls == 5000)
    #expect(bench.notes.requestCount <= 500 * 12 / 10)
  }

  @Test("No more pages are held than are being read and two that wait")
  func backPressure() async throws {
    let bench = HistoryBench { script in
      script.settings.workers = 3
      script.calls = Self.evenly(2000, from: "2025-08-01T00:00:00Z", everySeconds: 3600)
    }
    _ = try await bench.run().get()
    #expect(bench.notes.mostPagesHeld <= 5)
  }

  private static func calls(_ random: inout SeededRandom) -> [Call] {
    var start = makeTime("2025-08-01T00:00:00Z")
    let sparse = random.one(of: 600, 20_000, 200_000)
    return (1...random.number(in: 1...400)).map { number in
      start = start.adding(seconds: random.number(in: 0...(random.chance(10) ? sparse : 900)))
      return makeCompleted(
        number, startedAt: start,
        direction: random.one(of: .outboundAPI, .trunkingTerminating, .trunkingOriginating, .inbound))
    }.filter { ($0.callDate ?? .epoch) < makeTime("2026-03-01T12:00:00Z") }
  }

  private static func evenly(_ count: Int, from start: String, everySeconds seconds: Int) -> [Call] {
    (0..<count).map { makeCompleted($0 + 1, startedAt: makeTime(start).adding(seconds: $0 * seconds)) }
  }

  private func requireComplete(_ bench: HistoryBench, _ run: SyncRun) throws {
    let calls = bench.script.calls
    try #require(Set(bench.notes.stored.keys) == Set(calls.map(\.sid)))
    var expected = RunCounts()
    for call in calls { expected.count(call) }
    expected.savedCalls = expected.storable
    expected.unmatchedCalls = 3
    expected.twilioRequests = run.counts.twilioRequests
    try #require(run.counts == expected)
    let period = Period(start: bench.script.settings.start, end: bench.script.now)
    try #require(run.period == period && bench.notes.closed == [period])
    let shares = bench.notes.events.reduce(0.0) { sum, event in
      switch event {
      case .slicesPlanned: 0
      case .resuming(_, _, let share): share
      case .pageStored(_, let share), .sliceReplaced(_, let share): sum + share
      default: sum
      }
    }
    try #require(abs(shares - 1) < 1e-6)
  }
}
