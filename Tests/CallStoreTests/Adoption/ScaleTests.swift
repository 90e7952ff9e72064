import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(
  "A million stored calls are as quick as sixty thousand", .keepsFailedDatabases, .enabled(if: isLong),
  .serialized)
struct ScaleTests {
  @Test("A page is read, decided and written by indexes alone")
  func plans() async throws {
    try await withScale(1_000_000) { fixture in
      try await fixture.commit(fixture.page(200, hour: 1, ringsTestLead: true))
      for count in [200, 1000] {
        let plans = Mutex<[String]>([])
        let store = fixture.explainingStore { plan in plans.withLock { $0.append(plan) } }
        let page = fixture.page(count, hour: count, ringsTestLead: true)
        try await fixture.commit(page, store: store)
        let page2 = page.map { call in
          var call = call
          call.dateUpdated = call.dateUpdated?.adding(seconds: 1)
          return call
        }
        // The same calls, changed: the upsert updates.
        try await fixture.commit(page2, store: store)
        _ = try await store.storedCalls(after: makeSID(1), since: nil, limit: 1000)
        let seen = plans.withLock(\.self).filter { $0.contains("calls") }
        #expect(seen.count >= 5)
        for plan in seen {
          print("--- page of \(count)\n\(Self.digest(plan))")
          #expect(!plan.contains("Seq Scan on calls"))
          #expect(!plan.contains("Disk:"), "a sort went to disk")
        }
      }
    }
  }

  // The statement's beginning, its time, its nodes with theirs, and the buffers of the whole.
  private static func digest(_ plan: String) -> String {
    var lines = plan.split(separator: "\n").map(String.init)
    let text = lines.first { $0.contains("Query Text") } ?? ""
    lines.removeAll { line in
      !["duration:", "actual time", "Sort", "Buffers", "Rows Removed"].contains { line.contains($0) }
    }
    return ([text] + lines).joined(separator: "\n")
  }

  @Test("The time of a page does not depend on how many calls are stored")
  func pageTimes() async throws {
    var medians: [Bool: [Int: Double]] = [:]
    for calls in [60_000, 1_000_000] {
      try await withScale(calls) { fixture in
        for ringsTestLead in [false, true] {
          medians[ringsTestLead, default: [:]][calls] = try await median(fixture, ringsTestLead)
        }
        if calls == 1_000_000 { try await measureTestLead(fixture) }
      }
    }
    for (ringsTestLead, times) in medians {
      let small = times[60_000] ?? 0
      let large = times[1_000_000] ?? 0
      print(
        """
        page of 200\(ringsTestLead ? " that rings the test telephone" : ""): median \(small) ms with 60,000 \
        stored calls, \(large) ms with 1,000,000; ratio \(large / small)
        """)
    }
  }

  private func median(_ fixture: ScaleFixture, _ ringsTestLead: Bool) async throws -> Double {
    let first = ringsTestLead ? 100 : 200
    try await fixture.commit(fixture.page(200, hour: first, ringsTestLead: ringsTestLead))
    var times: [Duration] = []
    for hour in 1...15 {
      let page = fixture.page(200, hour: first + hour, ringsTestLead: ringsTestLead)
      times.append(try await ContinuousClock().measure { _ = try await fixture.commit(page) })
    }
    return Double(Int(times.sorted()[7] / .microseconds(10))) / 100
  }

  private func measureTestLead(_ fixture: ScaleFixture) async throws {
    let clock = ContinuousClock()
    let transfers = fixture.testTransfers(1000, from: 0x700_0000)
    var time = try await clock.measure { _ = try await fixture.commit(transfers) }
    print("1,000 transfers of the test telephone in one page: \(time.milliseconds) ms")
    for stored in [2000, 10_000] {
      if stored == 10_000 {
        for page in 0..<8 {
          try await fixture.commit(fixture.testTransfers(1000, from: 0x800_0000 + page * 0x1_0000))
        }
      }
      let ring = makeRing(
        makeSID(0x900_0000 + stored), of: 5, to: ScaleFixture.testLead, endedAt: ScaleFixture.now)
      time = try await clock.measure { _ = try await fixture.commit([ring]) }
      print("one ring of the test telephone with \(stored) stored transfers: \(time.milliseconds) ms")
    }
  }

  private func withScale(_ calls: Int, _ body: (ScaleFixture) async throws -> Void) async throws {
    let cluster = try await PostgresCluster(settings: ["shared_buffers = '256MB'"])
    try await cluster.withDatabase(template: .migrated) { database in
      let fixture = try await ScaleFixture(calls, on: database)
      try await body(fixture)
    }
    await cluster.remove()
  }
}
