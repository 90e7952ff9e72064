import Postgres
import TestSupport
import Testing

/// That a session is over is known by the severity, not by the SQLSTATE.
@Suite("A session that the server or a pooler ends", .timeLimit(.minutes(2)))
struct PostgresSessionEndTests {
  static let one = PostgresStatement("SELECT 1")
  static let marked = PostgresStatement("SELECT 'marked'")

  /// What Supavisor, PgBouncer and PostgreSQL refuse a connection with.
  static let refusals: [(String, String, PostgresError.Kind)] = [
    ("XX000", "(EMAXCONNSESSION) max clients reached in session mode", .poolerFull),
    ("XX000", "(EMAXCLIENTCONN) max client connections reached, limit: 200", .poolerFull),
    ("XX000", "(ECHECKOUTTIMEOUT) unable to check out connection from the pool", .poolerFull),
    ("XX000", "MaxClientsInSessionMode: max clients reached", .poolerFull),
    ("08P01", "no more connections allowed (max_client_conn)", .poolerFull),
    ("08P01", "query_wait_timeout", .poolerFull),
    ("XX000", "(ENOTFOUND) tenant/user postgres.abc not found", .unknownProject),
    ("XX000", "Tenant or user not found", .unknownProject),
    ("XX000", "(ENOIDENTIFIER) no tenant identifier provided", .unknownProject),
    ("XX000", "(EBANNED) tenant is banned: unpaid", .pausedProject),
    ("XX000", "(ECIRCUITBREAKER) too many authentication failures", .loginsBlocked),
    ("XX000", "(EADDRNOTALLOWED) address not in tenant allow_list", .addressNotAllowed),
    ("XX000", "(ESSLREQUIRED) SSL connection is required for user: x", .tlsRefused),
    ("XX000", "(ESOMETHINGNEW) nobody knows", .unreachable),
    ("08P01", "server login has been failing, cached error: x (server_login_retry)", .poolerWaits),
    ("XX000", "internal error", .unreachable), ("58000", "could not open file", .unreachable),
    ("53400", "configuration limit exceeded", .unreachable), ("23505", "odd", .unreachable),
    ("53300", "sorry, too many clients already", .tooManyConnections),
    ("57P03", "the database system is starting up", .cannotConnectNow),
    ("28P01", "password authentication failed for user \"x\"", .authentication),
    ("28000", "role \"x\" does not exist", .authentication),
    ("08P01", "server login failed: FATAL database \"x\" does not exist", .databaseMissing),
    ("3D000", "database \"x\" does not exist", .databaseMissing),
  ]

  @Test(
    "Whatever a connection is refused with, it did not come about; known words have their kind",
    arguments: refusals)
  func refused(sqlstate: String, text: String, kind: PostgresError.Kind) async throws {
    let server = try RawServer(greeting: PostgresReply.error(sqlstate, text))
    let error = await #expect(throws: PostgresError.self) {
      _ = try await PostgresConnection.open(
        PostgresConfiguration("host=127.0.0.1 port=\(server.port) user=u sslmode=disable gssencmode=disable"))
    }
    #expect(error?.kind == kind && error?.sqlstate == sqlstate)
    #expect(error?.cause.contains(text) == true)
    if let code = text.firstMatch(of: /\((E[A-Z]+)\)/) { #expect(error?.object == String(code.1)) }
  }

  static let endings: [(String, String, PostgresError.Kind)] = [
    ("XX000", "(EDBHANDLEREXITED) connection to database closed", .poolerLostServer),
    ("XX000", "(ECHECKOUTTIMEOUT) unable to check out", .poolerFull),
    ("XX000", "internal error", .connectionLost), ("58000", "io", .connectionLost),
    ("53400", "limit", .connectionLost), ("25P04", "terminating: transaction timeout", .connectionLost),
    ("40001", "conflict with recovery", .connectionLost), ("57014", "odd", .connectionLost),
    ("08P01", "server conn crashed?", .poolerLostServer),
    ("57P01", "terminating connection", .adminShutdown), ("57P05", "idle session", .connectionLost),
  ]

