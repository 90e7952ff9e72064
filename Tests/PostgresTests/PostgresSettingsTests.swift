import Postgres
import TestSupport
import Testing

@Suite("What a transaction sets for itself", .timeLimit(.minutes(3)))
struct PostgresSettingsTests {
  private static let shown = PostgresStatement(
    """
    SELECT concat_ws(' ', current_setting('search_path'), current_setting('statement_timeout'),
      current_setting('lock_timeout'), current_setting('synchronous_commit'),
      current_setting('transaction_isolation'), current_setting('transaction_read_only'))
    """)

  @Test("A single statement and a transaction have what was asked for, and the session keeps its own")
  func local() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    let settings = PostgresSettings(
      schema: "\"Odd \"\"name\"", statementMilliseconds: 0, lockMilliseconds: 7, waitsForDisk: false)
    let expected = "\"Odd \"\"name\", pg_temp 0 7ms off read committed off"
    #expect(try await pool.repeatable(Self.shown, settings).rows[0].text(0) == expected)
    let opened = try await pool.withTransaction(settings, opening: [Self.shown]) {
      try $0.opening[0].rows[0].text(0)
    }
    #expect(opened == expected)
    let limited = try await pool.repeatable(Self.shown, within: .milliseconds(2500)).rows[0].text(0)
    #expect(limited?.contains("7500ms 0 ") == true, "\(limited ?? "")")
    let path = try await pool.withConnection { connection in
      try await connection.query(PostgresStatement("SHOW search_path")).rows[0].text(0)
    }
    #expect(path == "\"$user\", public")
    await pool.close()
  }

  @Test("A snapshot sees one moment and writes nothing")
  func snapshot() async throws {
    let pool = try await PostgresCluster.shared().pool()
    let shown = try await pool.repeatable(Self.shown, PostgresSettings(isSnapshot: true)).rows[0].text(0)
    #expect(shown?.hasSuffix("repeatable read on") == true)
    let error = await #expect(throws: PostgresError.self) {
      try await pool.repeatable(
        PostgresStatement("CREATE TABLE snapped ()"), PostgresSettings(isSnapshot: true))
    }
    #expect(error?.kind == .readOnly)
    await pool.close()
  }

  @Test("A statement that fails leaves nothing open, and the connection is kept")
  func failed() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    let backend = PostgresStatement("SELECT pg_backend_pid()")
    let first = try await pool.repeatable(backend).rows[0].int(0)
    for (sql, state) in [
      ("SELECT 1/0", "22012"), ("SELECT 1; SELECT 2", "42601"), ("SELECT nothing", "42703"),
    ] {
      let error = await #expect(throws: PostgresError.self) {
        try await pool.repeatable(PostgresStatement(sql))
      }
      #expect(error?.sqlstate == state, "\(sql)")
      let next = try await pool.withConnection { try await $0.query(backend).rows[0].int(0) }
      #expect(next == first)
    }
    await pool.close()
  }

  @Test("A standby is read, in one transaction or another, and refuses to be written to")
  func standby() async throws {
    let cluster = try await PostgresCluster(settings: PostgresCluster.canBeFollowed)
    let standby = try await cluster.standby()
    try await standby.start()
    let pool = standby.pool()
    #expect(try await pool.repeatable(Self.shown).rows[0].text(0)?.hasSuffix("read committed on") == true)
    let inRecovery = try await pool.withTransaction(
      opening: [PostgresStatement("SELECT pg_is_in_recovery()")]
    ) { try $0.opening[0].rows[0].bool(0) }
    #expect(inRecovery == true)
    let error = await #expect(throws: PostgresError.self) {
      try await pool.repeatable(PostgresStatement("CREATE TABLE notes ()"))
    }
    #expect(error?.kind == .standby)
    await pool.close()
    await standby.remove()
    await cluster.remove()
  }
}
