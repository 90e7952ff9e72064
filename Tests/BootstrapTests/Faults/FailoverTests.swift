import Postgres
import TestSupport
import Testing
import TwilioSimulator

@Suite("A database that restarts or is replaced in the middle of a run", .timeLimit(.minutes(5)))
struct FailoverTests {
  @Test(
    "A server that is back before the next page is no reason to fail",
    arguments: [PostgresCluster.StopMode.fast, .immediate])
  func restarted(mode: PostgresCluster.StopMode) async throws {
    try await withPrivateInstallation { installation in
      let port = installation.cluster.programPort
      let answer = try await installation.syncInTwoSteps(through: port) { _ in
        try await installation.cluster.restart(mode)
      }
      // A pooler turns one more away before it tries the server again.
      try #require(answer.status == 200 || PostgresBouncer.isWanted, "\(answer.body)")
      if answer.status != 200 {
        try await installation.endLease()
        try await eventually("a run succeeds") { try await installation.run("hourly").status == 0 }
      }
      #expect(try await installation.storedCalls() == 2001)
    }
  }

  @Test(
    "Behind one address a standby takes over between two pages, and the run goes on with it",
    arguments: [PostgresCluster.StopMode.fast, .immediate])
  func failedOver(mode: PostgresCluster.StopMode) async throws {
    try await withPrivateInstallation(settings: PostgresCluster.canBeFollowed) { installation in
      let follower = try await installation.follower()
      let answer = try await installation.syncInTwoSteps(through: installation.cluster.tcpPort) { address in
        try await eventually("the standby has page 1") { try await follower.storedCalls() == 1000 }
        try await installation.cluster.stop(mode)
        address.lead(to: .tcp(port: follower.port))
        try await follower.cluster.promote()
      }
      #expect(answer.status == 200 && answer.integer("savedCalls") == 2001, "\(answer.body)")
      #expect(try await follower.storedCalls() == 2001)
      try await follower.end()
      try await installation.cluster.start()
    }
  }

  @Test("A server in recovery: 503 with what to do, and over by itself once it takes writes")
  func inRecovery() async throws {
    try await withPrivateInstallation(settings: PostgresCluster.canBeFollowed) { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let follower = try await installation.follower(settings: ["hot_standby = off"])
      try await installation.cluster.stop()
      let service = try await installation.serve(
        changes: ["DATABASE_URL": installation.url(port: follower.port)])
      try await expectRefusal(service, "recuperándose", database: "unreachable")

      try await follower.cluster.stop()
      try follower.cluster.set(["hot_standby = on"])
      try await follower.cluster.start()
      try await expectRefusal(service, "solo lectura", database: "read-only")

      try await follower.cluster.promote()
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3, "\(answer.body)")
      #expect(try await follower.storedCalls() == 3)
      try await follower.end()
      try await installation.cluster.start()
    }
  }

  private func expectRefusal(_ service: LiveService, _ words: String, database: String) async throws {
    let answer = try await service.sync()
    #expect(answer.status == 503 && answer.text("error")?.contains(words) == true, "\(answer.body)")
    #expect(try await service.askOpenly("GET", "/health").status == 200)
    // The check behind it is shared for two seconds.
    try await eventually("/ready says \(database)") {
      try await service.askOpenly("GET", "/ready").text("database") == database
    }
  }
}

/// A cluster that follows an installation's own.
private struct Follower {
  let cluster: PostgresCluster
  let port: Int
  private let pool: PostgresPool

  init(_ cluster: PostgresCluster, database: String) throws {
    self.cluster = cluster
    port = try #require(cluster.tcpPort)
    pool = PostgresPool(PostgresConfiguration(cluster.conninfo(database: database)))
  }

  func storedCalls() async throws -> Int64 {
    let count = try await pool.repeatable(PostgresStatement("SELECT count(*) FROM calls"))
    return try #require(count.rows.first).requiredInt(0)
  }

  func end() async throws {
    await pool.close(grace: .zero)
    await cluster.remove()
  }
}

extension Installation {
  /// Starts a standby of the installation's cluster.
  fileprivate func follower(settings: [String] = []) async throws -> Follower {
    let cluster = try await cluster.standby(settings: settings)
    try await cluster.start()
    return try Follower(cluster, database: database.name)
  }

  /// A run of three pages through an address before that port, which is given to `body` when the first page is stored and the
  /// second asked for.
  fileprivate func syncInTwoSteps(
    through port: Int?, _ body: (TCPProxy) async throws -> Void
  ) async throws -> Answer {
    simulation.put(TestCalls.open(2001, now: simulation.now))
    let twilio = try TCPProxy(to: .tcp(port: simulator.port))
    let address = try TCPProxy(to: .tcp(port: port ?? 0))
    let way = twilio.asTwilio.merging(["DATABASE_URL": url(port: address.port)]) { $1 }
    let service = try await serve(changes: way)
    twilio.blockSecondPage()
    async let running = service.sync()
    try await eventually("page 1 is stored") { try await storedCalls() == 1000 }
    try await body(address)
    twilio.release()
    let answer = try await running
    twilio.close()
    address.close()
    return answer
  }

  /// The way to the database over another port.
  func url(port: Int?) -> String { TestCluster.url(cluster, database.name, port: port) }
}
