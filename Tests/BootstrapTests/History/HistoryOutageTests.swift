import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync through outages of a minute", .enabled(if: ChaosProfile.isLong), .timeLimit(.minutes(30)))
struct HistoryOutageTests {
  @Test("goes on when Twilio says nothing for a minute")
  func twilio() async throws {
    try await withHistory(calls: 20_000) { installation in
      let directory = try await installation.directory()
      installation.simulation.setLoad(latencyMilliseconds: 200, concurrencyLimit: nil)
      let program = try installation.startResync()
      try await eventually("a page is stored") { try await installation.storedCalls() > 0 }
      try installation.simulation.setFaults("*:stall")
      try await Task.sleep(for: .seconds(60))
      try installation.simulation.setFaults("")
      #expect(try await program.exitStatus(within: .seconds(300)) == 0, "\(program.errors)")
      #expect(JSONText(program.output).integer("totalCalls") == 20_000)
      try await installation.expectHistory(directory)
    }
  }

  @Test("goes on when the database is away for a minute")
  func database() async throws {
    try await withPrivateInstallation { installation in
      try await installation.fillDirectory()
      let now = installation.simulation.now
      installation.simulation.put(TestCalls.settled(20_000, now: now))
      installation.simulation.setLoad(latencyMilliseconds: 200, concurrencyLimit: nil)
      let program = try installation.startResync()
      try await eventually("a page is stored") { try await installation.storedCalls() > 0 }
      try await installation.cluster.stop(.immediate)
      try await Task.sleep(for: .seconds(60))
      try await installation.cluster.start()
      #expect(try await program.exitStatus(within: .seconds(300)) == 0, "\(program.errors)")
      #expect(program.errors.contains("Nuevo intento en"))
      #expect(JSONText(program.output).integer("totalCalls") == 20_000)
      #expect(try await installation.storedCalls() == 20_000)
    }
  }

  @Test("stays small and quick with 100,000 calls to one lead and 1,000 transfers among them")
  func oneLead() async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      installation.simulation.put(Self.oneLead(now: installation.simulation.now))
      let program = try installation.startResync(changes: ["LOG_FORMAT": "json"])
      var peak = 0
      while program.isRunning {
        peak = max(peak, program.peakKilobytes ?? 0)
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await program.exitStatus() == 0, "\(program.errors)")
      #expect(JSONText(program.output).integer("totalCalls") == 101_000)
      #expect(JSONText(program.output).integer("unmatchedCalls") == 0)
      print(
        """
        one lead: peak memory \(peak / 1024) MB, longest time between two pages stored \
        \(Self.longestPause(in: program.errors)) ms, \(JSONText(program.output).integer("durationMs") ?? 0) ms
        """)
      #expect(peak < 128 * 1024)
    }
  }

  private static func oneLead(now: Timestamp) -> [SimulatedCall] {
    (0..<101_000).map { index in
      let created = now.wholeSecond.adding(seconds: -86_400 - index * 60)
      let isTransfer = index % 101 == 50
      let (lead, own) = (TestCalls.lead(1), OwnNumber.all[index % 17].number)
      return SimulatedCall(
        sid: TestCalls.sid(index), direction: isTransfer ? "trunking-originating" : "outbound-api",
        from: isTransfer ? lead : own, to: isTransfer ? own : lead,
        life: CallLife(
          created: created, dialled: created, answered: created, ended: created.adding(seconds: 30),
          priced: created.adding(seconds: 60)), price: "-0.02000")
    }
  }

  private static func longestPause(in log: String) -> Int64 {
    let moments = log.split(separator: "\n").filter { $0.contains(#""event":"page_stored""#) }
      .compactMap { JSONText(String($0)).text("ts").flatMap { Timestamp(filterText: $0) } }
    return zip(moments.dropFirst(), moments).map { $0.milliseconds - $1.milliseconds }.max() ?? 0
  }
}
