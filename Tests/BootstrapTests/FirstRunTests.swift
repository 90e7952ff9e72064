import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("The first hourly run on a database with older calls", .timeLimit(.minutes(10)))
struct FirstRunTests {
  /// A call every ten minutes until now, of which an older program stored those of the first two hours.
  ///
  /// - Parameter hours: How long ago it stopped.
  private func withOlderCalls(
    _ hours: Int, _ body: (Installation, _ calls: Int) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      let now = installation.simulation.now.wholeSecond
      let count = (hours + 2) * 6
      for index in 0..<count {
        let created = now.adding(seconds: -600 * (index + 1))
        let call = SimulatedCall(
          sid: TestCalls.sid(index), from: OwnNumber.all[index % 17].number, to: TestCalls.lead(index),
          life: CallLife(
            created: created, dialled: created, answered: created, ended: created.adding(seconds: 60),
            priced: created.adding(seconds: 90)), price: "-0.02000")
        installation.simulation.put([call])
        guard index >= hours * 6 else { continue }
        try await installation.sql(
          """
          INSERT INTO calls (id, source, workspace_id, call_date, raw_data)
          VALUES ('\(call.sid)', 'twilio', 1, '\(created.iso8601)',
            '{"direction": "outbound-api", "startTime": "\(created.iso8601)"}')
          """)
      }
      try await body(installation, count)
      #expect(try await installation.value("SELECT count(*) FROM sync_holes") == "0")
    }
  }

  /// The newest 2,500 calls, which fill the first pages.
  private func addCrowd(to simulation: Simulation) {
    let crowd = TestCalls.settled(2500, now: simulation.now).enumerated()
    simulation.put(
      crowd.map { index, call in
        var call = call
        call.sid = TestCalls.sid(10_000 + index)
        return call
      })
  }

  @Test("that fails on a later page leaves the next one all that it did not take in")
  func laterPage() async throws {
    try await withOlderCalls(5) { installation, calls in
      addCrowd(to: installation.simulation)
      // Three pages of what ended, one of what started.
      try installation.simulation.setFaults("list/5-:401")
      #expect(try await installation.run("hourly").status == 1)
      #expect(try await installation.storedCalls() == 12 + 1000)
      try installation.simulation.setFaults("")
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.storedCalls() == calls + 2500)
    }
  }

  @Test("reads on from the older calls, not from those that a resync has stored before it")
  func afterResync() async throws {
    try await withOlderCalls(50) { installation, calls in
      let day = String(installation.simulation.now.startOfDay.iso8601.prefix(10))
      let resync = try await installation.resync(["--since", day])
      #expect(resync.status == 0, "\(resync.errors)")
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.storedCalls() == calls)
    }
  }

  @Test("reads on from them also when a resync has failed before it")
  func afterFailedResync() async throws {
    try await withOlderCalls(50) { installation, calls in
      addCrowd(to: installation.simulation)
      // It tries a second time to be sure of a 401.
      try installation.simulation.setFaults("list/3-:401")
      #expect(try await installation.resync().status == 1)
      try installation.simulation.setFaults("")
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.storedCalls() == calls + 2500)
    }
  }

  @Test("is not led astray by a stored call in the future")
  func future() async throws {
    try await withOlderCalls(50) { installation, calls in
      try await installation.sql(
        "UPDATE calls SET call_date = now() + interval '10 days' WHERE id = (SELECT max(id) FROM calls)")
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.storedCalls() == calls)
    }
  }

  @Test("without any older call begins with its window, from which the next one goes on if it fails")
  func withoutOlderCalls() async throws {
    try await withInstallation { installation in
      try installation.simulation.setFaults("list/1-:401")
      #expect(try await installation.run("hourly").status == 1)
      let start = try await installation.value("SELECT period_start FROM sync_runs WHERE id = 1")
      #expect(try await start == installation.coveredUntil() && start != nil)
    }
  }
}
