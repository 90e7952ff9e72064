import CallDomain
import Testing
import TwilioSimulator

@Suite("Calls that start days after they were made", .timeLimit(.minutes(5)))
struct QueuedTests {
  /// The call as Twilio shows it.
  private func call(_ fields: String) -> String {
    """
    {"sid": "\(TestCalls.sid(1))", "from": "\(OwnNumber.all[0].number)", "to": "\(TestCalls.lead(1))",
      "direction": "outbound-api", \(fields)}
    """
  }

  private static let unknown = #""_omit": ["start_time", "end_time", "duration", "price"]"#

  @Test("One that was given up in the queue has its start, end and price all the same, without a resync")
  func queued() async throws {
    let start = try #require(Timestamp(year: 2026, month: 3, day: 2, hour: 9))
    var configuration = SimulatorConfiguration()
    configuration.clock = .fixed(start)
    try await withInstallation(simulator: configuration) { installation in
      let sync = try MovingSync(installation)
      let simulation = installation.simulation
      let created = start.adding(minutes: -10)
      try simulation.put(
        json: call(#""status": "queued", "date_created": "\#(created.iso8601)", \#(Self.unknown)"#))
      let place = "SELECT given_up_at IS NOT NULL FROM unsettled_calls"
      for hour in 0...49 {
        let run = try await sync.run(at: start.adding(hours: hour))
        #expect(run.counts.twilioRequests <= 4)
        #expect(try await installation.value(place) == (hour < 48 ? "f" : "t"), "\(hour)")
      }
      let dialled = start.adding(hours: 49).adding(minutes: 30)
      try simulation.put(
        json: call(
          #""status": "in-progress", "start_time": "\#(dialled.iso8601)", "_omit": ["end_time", "duration", "price"]"#
        ))
      _ = try await sync.run(at: start.adding(hours: 50))
      #expect(try await installation.value(place) == "f")

      let ended = dialled.adding(minutes: 90)
      let times = #""start_time": "\#(dialled.iso8601)", "end_time": "\#(ended.iso8601)", "duration": "5400""#
      try simulation.put(json: call(#""status": "completed", \#(times), "_omit": ["price"]"#))
      for hour in 52...60 { _ = try await sync.run(at: start.adding(hours: hour)) }
      #expect(try await installation.value(place) == "f")
      // No window lists it by its start or end any more.
      try simulation.put(json: call(#""status": "completed", \#(times), "price": "-0.0560""#))
      for hour in 61...73 { _ = try await sync.run(at: start.adding(hours: hour)) }
      #expect(try await installation.value(place) == nil)
      #expect(
        try await installation.value("SELECT concat_ws(' ', status, duration, cost) FROM calls")
          == "completed 5400 0.0560")
    }
  }
}
