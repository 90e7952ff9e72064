import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A Twilio that cannot answer large pages, before the whole program", .timeLimit(.minutes(5)))
struct LargePagesTests {
  /// The sizes of the pages that were asked for, in their order; one that follows itself once.
  private func sizes(_ installation: Installation, from first: Int = 0) -> [Int] {
    let targets = installation.simulation.requests.dropFirst(first).map(\.target)
    let sizes = targets.compactMap { target in
      target.firstMatch(of: /PageSize=(\d+)/).flatMap { Int($0.output.1) }
    }
    return sizes.reduce(into: []) { all, size in
      if all.last != size { all.append(size) }
    }
  }

  @Test(
    "Each hourly run takes in all calls, in pages as large as are answered",
    arguments: [
      ("*:too-large=200", [1000, 200]), ("*:too-large=50", [1000, 200, 50]),
      // Only further pages: the listing is begun anew.
      ("next/*:too-large=200", [1000, 200]), ("next/*:too-large=50", [1000, 200, 50]),
    ])
  func hourly(script: String, expected: [Int]) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(1200, now: installation.simulation.now))
      try installation.simulation.setFaults(script)
      for number in 1...2 {
        let before = installation.simulation.requests.count
        let run = try await installation.run("hourly", "--json")
        #expect(run.status == 0, "\(run.errors)")
        let result = JSONText(run.output)
        #expect(result.integer("totalCalls") == 1200 && result.integer("savedCalls") == 1200)
        #expect(result.integer("twilioRequests") == installation.simulation.requests.count - before)
        #expect(sizes(installation, from: before) == expected, "run \(number)")
      }
      #expect(try await installation.storedCalls() == 1200)
      #expect(try await installation.coverageHasMoved())
    }
  }

  @Test("A resync goes on from a stored page of 1,000 that is too large by now", arguments: [50, 200])
  func storedPage(most: Int) async throws {
    try await withHistory(calls: 1500) { installation in
      let directory = try await installation.directory()
      let arguments = HistorySite.closed(installation)
      // One after the other, so that sizes come in their order.
      let changes: [String: String?] = ["TWILIO_CONCURRENCY": "1"]
      try installation.simulation.setFaults("next/*:401")
      #expect(try await installation.resync(arguments, changes: changes).status == 1)
      #expect(
        try await installation.value("SELECT next_page FROM sync_slices")?.contains("PageSize=1000") == true)
      try installation.simulation.setFaults("next/*:too-large=\(most)")
      let before = installation.simulation.requests.count
      let run = try await installation.resync(arguments, changes: changes)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("totalCalls") == 1500)
      #expect(sizes(installation, from: before) == (most == 50 ? [1000, 200, 50] : [1000, 200]))
      try await installation.expectHistory(directory)
    }
  }

  // Nobody else need wait half a minute for this.
  @Test(
    "A page that is not answered in 30 seconds is asked for in a smaller size at once",
    .enabled(if: ProcessInfo.processInfo.environment["TEST_LONG"] == "1"),
    arguments: ["*:too-slow=50", "next/*:too-slow=200"])
  func stalled(script: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(1200, now: installation.simulation.now))
      try installation.simulation.setFaults(script)
      let start = ContinuousClock.now
      let run = try await installation.run("hourly", "--json")
      #expect(run.status == 0, "\(run.errors)")
      #expect(JSONText(run.output).integer("savedCalls") == 1200)
      #expect(ContinuousClock.now - start < .seconds(script.hasSuffix("=50") ? 90 : 60))
    }
  }
}
