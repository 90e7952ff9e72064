import Postgres
import TestSupport
import Testing

@Suite("PostgresTransaction", .keepsFailedDatabases)
struct PostgresTransactionTests {
  struct Mistake: Error {}

  static let insert = PostgresStatement("INSERT INTO notes VALUES (1)")
  static let template = PostgresTemplate("notes") { conninfo in
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    _ = try await pool.repeatable(
      PostgresStatement("CREATE TABLE notes (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)"))
    await pool.close()
  }

  @Test("What was opened, written and committed in three round trips is there")
  func threeRoundTrips() async throws {
    try await withNotes { pool in
      let opening = [
        PostgresStatement("SET LOCAL lock_timeout = '5s'"),
        PostgresStatement("SELECT pg_advisory_xact_lock(1)"),
        PostgresStatement("SELECT current_setting('transaction_isolation')"),
      ]
      try await pool.withTransaction(opening: opening) { transaction in
        #expect(try transaction.opening[2].rows[0].text(0) == "read committed")
        _ = try await transaction.pipeline([Self.insert, PostgresStatement("SELECT count(*) FROM notes")])
        let last = try await transaction.commit(with: [PostgresStatement("INSERT INTO notes VALUES (2)")])
        #expect(last.map(\.affectedRows) == [1])
      }
      try await expectCount(2, pool)
    }
  }

  @Test("A body that returns without committing is committed")
  func commitsByItself() async throws {
    try await withNotes { pool in
      try await pool.withTransaction { _ = try await $0.query(Self.insert) }
      try await expectCount(1, pool)
    }
  }

  @Test("A body that throws is rolled back, and its connection is used again")
  func rollsBack() async throws {
    try await withNotes { pool in
      let backend = try await pool.repeatable(PostgresStatement("SELECT pg_backend_pid()")).rows[0].int(0)
      await #expect(throws: Mistake.self) {
        try await pool.withTransaction { transaction in
          _ = try await transaction.query(Self.insert)
          throw Mistake()
        }
      }
      try await expectCount(0, pool)
      #expect(
        try await pool.repeatable(PostgresStatement("SELECT pg_backend_pid()")).rows[0].int(0) == backend)
    }
  }

  @Test("A body in a cancelled task is rolled back, and its connection is used again")
  func rollsBackWhenCancelled() async throws {
    try await withNotes { pool in
      let backend = try await pool.repeatable(PostgresStatement("SELECT pg_backend_pid()")).rows[0].int(0)
      let task = Task {
        try await pool.withTransaction { transaction in
          _ = try await transaction.query(Self.insert)
          withUnsafeCurrentTaskCancelled()
          _ = try await transaction.query(Self.insert)
        }
      }
      await #expect(throws: PostgresError.self) { try await task.value }
      try await expectCount(0, pool)
      #expect(
        try await pool.repeatable(PostgresStatement("SELECT pg_backend_pid()")).rows[0].int(0) == backend)
    }
  }

  @Test("A failed statement that the body ignores makes the commit an error")
  func swallowedFailure() async throws {
    try await withNotes { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { transaction in
          _ = try await transaction.query(Self.insert)
          _ = try? await transaction.query(PostgresStatement("SELECT 1/0"))
          try await transaction.commit()
        }
      }
      #expect(error?.kind == .transactionFailed)
      try await expectCount(0, pool)
    }
  }

  @Test("A last write that fails leaves nothing behind and tells its own error")
  func failedLastWrite() async throws {
    try await withNotes { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { transaction in
          _ = try await transaction.query(Self.insert)
          try await transaction.commit(with: [PostgresStatement("INSERT INTO notes VALUES (NULL)")])
        }
      }
      #expect(error?.kind == .notNull)
      try await expectCount(0, pool)
    }
  }

  @Test("A constraint that fails only at COMMIT is told as such")
  func failedCommit() async throws {
    try await withNotes { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { transaction in
          try await transaction.commit(with: [Self.insert, Self.insert])
        }
      }
      #expect(error?.kind == .uniqueViolation)
      try await expectCount(0, pool)
    }
  }

  @Test("After the commit nothing can be run on the transaction")
  func overIsOver() async throws {
    try await withNotes { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { transaction in
          try await transaction.commit(with: [])
          _ = try await transaction.query(Self.insert)
        }
      }
      #expect(error?.kind == .transactionFailed)
      try await expectCount(0, pool)
    }
  }

  @Test("An opening that fails is told, and its connection is used again")
  func failedOpening() async throws {
    try await withNotes { pool in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction(opening: [Self.insert, PostgresStatement("SELECT * FROM nothing")]) {
          _ in
          Issue.record("the body must not run")
        }
      }
      #expect(error?.kind == .undefinedTable)
      try await expectCount(0, pool)
    }
  }

  @Test("Timing of a three-round-trip transaction, printed")
  func timing() async throws {
    try await withNotes { pool in
      let times = try await (0..<200).asyncMap { n in
        let start = ContinuousClock.now
        try await pool.withTransaction(opening: [
          PostgresStatement("SET LOCAL lock_timeout = '5s'"),
          PostgresStatement("SELECT pg_advisory_xact_lock(1)"),
        ]) { transaction in
          _ = try await transaction.pipeline([PostgresStatement("INSERT INTO notes VALUES ($1)", [.int(n)])])
          try await transaction.commit(with: [PostgresStatement("SELECT count(*) FROM notes")])
        }
        return start.duration(to: .now)
      }
      let sorted = times.sorted()
      print("3-round-trip transaction: median \(sorted[100]), 95% \(sorted[190])")
      try await expectCount(200, pool)
    }
  }

  private func withNotes(_ body: (PostgresPool) async throws -> Void) async throws {
    try await PostgresCluster.shared().withDatabase(template: Self.template) { database in
      try await body(database.pool { $0.maximumConnections = 1 })
    }
  }

  private func expectCount(_ expected: Int64, _ pool: PostgresPool) async throws {
    let count = try await pool.repeatable(PostgresStatement("SELECT count(*) FROM notes")).rows[0]
      .requiredInt(0)
    #expect(count == expected)
  }

  /// Cancels the task it runs in.
  private func withUnsafeCurrentTaskCancelled() {
    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ transform: (Int64) async throws -> Value) async rethrows -> [Value]
  where Element == Int {
    var values: [Value] = []
    for element in self { values.append(try await transform(Int64(element))) }
    return values
  }
}
