import Postgres
import TestSupport
import Testing

@Suite("PostgresError", .timeLimit(.minutes(2)), .keepsFailedDatabases)
struct PostgresErrorTests {
  static let schema = [
    "CREATE TABLE parents (id bigint PRIMARY KEY)",
    """
    CREATE TABLE children (id bigint PRIMARY KEY, parent bigint REFERENCES parents, name text NOT NULL,
      age int CONSTRAINT age_is_positive CHECK (age > 0))
    """,
    "CREATE ROLE nobody_\(UInt32.random(in: 0 ... .max))",
    "INSERT INTO parents VALUES (1)",
  ]

  static let provoked: [(String, PostgresError.Kind)] = [
    ("INSERT INTO parents VALUES (1)", .uniqueViolation),
    ("INSERT INTO children VALUES (1, 99, 'a', 1)", .foreignKeyViolation),
    ("INSERT INTO children VALUES (1, 1, NULL, 1)", .notNull),
    ("INSERT INTO children VALUES (1, 1, 'a', 0)", .check),
    ("SELECT * FROM nothing", .undefinedTable),
    ("SELECT nothing FROM parents", .undefinedColumn),
    ("UPDATE children SET age = now()", .wrongType),
    ("SELECT 1/0", .other),
    ("SELEC 1", .other),
    ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$", .diskFull),
    ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53300'; END $$", .tooManyConnections),
    ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", .serialization),
    ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57P03'; END $$", .cannotConnectNow),
    ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '08006'; END $$", .other),
  ]

