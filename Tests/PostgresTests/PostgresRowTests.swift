import Postgres
import TestSupport
import Testing

@Suite("PostgresRow")
struct PostgresRowTests {
  @Test("A required value that is NULL is a fault that names the column")
  func requiredNull() async throws {
    let row = try await row("SELECT NULL::text AS lead")
    let error = #expect(throws: PostgresError.self) { try row.requiredText(0) }
    #expect(error?.kind == .decoding)
    #expect(error?.cause.contains("\"lead\"") == true)
  }

  @Test(
    "What is no whole number is a fault and no guess",
    arguments: ["1.5", "", "-", "+1", "9223372036854775808", "x"])
  func noInteger(text: String) async throws {
    let row = try await row("SELECT '\(text)'::text AS n")
    #expect(throws: PostgresError.self) { try row.int(0) }
  }

  @Test("What is no boolean is a fault and no guess", arguments: ["", "true", "1", "x"])
  func noBoolean(text: String) async throws {
    let row = try await row("SELECT '\(text)'::text AS b")
    #expect(throws: PostgresError.self) { try row.bool(0) }
  }

  @Test("A column that does not exist is a fault", arguments: [-1, 1, 99])
  func noColumn(column: Int) async throws {
    let row = try await row("SELECT 1")
    #expect(throws: PostgresError.self) { try row.text(column) }
  }

  @Test("A row may be read after its connection is closed")
  func outlivesConnection() async throws {
    let pool = try await PostgresCluster.shared().pool()
    let result = try await pool.repeatable(PostgresStatement("SELECT 'still here'"))
    await pool.close()
    #expect(try result.rows[0].requiredText(0) == "still here")
  }

  @Test("2,000 rows of 15 columns are read whole, from several tasks at once")
  func manyRows() async throws {
    let columns = (1...13).map { "'column \($0) of ' || n" }.joined(separator: ", ")
    let sql = "SELECT n, \(columns), n % 2 = 0 FROM generate_series(1, 2000) AS n ORDER BY n"
    let result = try await PostgresCluster.shared().pool().repeatable(PostgresStatement(sql))
    #expect(result.rows.count == 2000)
    #expect(result.affectedRows == 2000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for (position, row) in result.rows.enumerated() {
            let n = position + 1
            try #require(try row.requiredInt(0) == Int64(n))
            for column in 1...13 { try #require(try row.text(column) == "column \(column) of \(n)") }
            try #require(try row.requiredBool(14) == (n % 2 == 0))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func row(_ sql: String) async throws -> PostgresRow {
    try await PostgresCluster.shared().pool().repeatable(PostgresStatement(sql)).rows[0]
  }
}
