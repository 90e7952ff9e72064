import CallDomain
import Testing
import TwilioSimulator

@Suite("Several pages through the whole program", .timeLimit(.minutes(5)))
struct PagesTests {
  @Test("2,500 calls come over three pages; the same again rewrites no row, 40 changes rewrite 40")
  func threePages() async throws {
    try await withInstallation { installation in
      let now = installation.simulation.now
      installation.simulation.put(TestCalls.settled(2500, now: now))
      let service = try await installation.serve()

      let first = try await service.sync()
      #expect(first.status == 200)
      #expect(first.integer("totalCalls") == 2500)
      #expect(first.integer("savedCalls") == 2500)
      #expect(first.integer("createdPhones") == 17)
      #expect(installation.simulation.listRequests == 6)
      let rows = try await versions(installation)
      #expect(rows.count == 2500)

      let second = try await service.sync()
      #expect(second.integer("totalCalls") == 2500)
      #expect(try await versions(installation) == rows)

      installation.simulation.put(repriced(40, now: now))
      let third = try await service.sync()
      #expect(third.integer("totalCalls") == 2500)
      let changed = try await versions(installation).subtracting(rows)
      #expect(changed.count == 40)
      #expect(try await installation.value("SELECT count(*) FROM calls WHERE cost = 0.03") == "40")
    }
  }

  @Test("Calls that come twice, because others came in between two pages, count once")
  func duplicates() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      installation.simulation.options.repeatedRows = 7
      let answer = try await installation.serve().sync()
      #expect(answer.status == 200)
      #expect(answer.integer("totalCalls") == 2001)
      #expect(answer.integer("savedCalls") == 2001)
      #expect(try await installation.storedCalls() == 2001)
    }
  }

  /// Every 60th call with another price, found out later.
  private func repriced(_ count: Int, now: Timestamp) -> [SimulatedCall] {
    let calls = TestCalls.settled(2500, now: now, price: "-0.03000")
    return (0..<count).map { index in
      var call = calls[index * 60]
      call.life.priced = call.life.created.adding(seconds: 120)
      return call
    }
  }

  private func versions(_ installation: Installation) async throws -> Set<String> {
    let rows = try await installation.column("SELECT id || ' ' || xmin || ' ' || ctid FROM calls")
    return Set(rows.compactMap(\.self))
  }
}
