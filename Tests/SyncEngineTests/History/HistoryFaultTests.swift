import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("A historical run and what goes wrong")
struct HistoryFaultTests {
  private let calls = (0..<200).map {
    makeCompleted($0 + 1, startedAt: makeTime("2025-12-01T00:00:00Z").adding(hours: $0 * 8))
  }

  @Test("Where Twilio keeps nothing older, the start moves to the first day that it answers, and says so")
  func retention() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.retentionStart = makeTime("2025-12-24T07:30:00Z")
      script.lost = [Period(start: script.settings.start, end: makeTime("2025-12-25T00:00:00Z"))]
    }
    let run = try await bench.run().get()
    let start = makeTime("2025-12-25T00:00:00Z")
    #expect(run.period == Period(start: start, end: bench.script.now))
    #expect(Set(bench.notes.stored.keys) == Set(calls.filter { ($0.callDate ?? .epoch) >= start }.map(\.sid)))
    #expect(bench.notes.events.filter { $0 == .retentionReached(start: start) }.count == 1)
    #expect(bench.notes.events.filter { $0 == .lost(bench.script.lost[0]) }.count == 1)
    // What was asked for, so that gaps before the start are not shown for ever.
    #expect(bench.notes.asked == [Period(start: bench.script.settings.start, end: bench.script.now)])
    #expect(bench.notes.requestCount < 60)
  }

  @Test("A history up to now of which nothing is kept is a failure: nobody keeps nothing")
  func nothingKept() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.retentionStart = makeTime("2027-01-01T00:00:00Z")
    }
    let outcome = try await bench.run()
    let failure = #expect(throws: RunFailure.self) { try outcome.get() }
    #expect(failure?.kind == .twilio(.retention))
  }

  @Test("A closed period of which nothing is kept any more is no failure")
  func closedPeriodGone() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.retentionStart = makeTime("2027-01-01T00:00:00Z")
    }
    let run = try await bench.run(until: makeTime("2025-09-01T00:00:00Z")).get()
    #expect(run.counts.totalCalls == 0)
    #expect(run.period.map { $0.start == $0.end } == true)
  }

  @Test("Retention cannot begin after what was just read: only next pages are answered with 20004")
  func retentionOfNextPages() async throws {
    let bench = HistoryBench { script in
      script.settings.workers = 1
      script.calls = calls
      script.onRequest = { number throws(RunFailure) in
        if number > 3 { throw RunFailure(.twilio(.retention), "Twilio ya no guarda llamadas tan antiguas.") }
      }
    }
    let outcome = try await bench.run()
    let failure = #expect(throws: RunFailure.self) { try outcome.get() }
    #expect(failure?.kind == .twilio(.retention))
  }

  @Test("An expired page token has its slice begun anew, and its calls are counted once")
  func expiredToken() async throws {
    let bench = HistoryBench { script in
      script.settings.workers = 1
      script.calls = calls
      script.onRequest = { number throws(RunFailure) in
        if number == 6 { throw RunFailure(.twilio(.refused), "El token de página caducó.") }
      }
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 200)
    #expect(Set(bench.notes.stored.keys) == Set(calls.map(\.sid)))
  }

  @Test("Page tokens that always expire end the run with a sentence")
  func tokensNeverWork() async throws {
    let bench = HistoryBench { script in
      script.settings.workers = 1
      script.calls = calls
      script.forgetsPageTokens = true
    }
    let outcome = try await bench.run()
    let failure = #expect(throws: RunFailure.self) { try outcome.get() }
    #expect(failure?.code == .twilio && failure?.message == "El token de página caducó.")
  }

  @Test("A database that is away is waited for; the page is committed when it is back")
  func databaseAway() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.onCommit = { number throws(RunFailure) in
        if (4...7).contains(number) {
          throw RunFailure(.database(.unreachable), "No se puede usar la base de datos.")
        }
      }
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 200)
    let waits = bench.notes.events.filter { if case .databaseAway = $0 { true } else { false } }
    #expect(waits.count == 4)
    // Each of the two lanes doubles its own pauses, and either may meet any of the four refusals.
    let shares: [[Int64]] = [[500, 1000, 2000, 4000], [500, 500, 1000, 2000], [500, 500, 1000, 1000]]
    #expect(shares.contains(bench.notes.pauses.sorted()), "\(bench.notes.pauses)")
  }

  @Test("Pages that a crashed database has forgotten are read again, and counted once")
  func forgotten() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.forgetsCommits = [5, 6, 11]
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 200)
    #expect(Set(bench.notes.stored.keys) == Set(calls.map(\.sid)))
    #expect(bench.notes.events.contains { if case .resuming = $0 { true } else { false } })
  }

  @Test("After ten minutes without the database the run fails")
  func databaseGone() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.onCommit = { number throws(RunFailure) in
        if number >= 4 { throw RunFailure(.database(.unreachable), "No se puede usar la base de datos.") }
      }
    }
    let outcome = try await bench.run()
    #expect(throws: RunFailure.self) { try outcome.get() }
    // Each of the two lanes waits, and the bench adds their pauses up.
    #expect((600_000...1_240_000).contains(bench.notes.elapsed))
    #expect(bench.notes.finished.map(\.state) == [.failed])
  }

  @Test("What the database refuses for good ends the run at once")
  func refused() async throws {
    let bench = HistoryBench { script in
      script.calls = calls
      script.onCommit = { number throws(RunFailure) in
        if number == 3 { throw RunFailure(.database(.full), "La base de datos no tiene espacio en disco.") }
      }
    }
    let outcome = try await bench.run()
    #expect(throws: RunFailure.self) { try outcome.get() }
    #expect(bench.notes.pauses.isEmpty)
  }

  @Test("A process that is told to stop interrupts the run, whoever waits for what")
  func stopped() async throws {
    let blocked = Latch()
    let bench = HistoryBench { script in
      script.calls = calls
      script.onCommit = { number throws(RunFailure) in
        guard number == 3 else { return }
        blocked.signal()
        // A commit that waits until it is cancelled.
        try? await Latch().wait()
        throw RunFailure(.internal, "cancelled")
      }
    }
    let conductor = bench.makeConductor()
    let live = try await conductor.start(
      .historical(since: nil, until: nil, restart: false), requestedBy: "test")
    try await blocked.wait()
    await conductor.stop()
    let outcome = await live.outcome()
    #expect(throws: RunFailure.self) { try outcome.get() }
    #expect(bench.notes.finished.map(\.state) == [.interrupted])
    #expect(try await bench.run().get().counts.totalCalls == 200)
  }

  @Test("Bounds that leave nothing to read are refused before anything is recorded")
  func nothingBetween() async throws {
    let bench = HistoryBench()
    for (since, until) in [
      ("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z"), ("2026-03-02T00:00:00Z", nil),
      (nil, "2025-07-01T00:00:00Z"),
    ] {
      let failure = await #expect(throws: RunFailure.self) {
        _ = try await bench.run(since: since.map(makeTime), until: until.map(makeTime))
      }
      #expect(failure?.code == .badParameter)
    }
    #expect(bench.notes.runs == 0)
  }

  @Test("Other bounds are another resync; an end that lies ahead is none")
  func identity() async throws {
    let bench = HistoryBench { $0.calls = calls }
    _ = try await bench.run(since: makeTime("2026-01-01T00:00:00Z"), until: makeTime("2027-01-01T00:00:00Z"))
    #expect(bench.notes.request == HistoryRequest(since: makeTime("2026-01-01T00:00:00Z"), until: nil))
    _ = try await bench.run(until: makeTime("2026-01-01T00:00:00Z"))
    #expect(
      bench.notes.request
        == HistoryRequest(since: bench.script.settings.start, until: makeTime("2026-01-01T00:00:00Z")))
  }
}
