import CallDomain
import TestSupport
import Testing
import TwilioSimulator

/// How runs are timed and how Twilio behaves meanwhile.
struct Schedule: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var hoursBetweenRuns = 1
  /// Runs that do not happen, in percent.
  var dropped = 0
  /// Days without a run, after the first.
  var gapDays = 0
  var lagSeconds = 60
  var precision = DatePrecision.exact

  static let all = [
    Schedule(testDescription: "hourly"),
    Schedule(testDescription: "hourly, four of ten runs dropped", dropped: 40),
    Schedule(testDescription: "daily", hoursBetweenRuns: 24),
    Schedule(testDescription: "hourly, calls listed an hour late", lagSeconds: 3600),
    Schedule(testDescription: "daily, calls listed an hour late", hoursBetweenRuns: 24, lagSeconds: 3600),
    Schedule(testDescription: "hourly, bounds taken for whole days", precision: .day),
    Schedule(
      testDescription: "hourly, four of ten dropped, bounds taken for whole days", dropped: 40,
      precision: .day),
    Schedule(testDescription: "daily, bounds taken for whole days", hoursBetweenRuns: 24, precision: .day),
    Schedule(testDescription: "hourly, with a gap of ten days", gapDays: 10),
  ]

  static let start = Timestamp(year: 2026, month: 3, day: 2, hour: 0, minute: 7) ?? Timestamp(seconds: 0)

  /// Until then calls come.
  var lastCall: Timestamp {
    Self.start.adding(hours: 24 * ((ChaosProfile.isLong ? 4 : 1) + gapDays + (hoursBetweenRuns > 1 ? 2 : 0)))
  }

  /// The runs; those after the last call go on until everything is settled or given up.
  func runs(_ random: inout TestSupport.SeededRandom) -> [Timestamp] {
    let quietStep = ChaosProfile.isLong ? hoursBetweenRuns : max(3, hoursBetweenRuns)
    var runs = [Self.start]
    var next = Self.start.adding(hours: hoursBetweenRuns)
    while next <= lastCall.adding(hours: 96) {
      let isInGap =
        gapDays > 0 && next > Self.start.adding(hours: 24)
        && next < Self.start.adding(hours: 24 * (gapDays + 1))
      if !isInGap && (next > lastCall || !random.chance(dropped)) { runs.append(next) }
      next = next.adding(hours: next < lastCall ? hoursBetweenRuns : quietStep)
    }
    return runs
  }
}

@Suite("Runs by a moving clock", .timeLimit(.minutes(60)))
struct ScheduleTests {
  @Test("Nothing is lost, nothing stored twice, everything settles", arguments: Schedule.all)
  func settles(schedule: Schedule) async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    var varied = VariedCalls(seed: seed)
    let calls = varied.calls(
      everySeconds: 300, from: Schedule.start.adding(hours: -5), until: schedule.lastCall)
    var configuration = SimulatorConfiguration()
    configuration.clock = .fixed(Schedule.start)
    configuration.options.lagSeconds = schedule.lagSeconds
    configuration.options.precision = schedule.precision
    try await withInstallation(simulator: configuration) { installation in
      try await installation.fillDirectory()
      installation.simulation.put(calls)
      let directory = try await installation.directory()
      let sync = try MovingSync(installation)
      let moments = schedule.runs(&random)
      var runs: [SyncRun] = []
      for moment in moments {
        runs.append(try await sync.run(at: moment))
      }
      let truth = try SimulatedTruth(installation.simulation, from: Schedule.start.adding(hours: -24))
      try await check(schedule, sync, runs, calls, truth, seed: seed)
      try await checkSettling(schedule, sync, calls, moments)
      try await installation.expectPlainAttribution(truth, directory: directory)
    }
  }

  private func check(
    _ schedule: Schedule, _ sync: MovingSync, _ runs: [SyncRun], _ calls: [SimulatedCall],
    _ truth: SimulatedTruth, seed: UInt64
  ) async throws {
    let begin = try #require(runs.first?.period?.start)
    let gap = try await checkHole(schedule, sync, runs)
    let comparison = try await TableComparison(
      sync.installation, truth,
      isExpected: { entry in
        let isFound = schedule.lagSeconds < 900 || entry.ended != nil
        let isLeftOut = gap?.contains(entry.began) == true
        return entry.began >= begin && isFound && !isLeftOut
      })
    comparison.expectNothingWrong("seed \(seed)")
    #expect(comparison.equal > 200)
    let requests = runs.map(\.counts.twilioRequests)
    let mean = Double(requests.reduce(0, +)) / Double(requests.count)
    print(
      """
      \(schedule.testDescription): seed \(seed), \(runs.count) runs, \(comparison.equal) rows equal, Twilio \
      requests a run: at most \(requests.max() ?? 0), mean \(mean)
      """)
  }

  /// The gap that the cap on catching up leaves, and where it is recorded.
  private func checkHole(_ schedule: Schedule, _ sync: MovingSync, _ runs: [SyncRun]) async throws -> Period?
  {
    let recorded = try await sync.installation.column(
      """
      SELECT (extract(epoch FROM period_start) * 1000)::bigint || ' '
        || (extract(epoch FROM period_end) * 1000)::bigint FROM sync_holes
      """)
    guard schedule.gapDays > 0 else {
      #expect(recorded.isEmpty)
      return nil
    }
    let place = try #require(
      runs.indices.dropFirst().first { place in
        runs[place].startedAt.milliseconds(since: runs[place - 1].startedAt) > 168 * 3_600_000
      })
    // With the overlap, in which calls that were listed late may lie.
    let gap = Period(
      start: runs[place - 1].startedAt.adding(minutes: -15), end: runs[place].startedAt.adding(hours: -168))
    #expect(recorded == ["\(gap.start.milliseconds) \(gap.end.milliseconds)"])
    #expect(sync.notes.gaps == [gap])
    #expect(runs[place].period == Period(start: gap.end, end: runs[place].startedAt))
    return gap
  }

  private func checkSettling(
    _ schedule: Schedule, _ sync: MovingSync, _ calls: [SimulatedCall], _ moments: [Timestamp]
  ) async throws {
    // Where bounds count as whole days, Twilio also lists what began before the first run's window.
    let stored = Set(try await sync.installation.column("SELECT id FROM calls").compactMap(\.self))
    let asked = calls.filter { stored.contains($0.sid) }.map { call in
      MovingSync.Asked(
        sid: call.sid, began: call.life.dialled ?? call.life.created, settled: call.life.settled)
    }
    // A run asks for whatever has waited for ten hours.
    let gap = zip(moments.dropFirst(), moments).map { $0.seconds(since: $1) / 3600 }.max() ?? 1
    let hours = max(12, 11 + Int(gap))
    let longest = sync.expectAskings(asked, atLeastEvery: hours, until: sync.installation.simulation.now)
    let givenUp = try await sync.expectGivenUp(asked)
    let never = Set(calls.filter { $0.life.settled == nil && stored.contains($0.sid) }.map(\.sid))
    // A price that came only after the call was given up is found by no further asking.
    #expect(givenUp.isSuperset(of: never))
    #expect(schedule.gapDays > 0 || givenUp == never)
    let watched = try await sync.installation.value(
      "SELECT count(*) FROM unsettled_calls WHERE given_up_at IS NULL")
    #expect(watched == "0")
    print(
      """
      \(schedule.testDescription): unsettled calls waited at most \(longest) minutes (\(hours) h allowed), \
      \(givenUp.count) given up
      """)
  }
}
