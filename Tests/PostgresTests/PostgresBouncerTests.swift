import Postgres
import TestSupport
import Testing

@Suite("Postgres through a transaction pooler", .timeLimit(.minutes(2)))
struct PostgresBouncerTests {
  static let insert = PostgresStatement("INSERT INTO notes VALUES ($1)", [.int(1)])
  static let count = PostgresStatement("SELECT count(*) FROM notes")

  @Test("Transactions in three round trips, errors, rollbacks and limits work as without it")
  func transactions() async throws {
    let cluster = try await PostgresCluster()
    let bouncer = try await cluster.bouncer()
    let pool = PostgresPool(PostgresConfiguration(bouncer.conninfo))
    _ = try await pool.repeatable(PostgresStatement("CREATE TABLE notes (n int CHECK (n > 0))"))
    // Twice as many callers as connections, four times as many as servers.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<10 { try await commitOne(pool) }
        }
      }
      try await group.waitForAll()
    }
    try await expectFailures(pool)
    let rows = try await pool.repeatable(Self.count).rows[0].requiredInt(0)
    #expect(rows == 160)
    await pool.close()
    await cluster.remove()
  }

  @Test("What the pooler refuses is told apart by its words")
  func refusals() async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    let bouncer = try await cluster.bouncer()
    let pool = PostgresPool(PostgresConfiguration(bouncer.conninfo))
    _ = try await pool.repeatable(PostgresStatement("CREATE ROLE ana LOGIN PASSWORD 'right'"))
    await pool.close()
    let tcp = "host=127.0.0.1 port=\(cluster.poolerPort) dbname=postgres"
    _ = try await PostgresConnection.open(PostgresConfiguration("\(tcp) user=ana password=right"))
    #expect(await refusal("\(tcp) user=ana password=wrong") == .authentication)
    #expect(await refusal("\(tcp) user=nobody password=wrong") == .authentication)
    let missing = bouncer.conninfo.replacing("dbname=postgres", with: "dbname=none")
    #expect(await refusal(missing) == .databaseMissing)
    await cluster.remove()
  }

  @Test("A pooler that waits because the server did not let it in says so, and lets everybody in afterwards")
  func waits() async throws {
    let cluster = try await PostgresCluster()
    let bouncer = try await cluster.bouncer(.init(loginRetry: 2))
    let pool = PostgresPool(PostgresConfiguration(bouncer.conninfo))
    let one = PostgresStatement("SELECT 1")
    _ = try await pool.repeatable(one)
    try await cluster.stop(.fast)
    var error: PostgresError?
    while error?.kind != .poolerWaits {
      error = await #expect(throws: PostgresError.self) { try await pool.repeatable(one) }
      #expect(error?.isUnavailable == true, "\(String(describing: error))")
    }
    try await cluster.start()
    while (try? await pool.repeatable(one)) == nil { await Task.yield() }
    await pool.close()
    await cluster.remove()
  }

  private func refusal(_ conninfo: String) async -> PostgresError.Kind? {
    await #expect(throws: PostgresError.self) {
      _ = try await PostgresConnection.open(PostgresConfiguration(conninfo))
    }?.kind
  }

  private func commitOne(_ pool: PostgresPool) async throws {
    let opening = [
      PostgresStatement("SET LOCAL lock_timeout = '20s'"),
      PostgresStatement("SELECT pg_advisory_xact_lock(1)"),
    ]
    try await pool.withTransaction(opening: opening) { transaction in
      _ = try await transaction.pipeline([Self.insert, Self.count])
      try await transaction.commit(with: [Self.insert])
    }
  }

  private func expectFailures(_ pool: PostgresPool) async throws {
    let check = await #expect(throws: PostgresError.self) {
      try await pool.withTransaction { transaction in
        try await transaction.commit(with: [Self.insert, PostgresStatement("INSERT INTO notes VALUES (0)")])
      }
    }
    #expect(check?.kind == .check)
    let limit = await #expect(throws: PostgresError.self) {
      try await pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("SELECT pg_sleep(600)"), within: .milliseconds(50))
      }
    }
    #expect(limit?.kind == .timeout)
  }
}
