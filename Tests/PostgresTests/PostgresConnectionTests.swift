import Postgres
import TestSupport
import Testing

@Suite("PostgresConnection", .timeLimit(.minutes(2)))
struct PostgresConnectionTests {
  @Test("A pipeline answers every statement in order, each with its parameters")
  func pipelineOrder() async throws {
    let connection = try await PostgresCluster.shared().connection()
    let statements = (0..<500).map { PostgresStatement("SELECT $1, repeat('x', 1000)", [.int($0)]) }
    let results = try await connection.pipeline(statements)
    #expect(try results.map { try $0.rows[0].requiredInt(0) } == Array(0..<500))
  }

  @Test("A pipeline of nothing is nothing")
  func emptyPipeline() async throws {
    let connection = try await PostgresCluster.shared().connection()
    #expect(try await connection.pipeline([]).isEmpty)
    #expect(try await connection.query(PostgresStatement("SELECT 1")).rows.count == 1)
  }

  @Test("A pipeline larger than all socket buffers in both directions does not lock up")
  func largePipeline() async throws {
    let connection = try await PostgresCluster.shared().connection()
    let text = String(repeating: "ñ", count: 500_000)
    let results = try await connection.pipeline(
      (0..<20).map { _ in PostgresStatement("SELECT $1::text", [.text(text)]) }, within: .seconds(600))
    #expect(try results.allSatisfy { try $0.rows[0].text(0) == text })
  }

  @Test("In a failed pipeline the first error is told, nothing is kept, and the connection goes on")
  func failedPipeline() async throws {
    let connection = try await PostgresCluster.shared().connection()
    _ = try await connection.query(PostgresStatement("CREATE TEMPORARY TABLE kept (n int PRIMARY KEY)"))
    let error = await #expect(throws: PostgresError.self) {
      try await connection.pipeline([
        PostgresStatement("INSERT INTO kept VALUES (1)"), PostgresStatement("INSERT INTO kept VALUES (1)"),
        PostgresStatement("SELECT 1/0"), PostgresStatement("INSERT INTO kept VALUES (2)"),
      ])
    }
    #expect(error?.kind == .uniqueViolation)
    #expect(try await connection.query(PostgresStatement("SELECT * FROM kept")).rows.isEmpty)
  }

  @Test("Rows touched are counted from the command tag")
  func affectedRows() async throws {
    let connection = try await PostgresCluster.shared().connection()
    let results = try await connection.pipeline([
      PostgresStatement("CREATE TEMPORARY TABLE counted (n int)"),
      PostgresStatement("INSERT INTO counted SELECT generate_series(1, 5)"),
      PostgresStatement("UPDATE counted SET n = n + 1 WHERE n > 3 RETURNING n"),
      PostgresStatement("DELETE FROM counted WHERE n = 77"),
    ])
    #expect(results.map(\.affectedRows) == [0, 5, 2, 0])
    #expect(results[1].commandTag == "INSERT 0 5")
  }

  @Test("An operation that refuses a transaction block runs as a single query")
  func outsideTransaction() async throws {
    let connection = try await PostgresCluster.shared().connection()
    #expect(try await connection.query(PostgresStatement("CHECKPOINT")).commandTag == "CHECKPOINT")
    _ = try await connection.query(PostgresStatement("VACUUM pg_class"))
  }

  @Test("A statement that takes longer than its limit is cancelled on the server too")
  func statementLimit() async throws {
    let connection = try await PostgresCluster.shared().connection()
    let backend = try await connection.query(PostgresStatement("SELECT pg_backend_pid()")).rows[0]
      .requiredInt(0)
    let error = await #expect(throws: PostgresError.self) {
      try await connection.query(PostgresStatement("SELECT pg_sleep(600)"), within: .milliseconds(50))
    }
    #expect(error?.kind == .timeout)
    try await waitUntilGone(backend)
    let next = await #expect(throws: PostgresError.self) {
      try await connection.query(PostgresStatement("SELECT 1"))
    }
    #expect(next?.kind == .connectionLost)
  }

  @Test("A cancelled task's statement is cancelled on the server too")
  func taskCancellation() async throws {
    let connection = try await PostgresCluster.shared().connection()
    let backend = try await connection.query(PostgresStatement("SELECT pg_backend_pid()")).rows[0]
      .requiredInt(0)
    let task = Task {
      try await connection.query(PostgresStatement("SELECT pg_sleep(600)"), within: .seconds(600))
    }
    try await waitUntil("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", backend)
    task.cancel()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    try await waitUntilGone(backend)
  }

  @Test("In a task that is cancelled already nothing is sent, and the connection stays")
  func cancelledBefore() async throws {
    let connection = try await PostgresCluster.shared().connection()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await connection.query(PostgresStatement("SELECT 1"))
    }
    task.cancel()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(try await connection.query(PostgresStatement("SELECT 1")).rows.count == 1)
  }

  @Test("Notices go to whoever asked for them")
  func notices() async throws {
    let (notices, continuation) = AsyncStream.makeStream(of: String.self)
    let connection = try await PostgresCluster.shared().connection {
      $0.onNotice = { continuation.yield($0) }
    }
    _ = try await connection.query(PostgresStatement("DO $$ BEGIN RAISE NOTICE 'hello'; END $$"))
    #expect(await notices.first { _ in true }?.contains("hello") == true)
  }

  @Test("The operator's own name wins over the program's, and the encoding is always UTF-8")
  func settings() async throws {
    let cluster = try await PostgresCluster.shared()
    let show = PostgresStatement(
      "SELECT current_setting('application_name'), current_setting('client_encoding')")
    let usual = try await PostgresConnection.open(PostgresConfiguration(cluster.conninfo())).query(show)
    #expect(try usual.rows[0].text(0) == "twilio-sync")
    let other = PostgresConfiguration(cluster.conninfo() + " application_name=mine client_encoding=LATIN1")
    let row = try await PostgresConnection.open(other).query(show).rows[0]
    #expect(try row.text(0) == "mine")
    #expect(try row.text(1) == "UTF8")
  }

  @Test("A Unix socket is local and without TLS")
  func transport() async throws {
    let transport = try await PostgresCluster.shared().connection().transport()
    #expect(transport?.isEncrypted == false)
    #expect(transport?.isRemote == false)
  }

  @Test("Sixteen connections that wait do not hold up a seventeenth")
  func blockedConnectionsDelayNobody() async throws {
    let cluster = try await PostgresCluster.shared()
    try await withThrowingTaskGroup(of: Void.self) { group in
      let holder = try await cluster.connection()
      _ = try await holder.query(PostgresStatement("SELECT pg_advisory_lock(4711)"))
      for _ in 0..<16 {
        group.addTask {
          _ = try await cluster.connection().query(PostgresStatement("SELECT pg_advisory_lock_shared(4711)"))
        }
      }
      let waiting = PostgresStatement("SELECT count(*) FROM pg_locks WHERE objid = 4711 AND NOT granted")
      while try await holder.query(waiting).rows[0].requiredInt(0) < 16 { await Task.yield() }
      _ = try await holder.query(PostgresStatement("SELECT pg_advisory_unlock(4711)"))
      try await group.waitForAll()
    }
  }

  private func waitUntilGone(_ backend: Int64) async throws {
    try await waitUntil("SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", backend)
  }

  private func waitUntil(_ sql: String, _ backend: Int64) async throws {
    let watcher = try await PostgresCluster.shared().connection()
    while try await watcher.query(PostgresStatement(sql, [.int(backend)])).rows.isEmpty { await Task.yield() }
  }
}
