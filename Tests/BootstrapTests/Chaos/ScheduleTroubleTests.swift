import CallDomain
import Postgres
import TestSupport
import Testing
import TwilioSimulator

extension ScheduleTests {
  @Test(
    "Whatever bounds, corrections and refusals are drawn, the table ends as the plain model's but for what is told"
  )
  func troubled() async throws {
    try await forEachSeed(2) { random in
      let comment = "TEST_SEED=\(random.seed)"
      let schedule = Schedule(
        testDescription: "troubled", dropped: 20, gapDays: random.one(of: 0, 0, 10))
      var varied = VariedCalls(seed: random.next())
      let calls = varied.calls(
        everySeconds: 300, from: Schedule.start.adding(hours: -5), until: schedule.lastCall)
      let moments = schedule.runs(&random)
      let dice = random
      var configuration = SimulatorConfiguration()
      configuration.clock = .fixed(Schedule.start)
      configuration.options.lagSeconds = schedule.lagSeconds
      try await withInstallation(simulator: configuration) { installation in
        try await installation.fillDirectory()
        installation.simulation.put(calls)
        let directory = try await installation.directory()
        let sync = try MovingSync(installation)
        var trouble = ScheduleTrouble(installation, schedule, calls, random: dice)
        try await trouble.begin()
        var runs: [SyncRun] = []
        for moment in moments {
          let mayFail = try await trouble.strike(before: moment)
          switch try await sync.attempt(at: moment) {
          case .success(let run): runs.append(run)
          case .failure(let failure): try #require(mayFail, "\(comment): \(failure.message)")
          }
          try await trouble.relieve()
        }
        print(
          "troubled: \(comment), \(schedule.gapDays) days without runs, \(moments.count - runs.count) failed")
        let begin = try #require(runs.first?.period?.start)
        try await checkTable(sync, trouble, from: begin, directory: directory, comment: comment)
      }
    }
  }

  /// Holds the table against Twilio, whose faults end here, and the plain model; what is not there lies in a hole or
  /// was refused, and an event has told of it.
  private func checkTable(
    _ sync: MovingSync, _ trouble: ScheduleTrouble, from begin: Timestamp, directory: [PhoneRow],
    comment: String
  ) async throws {
    let installation = sync.installation
    try installation.simulation.setFaults("")
    let holes = try await holes(installation)
    #expect(Set(holes).isSubset(of: sync.notes.gaps), "\(comment)")
    let refused = try await sids("SELECT call_id FROM refused_calls", installation)
    #expect(refused.isSubset(of: sync.notes.refused), "\(comment)")
    #expect(refused.allSatisfy { trouble.refusesOdd && RefusingTable.isOdd($0) }, "\(comment)")

    let former = trouble.former
    let stored = try await sids("SELECT id FROM calls", installation)
    let truth = try SimulatedTruth(
      installation.simulation, from: Schedule.start.adding(hours: -24), former: former.intersection(stored))
    let due = truth.entries.filter { entry in
      entry.began >= begin && !holes.contains { $0.contains(entry.began) }
    }
    let odd = Set(due.map(\.sid).filter { trouble.refusesOdd && RefusingTable.isOdd($0) })
    #expect(odd.isSubset(of: refused), "\(comment)")
    let expected = Set(due.map(\.sid)).subtracting(odd)
    let comparison = try await TableComparison(
      installation, truth, isExpected: { expected.contains($0.sid) },
      // Nobody asks again for a call of no case.
      mayBeBehind: { former.contains($0.sid) })
    comparison.expectNothingWrong("\(comment)")
    #expect(comparison.equal > 200, "\(comment)")
    let ofACase = try await sids(
      "SELECT id FROM calls WHERE direction IN ('outbound-api', 'trunking-terminating', 'trunking-originating')",
      installation)
    #expect(former.isDisjoint(with: ofACase), "\(comment)")
    try await installation.expectPlainAttribution(
      truth, directory: directory, isByLead: true, formerOwn: trouble.formerOwn, comment: comment)
  }

  private func holes(_ installation: Installation) async throws -> [Period] {
    let result = try await installation.pool.repeatable(
      PostgresStatement(
        """
        SELECT (extract(epoch FROM period_start) * 1000)::bigint,
          (extract(epoch FROM period_end) * 1000)::bigint
        FROM sync_holes
        """))
    return try result.rows.map { row in
      try Period(
        start: Timestamp(milliseconds: row.requiredInt(0)), end: Timestamp(milliseconds: row.requiredInt(1)))
    }
  }

  private func sids(_ query: String, _ installation: Installation) async throws -> Set<String> {
    Set(try await installation.column(query).compactMap(\.self))
  }
}
