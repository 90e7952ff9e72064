import Foundation
import Postgres
import Testing
import TwilioSimulator

@Suite("Replicas on one database", .timeLimit(.minutes(30)))
struct ReplicaTests {
  @Test("Triggered at the same instant, one runs and the others answer 409", arguments: [2, 5])
  func oneOfAll(replicas: Int) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      installation.simulation.put(TestCalls.settled(300, now: installation.simulation.now))
      var services: [LiveService] = []
      for _ in 0..<replicas { services.append(try await installation.serve()) }
      let rounds = ChaosProfile.isLong ? 50 : 5
      var rows: [String?]?
      for round in 1...rounds {
        try await trigger(services, of: installation, round: round)
        let now = try await installation.column("SELECT id || ' ' || xmin FROM calls ORDER BY id")
        #expect(now.count == 300)
        #expect(rows == nil || rows == now, "rows that did not change were written again")
        rows = now
      }
      #expect(try await installation.runStates() == Array(repeating: "succeeded", count: rounds))
      let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
      #expect(try await installation.value(deadlocks) == "0")
      print(
        "replicas: \(replicas) processes, \(rounds) rounds, one 200 and \(replicas - 1) times 409 in each")
    }
  }

  /// Nobody can commit until all the others have answered, so that however slow the machine is the run
  /// is in progress when they ask.
  private func trigger(_ services: [LiveService], of installation: Installation, round: Int) async throws {
    let (losers, winner) = try await withThrowingTaskGroup(of: Answer.self) { group in
      let losers = try await installation.holdingCommits {
        for service in services { group.addTask { try await service.sync() } }
        var losers: [Answer] = []
        while losers.count < services.count - 1, let answer = try await group.next() { losers.append(answer) }
        return losers
      }
      return (losers, try #require(try await group.next()))
    }
    #expect(winner.status == 200)
    #expect(winner.integer("runId") == round)
    for loser in losers {
      #expect(loser.status == 409)
      #expect(loser.integer("runId") == round)
      #expect(loser.header("Retry-After").flatMap { Int($0) }.map { $0 >= 1 } == true)
    }
    #expect(try await installation.runStates().count == round)
  }
}

extension Installation {
  /// Does `body` while no program can commit a page: the commit lock is held.
  func holdingCommits<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async throws -> Value {
    let lock = PostgresStatement("SELECT pg_advisory_xact_lock(7234160283746)")
    return try await pool.withTransaction(opening: [lock]) { _ in try await body() }
  }
}
