import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("Single calls that Twilio does not give, before the whole program", .timeLimit(.minutes(5)))
struct SingleCallTests {
  /// Runs a test with three calls that wait for their price, which Twilio has by now: each is asked for alone, the
  /// oldest first, because it waits longest and none began soon after it.
  private func withLatePrices(
    _ body: (Installation, _ calls: [SimulatedCall]) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      let now = installation.simulation.now.wholeSecond
      var calls = [20, 15, 11].enumerated().map { index, hours in
        let created = now.adding(hours: -hours)
        return SimulatedCall(
          sid: TestCalls.sid(index + 1), from: OwnNumber.all[index].number, to: TestCalls.lead(index),
          life: CallLife(
            created: created, dialled: created, answered: created, ended: created.adding(seconds: 60)),
          price: "-0.02000")
      }
      installation.simulation.put(calls)
      let day = String(now.adding(hours: -48).iso8601.prefix(10))
      let resync = try await installation.resync(["--since", day])
      #expect(resync.status == 0, "\(resync.errors)")
      try await installation.sql("UPDATE unsettled_calls SET asked_at = call_date")
      for index in calls.indices { calls[index].life.priced = calls[index].life.ended }
      installation.simulation.put(calls)
      try await body(installation, calls)
    }
  }

  private func costs(_ installation: Installation) async throws -> [String?] {
    try await installation.column("SELECT cost::text FROM calls ORDER BY id")
  }

  private func warnings(_ ended: Programs.Ended) -> [Substring] {
    ended.output.split(separator: "\n").filter { $0.hasPrefix("⚠️ Twilio no da la llamada ") }
  }

  // As many answers go wrong as the service asks for before it gives a call up.
  @Test(
    "One that is not given is warned about, its turn moves on, the others have their price, the run succeeds",
    arguments: ["call/1-5:500", "call/1-2:401", "call/1:html=404", "call/1:other-call"])
  func first(script: String) async throws {
    try await withLatePrices { installation, calls in
      try installation.simulation.setFaults(script)
      let ended = try await installation.run("hourly")
      #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
      #expect(try await costs(installation) == [nil, "0.02000", "0.02000"])
      let told = warnings(ended)
      #expect(told.count == 1, "\(ended.output)")
      #expect(
        told.first?.hasPrefix(
          "⚠️ Twilio no da la llamada \(calls[0].sid), que se vuelve a pedir más tarde: ")
          == true)
      let place = try await installation.column(
        "SELECT concat_ws(' ', call_id, asked_at > now() - interval '5 minutes', given_up_at) FROM unsettled_calls"
      )
      #expect(place == ["\(calls[0].sid) t"])

      let next = try await installation.run("hourly")
      #expect(next.status == 0 && warnings(next).isEmpty)
      #expect(try await costs(installation) == ["0.02000", "0.02000", "0.02000"])
    }
  }

  @Test("One that was asked for at a time still to come is asked for at once, and so has its late price")
  func askedAhead() async throws {
    try await withLatePrices { installation, _ in
      try await installation.sql("UPDATE unsettled_calls SET asked_at = now() + interval '3 years'")
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await costs(installation) == ["0.02000", "0.02000", "0.02000"])
    }
  }

  @Test("Where none is given runs succeed; at 48 hours they are given up and counted, and doctor names both")
  func none() async throws {
    try await withLatePrices { installation, calls in
      try installation.simulation.setFaults("call/*:401")
      let ended = try await installation.run("hourly")
      #expect(ended.status == 0 && warnings(ended).count == 3, "\(ended.output)\(ended.errors)")
      let waiting = try await installation.column(
        "SELECT call_id FROM unsettled_calls WHERE given_up_at IS NULL ORDER BY call_id")
      #expect(waiting.compactMap(\.self) == calls.map(\.sid))
      try await installation.sql(
        "UPDATE unsettled_calls SET call_date = call_date - interval '48 hours', asked_at = call_date")
      #expect(try await installation.run("hourly").status == 0)
      #expect(try await installation.runStates() == ["succeeded", "succeeded", "succeeded"])
      let doctor = try await installation.run("doctor")
      #expect(doctor.output.contains("⚠️ llamada suelta: "), "\(doctor.output)")
      #expect(doctor.output.contains("❌ llamadas abandonadas: 3 llamadas siguen"), "\(doctor.output)")
      #expect(try await costs(installation) == [nil, nil, nil])
    }
  }
}
