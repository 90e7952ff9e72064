import CallDomain
import SyncEngine
import Testing
import TwilioSimulator

/// How often runs come, and how many of them there are.
struct Cadence: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let minutes: Int
  let runs: Int
  /// The same with `TEST_LONG=1`.
  let longRuns: Int

  static let all = [
    Cadence(testDescription: "every five minutes", minutes: 5, runs: 36, longRuns: 288),
    Cadence(testDescription: "hourly", minutes: 60, runs: 12, longRuns: 96),
    Cadence(testDescription: "once a day", minutes: 1440, runs: 3, longRuns: 30),
  ]
}

@Suite("The steady state of 200 calls an hour", .timeLimit(.minutes(30)))
struct SteadyStateTests {
  @Test(
    "Runs that come as SYNC_EVERY_MINUTES says keep the table equal to Twilio for few requests, and no alert fires",
    arguments: Cadence.all)
  func steady(cadence: Cadence) async throws {
    var configuration = SimulatorConfiguration()
    configuration.scenario = .steady
    configuration.rates = CallRates(neverPriced: 10, neverFinal: 2)
    configuration.options.lagSeconds = 120
    let start = try #require(Timestamp(year: 2026, month: 3, day: 2, hour: 0, minute: 7))
    configuration.clock = .fixed(start)
    try await withInstallation(simulator: configuration) { installation in
      try await installation.fillDirectory()
      var settings = HourlySync.Settings()
      settings.everyMinutes = cadence.minutes
      var rules = AlertRules()
      rules.everyMinutes = cadence.minutes
      let sync = try MovingSync(installation, settings: settings)
      var runs: [SyncRun] = []
      var alerts: [Alert] = []
      let count = ChaosProfile.isLong ? cadence.longRuns : cadence.runs
      for number in 0...count {
        let moment = start.adding(minutes: number * cadence.minutes)
        if number > 0 { alerts += try await sync.alerts(rules, at: moment) }
        runs.append(try await sync.run(at: moment))
      }
      // Whose calls they are is no matter of the pause.
      alerts.removeAll { $0.name == .defaultWorkspace }
      print("\(cadence.testDescription): \(alerts.count) alerts in \(count) pauses")
      #expect(alerts == [])
      #expect(sync.notes.gaps == [])
      try await check(sync, runs, cadence, last: start.adding(minutes: count * cadence.minutes))
    }
  }

  private func check(
    _ sync: MovingSync, _ runs: [SyncRun], _ cadence: Cadence, last: Timestamp
  ) async throws {
    let requests = runs.map(\.counts.twilioRequests)
    let mean = Double(requests.reduce(0, +)) / Double(requests.count)
    print(
      """
      steady state, \(cadence.testDescription): \(runs.count) runs, \(requests.reduce(0, +)) requests to Twilio, a \
      run at most \(requests.max() ?? 0), mean \(mean)
      """)
    // A day is read in six slices of up to 1,200 calls, two lists each.
    #expect(requests.allSatisfy { $0 <= (cadence.minutes > 60 ? 60 : 4) })
    #expect(requests.reduce(0, +) == sync.installation.simulation.requests.count)

    let begin = try #require(runs.first?.period?.start)
    let truth = try SimulatedTruth(
      sync.installation.simulation, from: min(begin.adding(hours: -24), last.adding(hours: -120)))
    let comparison = try await TableComparison(
      sync.installation, truth,
      isExpected: { entry in
        entry.began >= begin && entry.created <= last.adding(minutes: -2)
      },
      // Twilio went on while the last run worked; what changes with its end is the next one's.
      mayBeBehind: { $0.updated >= last })
    comparison.expectNothingWrong()
    print("steady state: \(comparison.equal) rows equal, \(comparison.behind) changed during the last run")
    #expect(comparison.equal > 2 * min(5 * 1440, (runs.count - 1) * cadence.minutes))
    try await checkAskings(sync, truth, cadence, last: last)
  }

  private func checkAskings(
    _ sync: MovingSync, _ truth: SimulatedTruth, _ cadence: Cadence, last: Timestamp
  ) async throws {
    let hours = max(12, cadence.minutes / 60 + 1)
    let now = sync.installation.simulation.now
    let calls = truth.entries.map { entry in
      let isPriced = entry.columns["cost"] != nil || entry.columns["duration"] == "0"
      let isFinal = !["queued", "ringing", "in-progress", "transferred"].contains(entry.columns["status"])
      let needsPrice = entry.columns["status"] == "completed"
      let isSettled = isFinal && (isPriced || !needsPrice)
      return MovingSync.Asked(
        sid: entry.sid, began: entry.began, settled: isSettled ? entry.updated : nil)
    }
    let longest = sync.expectAskings(calls, atLeastEvery: hours, until: now)
    let givenUp = try await sync.expectGivenUp(calls)
    let stored = Set(try await sync.installation.column("SELECT id FROM calls").compactMap(\.self))
    let due = calls.filter { call in
      call.settled == nil && stored.contains(call.sid) && call.began < last.adding(hours: -48 - hours)
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
