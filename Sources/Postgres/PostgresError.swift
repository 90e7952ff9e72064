/// What failed at the database: a kind to act on, and the server's words for the log.
package struct PostgresError: Error, Hashable, Sendable {
  package let kind: Kind
  /// The five characters of the server's SQLSTATE; nil when the error did not come from the server.
  package let sqlstate: String?
  /// The constraint, column or table that the server named, where it named one.
  package let object: String?
  /// What the server, libpq or this room said, and the statement's name. For the log only: never a password,
  /// but it may name host, user and database and quote rows.
  package let cause: String

  /// An error of our own or one read from the server.
  package init(_ kind: Kind, sqlstate: String? = nil, object: String? = nil, cause: String) {
    self.kind = kind
    self.sqlstate = sqlstate
    self.object = object
    self.cause = cause
  }

  /// Reads the fields of a failed result (manual, PQresultErrorField).
  init(_ result: ResultHandle, connectionEnded: Bool) {
    let sqlstate = result.errorField(.sqlstate)
    let object =
      result.errorField(.constraint) ?? result.errorField(.column) ?? result.errorField(.table)
    let words: [(String, ErrorField)] = [
      ("", .message), ("DETAIL: ", .detail), ("HINT: ", .hint), ("SQLSTATE ", .sqlstate),
      ("table ", .table), ("column ", .column), ("constraint ", .constraint),
    ]
    let cause = words.compactMap { label, field in result.errorField(field).map { label + $0 } }
    let kind = sqlstate.map { Kind(sqlstate: $0) } ?? (connectionEnded ? .connectionLost : .other)
    self.init(
      kind, sqlstate: sqlstate, object: sqlstate.flatMap { _ in object },
      cause: sqlstate == nil ? result.errorMessage : cause.joined(separator: "; "))
  }

  /// The same error with the name of the statement that failed.
  func naming(_ statement: PostgresStatement) -> PostgresError {
    PostgresError(kind, sqlstate: sqlstate, object: object, cause: "\(cause) [\(statement.name)]")
  }
}

extension PostgresError {
  /// Whether the database is out of reach for now, and the same work may succeed later.
  package var isUnavailable: Bool {
    switch kind {
    case .unreachable, .hostNotFound, .untrustedCertificate, .tlsRefused, .connectionLost, .adminShutdown,
      .crash, .cannotConnectNow, .tooManyConnections,
      .timeout, .poolTimeout, .commitOutcomeUnknown, .idleInTransactionTimeout:
      true
    default: false
    }
  }

  /// Whether the connection is gone, seen from the statement that failed.
  var endsConnection: Bool {
    switch kind {
    case .connectionLost, .adminShutdown, .crash, .cannotConnectNow, .idleInTransactionTimeout: true
    default: false
    }
  }
}

extension PostgresError {
  /// What went wrong, as far as a program may want to act on it.
  package enum Kind: Hashable, Sendable {
    /// 23505.
    case uniqueViolation
    /// 23503.
    case foreignKeyViolation
    /// 23502.
    case notNull
    /// 23514.
    case check
    /// 40001: the transaction may be repeated.
    case serialization
    /// 40P01: the transaction may be repeated.
    case deadlock
    /// 55P03: `lock_timeout` passed, or NOWAIT.
    case lockTimeout
    /// 57014: `statement_timeout` passed, or somebody cancelled the statement on the server.
    case queryCanceled
    /// 25006: a standby, or `default_transaction_read_only`.
    case readOnly
    /// 53100.
    case diskFull
    /// 53300: all connections of the server are taken.
    case tooManyConnections
    /// 42501.
    case insufficientPrivilege
    /// 42P01.
    case undefinedTable
    /// 42703.
    case undefinedColumn
    /// Class 28: role, password or `pg_hba.conf`.
    case authentication
    /// 3D000.
    case databaseMissing
    /// 57P01: the server was stopped, or the connection terminated by an administrator.
    case adminShutdown
    /// 57P02: another backend crashed and the server restarts.
    case crash
    /// 57P03: starting up, shutting down or in recovery.
    case cannotConnectNow
    /// 25P03: idle for too long inside a transaction; the connection is gone.
    case idleInTransactionTimeout
    /// 25P02, or COMMIT that was answered with ROLLBACK: the transaction had already failed.
    case transactionFailed
    /// The connection string cannot be read; found before any connection is tried.
    case invalidConnectionString
    /// No connection came about: refused, no answer, or nothing that speaks PostgreSQL.
    case unreachable
    /// The host's name leads to no address.
    case hostNotFound
    /// The server's certificate is not of a trusted authority, not for this host, or not valid now; or the
    /// authorities' file is missing.
    case untrustedCertificate
    /// TLS is demanded and the server does not speak it, or not as it must.
    case tlsRefused
    /// The connection broke; nothing was committed by the statements that failed.
    case connectionLost
    /// Our own limit passed; the statement was cancelled and the connection given up.
    case timeout
    /// No connection of the pool became free in time.
    case poolTimeout
    /// The pool is closed.
    case poolClosed
    /// The Swift task was cancelled, and the statement with it.
    case cancelled
    /// The connection broke, or our limit passed, between sending COMMIT and its answer: the transaction
    /// may or may not have been committed.
    case commitOutcomeUnknown
    /// A value is not what the reader expected: wrong type, NULL where there must be none, no such column.
    case decoding
    /// Anything else; see `sqlstate`.
    case other
  }
}

extension PostgresError.Kind {
  /// The kind of a SQLSTATE (PostgreSQL manual, appendix A).
  init(sqlstate: String) {
    self = Self.bySQLSTATE[sqlstate] ?? Self.byClass[String(sqlstate.prefix(2))] ?? .other
  }

  private static let bySQLSTATE: [String: Self] = [
    "23502": .notNull, "23503": .foreignKeyViolation, "23505": .uniqueViolation, "23514": .check,
    "25006": .readOnly, "25P02": .transactionFailed, "25P03": .idleInTransactionTimeout,
    "3D000": .databaseMissing, "40001": .serialization, "40P01": .deadlock,
    "42501": .insufficientPrivilege, "42703": .undefinedColumn, "42P01": .undefinedTable,
    "53100": .diskFull, "53300": .tooManyConnections, "55P03": .lockTimeout, "57014": .queryCanceled,
    "57P01": .adminShutdown, "57P02": .crash, "57P03": .cannotConnectNow,
    // 57P04: the database was dropped under the connection; 57P05: idle_session_timeout.
    "57P04": .databaseMissing, "57P05": .connectionLost,
  ]

  private static let byClass: [String: Self] = [
    "08": .connectionLost, "28": .authentication,
  ]
}
