import Postgres
import TestSupport
import Testing

@Suite("A server that means no good, or is broken", .timeLimit(.minutes(5)))
struct HostileServerTests {
  static let one = PostgresStatement("SELECT 1")

  private func configuration(_ server: RawServer) -> PostgresConfiguration {
    var configuration = PostgresConfiguration(
      "host=127.0.0.1 port=\(server.port) user=u password=p sslmode=disable gssencmode=disable")
    configuration.answerLimit = 1_048_576
    configuration.statementLimit = .seconds(600)
    return configuration
  }

  // Some three seconds of computing, for which no call of libpq lets itself be interrupted.
  static let rounds = 3_000_000

  /// Waits for the threads that still compute: the end of the process would take OpenSSL down under them.
  private func computed() async throws {
    while PostgresPool.threadsAreLeftBehind { try await Task.sleep(for: .milliseconds(20)) }
  }

  @Test("Endless rounds of a key derivation end with the time for connecting, and another host has its share")
  func rounds() async throws {
    let server = try HostileServer.demanding(rounds: Self.rounds)
    var alone = configuration(server)
    alone.connectLimit = .milliseconds(500)
    let error = await #expect(throws: PostgresError.self) { _ = try await PostgresConnection.open(alone) }
    #expect(error?.kind == .unreachable)
    #expect(error?.cause.contains("has not come back in time") == true, "\(error?.cause ?? "")")

    let cluster = try await PostgresCluster.shared()
    var both = alone
    both.connectionString =
      "host=127.0.0.1,\(cluster.directory) port=\(server.port),5432 user=postgres password=p dbname=postgres "
      + "sslmode=disable gssencmode=disable connect_timeout=10"
    _ = try await PostgresConnection.open(both).query(Self.one)
    try await computed()
  }

  @Test(
    "Whoever computes is left at once by who is cancelled, and by a pool that closes",
    arguments: [true, false])
  func cancelled(byPool: Bool) async throws {
    let server = try HostileServer.demanding(rounds: Self.rounds)
    var configuration = configuration(server)
    configuration.connectLimit = .seconds(600)
    let pool = PostgresPool(configuration)
    let task = Task { try await pool.repeatable(Self.one) }
    for await _ in server.arrivals { break }
    if byPool { await pool.close(grace: .zero) } else { task.cancel() }
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    await pool.close(grace: .zero)
    try await computed()
  }

  @Test("Not more than a few threads compute for nobody")
  func fewLeftBehind() async throws {
    let server = try HostileServer.demanding(rounds: Self.rounds)
    var configuration = configuration(server)
    configuration.connectLimit = .milliseconds(50)
    let pool = PostgresPool(configuration)
    for _ in 0..<8 { _ = try? await pool.repeatable(Self.one) }
    #expect(server.connections <= 4)
    await pool.close()
    try await computed()
  }

  static let answers: [(String, [UInt8])] = [
    ("rows", PostgresReply.message("D", [0, 1, 0, 0, 0, 1, 49])),
    ("rows of nothing", PostgresReply.message("D", [0, 1, 255, 255, 255, 255])),
    ("one row of 1.7 GB", Array("D".utf8) + PostgresReply.length(1_700_000_000)),
    ("notices", PostgresReply.message("N", Array("SNOTICE\0C00000\0Mhello\0\0".utf8))),
    ("parameters", PostgresReply.message("S", Array("work_mem\0much\0".utf8))),
  ]

  @Test("An answer that does not end is given up by its size", arguments: answers.map(\.0))
  func endless(what: String) async throws {
    let message = try #require(Self.answers.first { $0.0 == what }?.1)
    let pool = PostgresPool(configuration(try HostileServer.repeating(message)))
    let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
    #expect(error?.kind == .answerTooLarge && error?.isUnavailable == true, "\(error?.cause ?? "")")
    await pool.close()
  }

  @Test("Talk that does not end, before anything is asked, is given up as well", arguments: [true, false])
  func talking(isLetIn: Bool) async throws {
    let pool = PostgresPool(configuration(try HostileServer.talking(afterWelcome: isLetIn)))
    let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
    #expect(
      error?.kind == .answerTooLarge || (isLetIn && error?.kind == .connectionLost), "\(error?.cause ?? "")")
    await pool.close()
  }

  @Test("An answer within the limit is none the worse, and the next one counts anew")
  func within() async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    _ = try await cluster.pool().repeatable(PostgresStatement("CREATE ROLE ana LOGIN PASSWORD 'right'"))
    var configuration = PostgresConfiguration(
      "host=127.0.0.1 port=\(cluster.tcpPort ?? 0) user=ana password=right dbname=postgres")
    configuration.answerLimit = 1_048_576
    let connection = try await PostgresConnection.open(configuration)
    for _ in 0..<5 {
      let result = try await connection.query(PostgresStatement("SELECT repeat('x', 700000)"))
      #expect(try result.rows[0].text(0)?.utf8.count == 700_000)
    }
    let error = await #expect(throws: PostgresError.self) {
      try await connection.query(PostgresStatement("SELECT repeat('x', 50000000)"))
    }
    #expect(error?.kind == .answerTooLarge)
    await cluster.remove()
  }
}
