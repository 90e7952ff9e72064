import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Postgres when the network or the server fails", .timeLimit(.minutes(2)), .keepsFailedDatabases)
struct PostgresFaultTests {
  static let one = PostgresStatement("SELECT 1")
  static let insert = PostgresStatement("INSERT INTO notes VALUES (1)")

  @Test(
    "After a restart of the server every connection is replaced, and nobody is told",
    arguments: [
      PostgresCluster.StopMode.fast, .immediate,
    ])
  func restart(mode: PostgresCluster.StopMode) async throws {
    let cluster = try await PostgresCluster()
    let pool = cluster.pool()
    try await useAll(pool)
    try await cluster.restart(mode)
    try await useAll(pool)
    _ = try await pool.withTransaction(opening: [Self.one]) { try await $0.commit() }
    await cluster.remove()
  }

  @Test("While the server is away every call says so, and later calls work again")
  func away() async throws {
    let cluster = try await PostgresCluster()
    let pool = cluster.pool()
    _ = try await pool.repeatable(Self.one)
    try await cluster.stop()
    for _ in 0..<3 {
      let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
      #expect(error?.kind == .unreachable)
      #expect(error?.isUnavailable == true)
    }
    try await cluster.start()
    _ = try await pool.repeatable(Self.one)
    await cluster.remove()
  }

  @Test("A server that stops in the middle of a statement ends it with an error that says so")
  func stoppedMeanwhile() async throws {
    let cluster = try await PostgresCluster()
    let pool = cluster.pool()
    let task = Task {
      try await pool.withConnection { connection in
        _ = try await connection.query(PostgresStatement("SELECT pg_sleep(600)"), within: .seconds(600))
      }
    }
    let sleeping = PostgresStatement("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    while try await pool.repeatable(sleeping).rows.isEmpty { await Task.yield() }
    try await cluster.stop(.fast)
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.kind == .adminShutdown)
    await cluster.remove()
  }

  @Test("An idle connection that died unnoticed is replaced at BEGIN and at a single read")
  func diedUnnoticed() async throws {
    try await withProxy { proxy, pool, _ in
      for transactional in [true, false] {
        _ = try await pool.repeatable(Self.one)
        // The first bytes of the next statement cut the connection: it looked alive until then.
        let isFirst = Flag()
        proxy.judge { direction, _ in direction == .toServer && isFirst.raise() ? .cutBefore : .forward }
        if transactional {
          try await pool.withTransaction(opening: [Self.one]) { #expect($0.opening.count == 1) }
        } else {
          _ = try await pool.repeatable(Self.one)
        }
        #expect(isFirst.isRaised)
      }
    }
  }

  // As behind a pooler whose sessions have all been ended: a new connection leads to one of them.
  @Test("A new connection that dies at its first statement is replaced as well", arguments: [1, 2])
  func newOnesDie(count: Int) async throws {
    try await withProxy { proxy, pool, _ in
      let remaining = Mutex(count)
      proxy.judge { direction, bytes in
        guard direction == .toServer, bytes.contains("SELECT 1\0") else { return .forward }
        return remaining.withLock { remaining in
          remaining -= 1
          return remaining < 0 ? .forward : .cutBefore
        }
      }
      _ = try await pool.withTransaction(opening: [Self.one]) { $0.opening.count }
      #expect(proxy.accepted == count + 1)
    }
  }

  @Test("One connection that died casts doubt on those that stood idle: nobody meets them one by one")
  func idleOnesAreSuspect() async throws {
    try await withProxy(connections: 4) { proxy, pool, _ in
      try await pool.withConnection { _ in
        try await pool.withConnection { _ in
          try await pool.withConnection { _ in _ = try await pool.repeatable(Self.one, isUrgent: true) }
        }
      }
      #expect(pool.use.idle == 4 && proxy.accepted == 4)
      // The network forgets what it had, and nobody is told: what is sent on an old connection finds no answer.
      proxy.judgeEach { connection, _, _ in connection <= 4 ? .swallow : .forward }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.repeatable(Self.one, within: .milliseconds(50))
      }
      #expect(error?.kind == .timeout && pool.use.idle == 0)
      _ = try await pool.repeatable(Self.one)
    }
  }

