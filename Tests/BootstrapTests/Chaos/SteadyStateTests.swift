import CallDomain
import Testing
import TwilioSimulator

@Suite("The steady state of 200 calls an hour", .timeLimit(.minutes(30)))
struct SteadyStateTests {
  @Test("Hourly runs keep the table equal to Twilio for at most 4 requests a run")
  func steady() async throws {
    var configuration = SimulatorConfiguration()
    configuration.scenario = .steady
    configuration.rates = CallRates(neverPriced: 10, neverFinal: 2)
    configuration.options.lagSeconds = 120
    let start = try #require(Timestamp(year: 2026, month: 3, day: 2, hour: 0, minute: 7))
    configuration.clock = .fixed(start)
    try await withInstallation(simulator: configuration) { installation in
      try await installation.fillDirectory()
      let sync = try MovingSync(installation)
      var runs: [SyncRun] = []
      let hours = ChaosProfile.isLong ? 96 : 12
      for hour in 0...hours {
        runs.append(try await sync.run(at: start.adding(hours: hour)))
      }
      try await check(sync, runs, last: start.adding(hours: hours))
    }
  }

  private func check(_ sync: MovingSync, _ runs: [SyncRun], last: Timestamp) async throws {
    let requests = runs.map(\.counts.twilioRequests)
    let mean = Double(requests.reduce(0, +)) / Double(requests.count)
    print(
      "steady state: \(runs.count) runs, Twilio requests a run: at most \(requests.max() ?? 0), mean \(mean)")
    #expect(requests.allSatisfy { $0 <= 4 })
    #expect(requests.reduce(0, +) == sync.installation.simulation.requests.count)

    let begin = try #require(runs.first?.period?.start)
    let truth = try SimulatedTruth(sync.installation.simulation, from: last.adding(hours: -120))
    let comparison = try await TableComparison(
      sync.installation, truth,
      isExpected: { entry in
        entry.began >= begin && entry.created <= last.adding(minutes: -2)
      },
      // Twilio went on while the last run worked; what changes with its end is the next one's.
      mayBeBehind: { $0.updated >= last })
    comparison.expectNothingWrong()
    print("steady state: \(comparison.equal) rows equal, \(comparison.behind) changed during the last run")
    #expect(comparison.equal > 120 * (runs.count - 1))
    try await checkAskings(sync, truth, last: last)
  }

  private func checkAskings(_ sync: MovingSync, _ truth: SimulatedTruth, last: Timestamp) async throws {
    let now = sync.installation.simulation.now
    let calls = truth.entries.map { entry in
      let isPriced = entry.columns["cost"] != nil || entry.columns["duration"] == "0"
      let isFinal = !["queued", "ringing", "in-progress", "transferred"].contains(entry.columns["status"])
      let needsPrice = entry.columns["status"] == "completed"
      let isSettled = isFinal && (isPriced || !needsPrice)
      return MovingSync.Asked(
        sid: entry.sid, began: entry.began, settled: isSettled ? entry.updated : nil)
    }
    let longest = sync.expectAskings(calls, atLeastEvery: 12, until: now)
    let givenUp = try await sync.expectGivenUp(calls)
    let stored = Set(try await sync.installation.column("SELECT id FROM calls").compactMap(\.self))
    let due = calls.filter { call in
      call.settled == nil && stored.contains(call.sid) && call.began < last.adding(hours: -60)
    }
    #expect(Set(due.map(\.sid)).isSubset(of: givenUp))
    let watched = try await sync.installation.value(
      "SELECT count(*) FROM unsettled_calls WHERE given_up_at IS NULL")
    print(
      """
      steady state: unsettled calls waited at most \(longest) minutes; \(watched ?? "") on watch, \
      \(givenUp.count) given up
      """)
  }
}
