import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync over a midnight through the whole program", .timeLimit(.minutes(60)))
struct MidnightTests {
  /// How Twilio takes bounds within a day.
  struct Way: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The simulator's faults in the first run, which fails where they make it.
    var first = ""
    /// Those in the run after it, where there is one.
    var next: String?
  }

  static let ways = [
    Way(testDescription: "honoured"),
    Way(testDescription: "always whole days", first: "*:whole-days"),
    Way(testDescription: "whole days by turns", first: "2n:whole-days"),
    Way(testDescription: "whole days from the fifth request on", first: "5-:whole-days"),
    Way(testDescription: "whole days from the second run on", first: "list/7-:401", next: "*:whole-days"),
    Way(testDescription: "whole days in the first run", first: "*:whole-days; list/4-:401", next: ""),
  ]

  @Test(
    "of 46 hours stores all of 3,500 calls, a third of them in the last 80 minutes, and fills its hole",
    arguments: ways)
  func burst(_ way: Way) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      let directory = try await installation.directory()
      let midnight = installation.simulation.now.startOfDay.adding(hours: -24)
      // A midpoint just before the midnight.
      let (start, end) = (midnight.adding(seconds: -84_600), midnight.adding(seconds: 81_000))
      installation.simulation.put(Self.calls(from: start, to: end))
      let bounds = ["--since", start.iso8601, "--until", end.iso8601]
      try await installation.sql("INSERT INTO sync_holes VALUES ('\(start.iso8601)', '\(end.iso8601)')")

      try installation.simulation.setFaults(way.first)
      var run = try await installation.resync(bounds)
      if let next = way.next {
        #expect(run.status == 1)
        #expect(try await installation.value("SELECT count(*) FROM sync_holes") == "1")
        try installation.simulation.setFaults(next)
        run = try await installation.resync(bounds)
      }
      #expect(run.status == 0, "\(run.errors)")
      let requests = installation.simulation.requests.count
      try installation.simulation.setFaults("")
      let truth = try SimulatedTruth(installation.simulation, from: start.adding(hours: -24))
      let comparison = try await TableComparison(
        installation, truth, isExpected: { start <= $0.began && $0.began < end })
      comparison.expectNothingWrong()
      print(
        "\(way.testDescription): \(comparison.missing.count) of 3500 calls missing, \(requests) requests")
      #expect(try await installation.storedCalls() == 3500)
      #expect(run.result.integer("totalCalls") == 3500)
      #expect(try await installation.value("SELECT count(*) FROM sync_holes") == "0")
      try await installation.expectPlainAttribution(truth, directory: directory, isByLead: true)
    }
  }

  @Test(
    "of one to three days, whatever bounds, bursts, corrections and refusals are drawn, ends in the plain model's table but for what is told"
  )
  func drawn() async throws {
    try await forEachSeed(3) { random in
      let comment = "TEST_SEED=\(random.seed)"
      let script = MidnightScript(now: ClockSetting.real.now, &random)
      print("midnight: \(comment), \(script)")
      try await withInstallation { installation in
        var site = MidnightSite(installation, script, comment: comment)
        try await site.play()
      }
    }
  }

  /// 3,500 calls of the period and a few before and after it.
  private static func calls(from start: Timestamp, to end: Timestamp) -> [SimulatedCall] {
    (0..<3600).map { index in
      let created =
        switch index {
        case ..<2300: start.adding(seconds: index * 69)
        case ..<3500: end.adding(seconds: -4800 + (index - 2300) * 4)
        case ..<3550: start.adding(seconds: -60 * (index - 3499))
        default: end.adding(seconds: 60 * (index - 3550))
        }
      let own = OwnNumber.all[index % 17].number
      let lead = TestCalls.lead(index % 700)
      let isTransfer = index.isMultiple(of: 9)
      return SimulatedCall(
        sid: TestCalls.sid(index), direction: isTransfer ? "trunking-originating" : "outbound-api",
        from: isTransfer ? lead : own, to: isTransfer ? "sip:\(own)@example.com" : lead,
        life: CallLife(
          created: created, dialled: created, answered: created, ended: created.adding(seconds: 30),
          priced: created.adding(seconds: 90)), price: "-0.02000")
    }
  }
}
