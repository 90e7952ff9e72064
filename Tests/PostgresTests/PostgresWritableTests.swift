import Postgres
import TestSupport
import Testing

@Suite("A session that takes no writes", .timeLimit(.minutes(2)))
struct PostgresWritableTests {
  static let insert = PostgresStatement("INSERT INTO notes VALUES (1)")
  static let read = PostgresStatement("SELECT count(*) FROM notes")

  @Test(
    "What was read-only when the session began is written to as soon as that is lifted",
    arguments: [true, false])
  func lifted(inTransaction: Bool) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      try await run(database.pool(direct: true), "CREATE TABLE notes (n int)")
      try await run(
        database.pool(direct: true), "ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
      let pool = database.pool(direct: true)
      _ = try await pool.repeatable(Self.read)
      let error = await #expect(throws: PostgresError.self) { try await write(pool, inTransaction) }
      #expect(error?.kind == .readOnly && error?.isUnavailable == false)
      try await lift(of: database)
      try await write(pool, inTransaction)
    }
  }

  @Test(
    "A session that was written to and is read-only now is replaced within the call",
    arguments: [true, false])
  func turned(inTransaction: Bool) async throws {
    let cluster = try await PostgresCluster()
    let administrator = cluster.pool()
    try await run(administrator, "CREATE TABLE notes (n int)")
    let pool = cluster.pool { $0.maximumConnections = 1 }
    try await write(pool, inTransaction)
    // Sessions that live follow the server's file; new ones go by the database's setting.
    try await pool.withConnection { connection in
      _ = try await connection.query(PostgresStatement("ALTER SYSTEM SET default_transaction_read_only = on"))
      _ = try await connection.query(PostgresStatement("SELECT pg_reload_conf()"))
      let show = PostgresStatement("SHOW default_transaction_read_only")
      while try await connection.query(show).rows[0].text(0) != "on" { await Task.yield() }
      _ = try await connection.pipeline([
        PostgresStatement("BEGIN READ WRITE"),
        PostgresStatement("ALTER DATABASE postgres SET default_transaction_read_only = off"),
        PostgresStatement("COMMIT"),
      ])
    }
    #expect(pool.use.idle == 1)
    try await write(pool, inTransaction)
    await administrator.close()
    await pool.close()
    await cluster.remove()
  }

  @Test(
    "Behind an address that led to a standby the primary is found while the old session lives",
    arguments: [true, false])
  func switchover(inTransaction: Bool) async throws {
    let cluster = try await PostgresCluster(settings: PostgresCluster.canBeFollowed)
    try await run(cluster.pool(), "CREATE TABLE notes (n int)")
    let standby = try await cluster.standby()
    try await standby.start()
    let proxy = try TCPProxy(to: .unix(path: "\(standby.directory)/.s.PGSQL.5432"))
    let pool = PostgresPool(
      PostgresConfiguration(
        "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres sslmode=disable gssencmode=disable"))
    _ = try await pool.repeatable(Self.read)
    let error = await #expect(throws: PostgresError.self) { try await write(pool, inTransaction) }
    #expect(error?.kind == .standby)
    _ = try await pool.repeatable(Self.read)
    proxy.lead(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
    try await write(pool, inTransaction)
    await pool.close()
    proxy.close()
    await standby.remove()
    await cluster.remove()
  }

  private func write(_ pool: PostgresPool, _ inTransaction: Bool) async throws {
    if inTransaction {
      _ = try await pool.withTransaction { try await $0.commit(with: [Self.insert]) }
    } else {
      _ = try await pool.repeatable(Self.insert)
    }
  }

  private func lift(of database: PostgresTestDatabase) async throws {
    try await database.pool(direct: true).withConnection { connection in
      _ = try await connection.pipeline([
        PostgresStatement("BEGIN READ WRITE"),
        PostgresStatement("ALTER DATABASE \(database.name) RESET default_transaction_read_only"),
        PostgresStatement("COMMIT"),
      ])
    }
  }

  private func run(_ pool: PostgresPool, _ sql: String) async throws {
    _ = try await pool.withConnection { try await $0.query(PostgresStatement(sql)) }
  }
}