  @Test("A statement in withConnection whose connection breaks is not repeated")
  func notRepeated() async throws {
    try await withProxy { proxy, pool, _ in
      _ = try await pool.repeatable(Self.one)
      proxy.judge { direction, bytes in
        direction == .toServer && bytes.contains("INSERT") ? .cutAfter : .forward
      }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withConnection { _ = try await $0.query(Self.insert) }
      }
      #expect(error?.kind == .connectionLost)
    }
  }

  @Test(
    "A connection lost at COMMIT is told apart: the outcome is unknown",
    arguments: [
      (TCPProxy.Verdict.cutAfter, Int64(1)), (.cutBefore, 0),
    ])
  func lostAtCommit(verdict: TCPProxy.Verdict, rows: Int64) async throws {
    try await withProxy { proxy, pool, direct in
      proxy.judge { direction, bytes in
        direction == .toServer && bytes.contains("COMMIT\0") ? verdict : .forward
      }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { try await $0.commit(with: [Self.insert]) }
      }
      #expect(error?.kind == .commitOutcomeUnknown)
      let count = PostgresStatement("SELECT count(*) FROM notes")
      // The server may still be committing; in the other case nothing ever arrives.
      while try await direct.repeatable(count).rows[0].requiredInt(0) != rows { await Task.yield() }
    }
  }

  @Test("A network that is gone ends a statement at its limit, and a commit with an unknown outcome")
  func halfOpen() async throws {
    try await withProxy { proxy, pool, _ in
      let statement = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { transaction in
          proxy.pause()
          _ = try await transaction.query(Self.insert, within: .milliseconds(50))
        }
      }
      #expect(statement?.kind == .timeout)
      proxy.resume()
      let commit = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { transaction in
          _ = try await transaction.query(Self.insert)
          proxy.pause(.toClient)
          try await transaction.commit(within: .milliseconds(50))
        }
      }
      #expect(commit?.kind == .commitOutcomeUnknown)
      proxy.resume()
      _ = try await pool.repeatable(Self.one)
    }
  }

  @Test("Connecting to a server that does not answer ends at its limit")
  func connectLimit() async throws {
    try await withProxy { proxy, pool, _ in
      proxy.pause()
      var configuration = pool.configuration
      configuration.connectLimit = .milliseconds(50)
      let error = await #expect(throws: PostgresError.self) {
        try await PostgresConnection.open(configuration)
      }
      #expect(error?.kind == .unreachable)
    }
  }

  @Test("A network that trickles is slow, and right")
  func trickle() async throws {
    try await withProxy { proxy, pool, _ in
      proxy.trickle(.toClient, bytes: 7, every: .microseconds(100))
      proxy.trickle(.toServer, bytes: 3, every: .microseconds(100))
      let result = try await pool.repeatable(
        PostgresStatement("SELECT n, repeat('ñ', 20) FROM generate_series(1, 50) n"))
      #expect(result.rows.count == 50)
      #expect(try result.rows.allSatisfy { try $0.text(1) == String(repeating: "ñ", count: 20) })
    }
  }

  @Test("An answer that is cut off at any byte is an error and no shorter answer")
  func cutAnywhere() async throws {
    try await withProxy { proxy, pool, _ in
      let statement = PostgresStatement("SELECT n, 'text' FROM generate_series(1, 20) n")
      for bytes in stride(from: 1, to: 500, by: 23) {
        let error = await #expect(throws: PostgresError.self) {
          try await pool.withConnection { connection in
            _ = try await connection.query(Self.one)
            proxy.cut(.toClient, afterBytes: bytes)
            _ = try await connection.query(statement)
          }
        }
        #expect(error?.kind == .connectionLost)
        proxy.cut(.toClient, afterBytes: .max)
      }
    }
  }

  private func useAll(_ pool: PostgresPool) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try await pool.repeatable(Self.one) } }
      try await group.waitForAll()
    }
  }

  /// A pool through a proxy, and one that goes straight to the same database.
  private func withProxy(
    connections: Int = 1, _ body: (TCPProxy, PostgresPool, PostgresPool) async throws -> Void
  ) async throws {
    let cluster = try await PostgresCluster.shared()
    try await cluster.withDatabase { database in
      let direct = database.pool()
      _ = try await direct.repeatable(PostgresStatement("CREATE TABLE notes (n int)"))
      let proxy = try TCPProxy(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
      let pool = PostgresPool(makeConfiguration(proxy, database, connections))
      try await body(proxy, pool, direct)
      await pool.close(grace: .zero)
      proxy.close()
    }
  }

  private func makeConfiguration(_ proxy: TCPProxy, _ database: PostgresTestDatabase, _ connections: Int)
    -> PostgresConfiguration
  {
    let string =
      "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=\(database.name) sslmode=disable gssencmode=disable"
    var configuration = PostgresConfiguration(string)
    configuration.maximumConnections = connections
    configuration.connectLimit = .seconds(30)
    configuration.cancelGrace = .milliseconds(50)
    return configuration
  }
}

extension [UInt8] {
  fileprivate func contains(_ text: String) -> Bool {
    String(decoding: self, as: UTF8.self).contains(text)
  }
}