  @Test("Every refused statement has its kind, and the connection goes on", arguments: provoked)
  func kinds(sql: String, kind: PostgresError.Kind) async throws {
    try await withSchema { pool in
      try await pool.withConnection { connection in
        let error = await #expect(throws: PostgresError.self) {
          try await connection.query(PostgresStatement(sql))
        }
        #expect(error?.kind == kind)
        _ = try await connection.query(PostgresStatement("SELECT 1"))
      }
    }
  }

  @Test("The cause has the server's message, detail, SQLSTATE, constraint and the statement's name")
  func tellsCause() async throws {
    try await withSchema { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.repeatable(PostgresStatement("INSERT INTO children VALUES (600111222, 1, 'a', 0)"))
      }
      #expect(error?.object == "age_is_positive")
      let cause = error?.cause ?? ""
      for part in [
        "violates check constraint", "DETAIL: Failing row contains", "SQLSTATE 23514", "table children",
        "constraint age_is_positive", "[PostgresErrorTests.tellsCause:",
      ] {
        #expect(cause.contains(part), "\(cause)")
      }
    }
  }

  @Test("The cause has the server's hint, and never a parameter")
  func tellsHint() async throws {
    try await withSchema { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.repeatable(
          PostgresStatement("SELECT ids FROM parents WHERE 'secreto' = $1", [.text("dato")]))
      }
      let cause = error?.cause ?? ""
      #expect(cause.contains("HINT: Perhaps you meant to reference the column"), "\(cause)")
      #expect(!cause.contains("dato"))
    }
  }

  @Test("The statement that failed is named, of several that are sent at once")
  func namesStatement() async throws {
    func broken() -> PostgresStatement { PostgresStatement("SELECT 1/0") }
    let pool = try await PostgresCluster.shared().pool()
    let error = await #expect(throws: PostgresError.self) {
      try await pool.withConnection { connection in
        try await connection.pipeline([
          PostgresStatement("SELECT 1"), broken(), PostgresStatement("SELECT 2"),
        ])
      }
    }
    #expect(error?.cause.contains("[PostgresErrorTests.broken:") == true, "\(error?.cause ?? "")")
  }

  @Test("A value that cannot be read is told with its column, row and statement")
  func namesColumn() async throws {
    let pool = try await PostgresCluster.shared().pool()
    let error = await #expect(throws: PostgresError.self) {
      try await pool.repeatable(PostgresStatement("SELECT 'x' AS lead")).rows[0].requiredInt(0)
    }
    #expect(error?.kind == .decoding)
    let words = "column \"lead\" of row 0 is no whole number [PostgresErrorTests.namesColumn:"
    #expect(error?.cause.hasPrefix(words) == true, "\(error?.cause ?? "")")
  }

  @Test("A read-only transaction, a missing privilege and a lock that is not granted have their kinds")
  func kindsOfTransactions() async throws {
    try await withSchema { pool in
      let insert = PostgresStatement("INSERT INTO parents VALUES (2)")
      #expect(await kind(pool, "SET TRANSACTION READ ONLY", insert) == .readOnly)
      #expect(await kind(pool, "SET LOCAL ROLE pg_monitor", insert) == .insufficientPrivilege)
      #expect(
        await kind(pool, "SET LOCAL statement_timeout = 20", PostgresStatement("SELECT pg_sleep(60)"))
          == .queryCanceled)
      try await pool.withTransaction(opening: [PostgresStatement("SELECT pg_advisory_xact_lock(7)")]) { _ in
        let lock = PostgresStatement("SELECT pg_advisory_xact_lock(7)")
        #expect(await kind(pool, "SET LOCAL lock_timeout = 20", lock) == .lockTimeout)
      }
    }
  }

  @Test("Two transactions that wait for each other: one is told of the deadlock, the other goes on")
  func deadlock() async throws {
    try await withSchema { pool in
      let kinds = try await withThrowingTaskGroup(of: PostgresError.Kind?.self) { group in
        let (met, meet) = AsyncStream.makeStream(of: Void.self)
        let (answered, answer) = AsyncStream.makeStream(of: Void.self)
        group.addTask { await lockBoth(pool, 1, 2, announce: meet, await: answered) }
        group.addTask { await lockBoth(pool, 2, 1, announce: answer, await: met) }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(kinds.compactMap { $0 } == [.deadlock])
    }
  }

  @Test("A transaction that was idle too long is told so, and the pool goes on with a new connection")
  func idleInTransaction() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    let opening = [PostgresStatement("SET LOCAL idle_in_transaction_session_timeout = 10")]
    let watcher = try await PostgresCluster.shared().connection()
    let error = await #expect(throws: PostgresError.self) {
      try await pool.withTransaction(opening: opening + [PostgresStatement("SELECT pg_backend_pid()")]) {
        transaction in
        let backend = try transaction.opening[1].rows[0].requiredInt(0)
        while try await watcher.query(
          PostgresStatement("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [.int(backend)])
        ).rows.count > 0 {}
        _ = try await transaction.query(PostgresStatement("SELECT 1"))
      }
    }
    #expect(error?.kind == .connectionLost || error?.kind == .idleInTransactionTimeout)
    #expect(try await pool.repeatable(PostgresStatement("SELECT 1")).rows.count == 1)
  }

  private func lockBoth(
    _ pool: PostgresPool, _ first: Int64, _ second: Int64, announce: AsyncStream<Void>.Continuation,
    await other: AsyncStream<Void>
  ) async -> PostgresError.Kind? {
    do {
      try await pool.withTransaction(opening: [lock(first)]) { transaction in
        announce.finish()
        for await _ in other {}
        _ = try await transaction.query(lock(second))
      }
      return nil
    } catch { return (error as? PostgresError)?.kind }
  }

  private func lock(_ key: Int64) -> PostgresStatement {
    PostgresStatement("SELECT pg_advisory_xact_lock($1)", [.int(key)])
  }

  private func kind(
    _ pool: PostgresPool, _ opening: String, _ statement: PostgresStatement
  ) async -> PostgresError.Kind? {
    do {
      try await pool.withTransaction(opening: [PostgresStatement(opening)]) { transaction in
        _ = try await transaction.query(statement)
      }
      return nil
    } catch { return (error as? PostgresError)?.kind }
  }

  private func withSchema(_ body: (PostgresPool) async throws -> Void) async throws {
    let template = PostgresTemplate("errors") { conninfo in
      let pool = PostgresPool(PostgresConfiguration(conninfo))
      _ = try await pool.withConnection { try await $0.pipeline(Self.schema.map { PostgresStatement($0) }) }
      await pool.close()
    }
    try await PostgresCluster.shared().withDatabase(template: template) { try await body($0.pool()) }
  }
}