  // With a limit of ten minutes for a statement: who waits for more than the farewell takes longer than this test may.
  @Test(
    "FATAL instead of an answer, on a connection left open, ends it at once; what may be repeated is",
    arguments: endings)
  func inSession(sqlstate: String, text: String, kind: PostgresError.Kind) async throws {
    try await withProxy { proxy, pool in
      let isFirst = Flag()
      proxy.judge { direction, bytes in
        guard direction == .toServer, bytes.contains("'marked'"), isFirst.raise() else { return .forward }
        return .answer(PostgresReply.error(sqlstate, text))
      }
      _ = try await pool.repeatable(Self.marked)
      #expect(isFirst.isRaised && proxy.accepted == 2)

      let alone = try await PostgresConnection.open(pool.configuration)
      proxy.judge { direction, bytes in
        direction == .toServer && bytes.contains("'marked'")
          ? .answer(PostgresReply.error(sqlstate, text)) : .forward
      }
      let error = await #expect(throws: PostgresError.self) { try await alone.query(Self.marked) }
      #expect(error?.kind == kind && error?.sqlstate == sqlstate)
      #expect(error?.endsConnection == true && error?.isUnavailable == true)
      let next = await #expect(throws: PostgresError.self) { try await alone.query(Self.one) }
      #expect(next?.kind == .connectionLost)
    }
  }

  @Test("FATAL while nothing is asked, on a connection left open: the next one gets a new connection")
  func idle() async throws {
    try await withProxy { proxy, pool in
      let isFirst = Flag()
      proxy.judge { direction, bytes in
        guard direction == .toClient, bytes.contains("marked"), isFirst.raise() else { return .forward }
        return .answer(bytes + PostgresReply.error("XX000", "(EDBHANDLEREXITED) exited"))
      }
      _ = try await pool.repeatable(Self.marked)
      // The farewell may come a moment later than the answer; then the statement meets it.
      _ = try await pool.repeatable(Self.one)
      #expect(proxy.accepted == 2)
    }
  }

  @Test(
    "FATAL instead of the answer to COMMIT leaves open what happened, and tells with what the session ended")
  func inCommit() async throws {
    try await withProxy { proxy, pool in
      proxy.judge { direction, bytes in
        direction == .toServer && bytes.contains("'marked'")
          ? .answer(PostgresReply.error("XX000", "(EDBHANDLEREXITED) exited")) : .forward
      }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.withTransaction { try await $0.commit(with: [Self.marked]) }
      }
      #expect(error?.kind == .commitOutcomeUnknown && error?.object == "EDBHANDLEREXITED")
      #expect(error?.isUnavailable == true)
    }
  }

  @Test("ERROR ends nothing, whatever its SQLSTATE", arguments: ["08006", "57P01", "XX000", "25P03"])
  func errorGoesOn(sqlstate: String) async throws {
    let connection = try await PostgresCluster.shared().connection()
    let error = await #expect(throws: PostgresError.self) {
      try await connection.query(
        PostgresStatement("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(sqlstate)'; END $$"))
    }
    #expect(error?.endsConnection == false)
    _ = try await connection.query(Self.one)
  }

  @Test(
    "Messages that met the session of another are told as the pooler's mixing",
    arguments: ["26000", "34000", "08P01"])
  func mixed(sqlstate: String) async throws {
    let connection = try await PostgresCluster.shared().connection()
    let error = await #expect(throws: PostgresError.self) {
      try await connection.query(
        PostgresStatement("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(sqlstate)'; END $$"))
    }
    #expect(error?.kind == .mixedStatements)
  }

  private func withProxy(_ body: (TCPProxy, PostgresPool) async throws -> Void) async throws {
    let cluster = try await PostgresCluster.shared()
    let proxy = try TCPProxy(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
    var configuration = PostgresConfiguration(
      "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres sslmode=disable gssencmode=disable")
    configuration.statementLimit = .seconds(600)
    let pool = PostgresPool(configuration)
    try await body(proxy, pool)
    await pool.close()
    proxy.close()
  }
}

extension [UInt8] {
  fileprivate func contains(_ text: String) -> Bool { self.contains(Array(text.utf8)) }
}
