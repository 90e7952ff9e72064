import CallDomain
import Testing
import TwilioSimulator

@Suite("Calls deleted at Twilio", .timeLimit(.minutes(5)))
struct GoneTests {
  @Test(
    "An unsettled call that is gone keeps its row, and is not asked for any more at 48 hours",
    arguments: [false, true])
  func gone(hasNeighbours: Bool) async throws {
    let start = try #require(Timestamp(year: 2026, month: 3, day: 2, hour: 9))
    var configuration = SimulatorConfiguration()
    configuration.clock = .fixed(start)
    try await withInstallation(simulator: configuration) { installation in
      let unpriced = (0..<(hasNeighbours ? 9 : 1)).map { index in
        let created = start.adding(minutes: -30 - index)
        return SimulatedCall(
          sid: TestCalls.sid(index), from: OwnNumber.all[index].number, to: TestCalls.lead(index),
          life: CallLife(
            created: created, dialled: created, answered: created, ended: created.adding(seconds: 60)))
      }
      installation.simulation.put(unpriced)
      let sync = try MovingSync(installation)
      _ = try await sync.run(at: start)
      let row = "SELECT (c.*)::text FROM calls c WHERE id = '\(unpriced[0].sid)'"
      let before = try await installation.value(row)
      #expect(before != nil)

      #expect(installation.simulation.remove(sid: unpriced[0].sid))
      for hour in 1...72 {
        let run = try await sync.run(at: start.adding(hours: hour))
        #expect(run.counts.twilioRequests <= 4)
      }
      #expect(try await installation.value(row) == before)
      let gone = try await installation.column(
        "SELECT call_id FROM unsettled_calls WHERE gone_at IS NOT NULL AND given_up_at IS NOT NULL")
      #expect(gone == [unpriced[0].sid])
      let askings = installation.simulation.requests.filter { $0.target.contains(unpriced[0].sid) }
      #expect(askings.allSatisfy { $0.status == 404 } && (4...48).contains(askings.count), "\(askings.count)")
    }
  }
}
