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
  /// Whether the server, or the pooler before it, ended the session with it (severity FATAL), whatever the
  /// SQLSTATE; of a connection that did not come about the kind says it.
  package let endsSession: Bool

  /// An error of our own or one read from the server.
  package init(
    _ kind: Kind, sqlstate: String? = nil, object: String? = nil, cause: String, endsSession: Bool = false
  ) {
    self.kind = kind
    self.sqlstate = sqlstate
    self.object = object
    self.cause = cause
    self.endsSession = endsSession
  }

  /// What the server said to a statement or of its own accord.
  ///
  /// - Parameter connectionEnded: Whether the connection is known to be over.
  init(_ message: ServerMessage, connectionEnded: Bool) {
    let isLost = message.sqlstate.map { $0.hasPrefix("08") } ?? true
    let endsSession = message.endsSession || (connectionEnded && isLost)
    self.init(
      Kind(message, endsSession: endsSession), sqlstate: message.sqlstate,
      object: message.sqlstate == nil ? nil : message.object ?? PoolerWords(message.text).code,
      cause: message.cause, endsSession: endsSession)
  }

  /// The same error as one of another kind, of which more is known now.
  func `as`(_ kind: Kind) -> PostgresError {
    PostgresError(kind, sqlstate: sqlstate, object: object, cause: cause, endsSession: endsSession)
  }

  /// The same error with what failed before it.
  func adding(_ earlier: String) -> PostgresError {
    PostgresError(kind, sqlstate: sqlstate, object: object, cause: earlier + cause, endsSession: endsSession)
  }

  /// The same with what failed at the places before it. That there is no way to one says nothing where another has
  /// said more.
  func following(_ earlier: PostgresError) -> PostgresError {
    let whole = adding("\(earlier.cause); ")
    return kind == .noUsableAddress ? whole.as(earlier.kind) : whole
  }

  /// The same error with the name of the statement that failed.
  func naming(_ statement: PostgresStatement) -> PostgresError {
    PostgresError(
      kind, sqlstate: sqlstate, object: object, cause: "\(cause) [\(statement.name)]",
      endsSession: endsSession)
  }
}

extension PostgresError {
  /// Whether the database is out of reach for now, and the same work may succeed later.
  package var isUnavailable: Bool {
    if endsConnection { return true }
    return switch kind {
    case .unreachable, .hostNotFound, .untrustedCertificate, .tlsRefused, .cannotConnectNow,
      .tooManyConnections, .poolerFull, .poolerWaits, .pausedProject, .loginsBlocked, .addressNotAllowed,
      .noUsableAddress, .unwantedServer, .answerTooLarge,
      .timeout, .poolTimeout, .commitOutcomeUnknown:
      true
    default: false
    }
  }

  /// Whether the connection is gone or not to be trusted any more, seen from the statement that failed.
  package var endsConnection: Bool { endsSession || kind == .connectionLost || kind == .mixedStatements }
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
    /// 25006, and not known to be a standby: `default_transaction_read_only`.
    case readOnly
    /// 25006 of a standby.
    case standby
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
    /// 42804: what is written is of another type than the column.
    case wrongType
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
    /// The server's certificate is not of a trusted authority, not for this host, or not valid now.
    case untrustedCertificate
    /// TLS is demanded and the server does not speak it, or not as it must.
    case tlsRefused
    /// The connection broke, or the session was ended; nothing was committed by the statements that failed.
    case connectionLost
    /// A pooler has no place left for this connection or statement.
    case poolerFull
    /// A pooler that was refused by the server waits before it tries again.
    case poolerWaits
    /// A pooler lost its own connection to the server.
    case poolerLostServer
    /// A pooler for many projects knows none of this name.
    case unknownProject
    /// The project is paused or suspended.
    case pausedProject
    /// A pooler admits nobody for a while, after too many failed logins.
    case loginsBlocked
    /// This machine's address is not admitted, or not for this role and database.
    case addressNotAllowed
    /// The role may not log in, or not to this database.
    case loginForbidden
    /// A start-up option is refused, by the server or by a pooler that passes on few of them.
    case optionRefused
    /// The host has addresses that this machine cannot reach for want of IPv6.
    case noUsableAddress
    /// A file with certificates or a key is missing or cannot be read.
    case certificateFile
    /// No server is as `target_session_attrs` demands.
    case unwantedServer
    /// A pooler gave our statement to a session that had another, or lost count of the answers.
    case mixedStatements
    /// Our own limit passed; the statement was cancelled and the connection given up.
    case timeout
    /// The answer is larger than any that this program asks for; the connection is given up.
    case answerTooLarge
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
    self = Self.bySQLSTATE[sqlstate] ?? (sqlstate.hasPrefix("28") ? .authentication : .other)
  }

  /// The kind of what the server said. That a session is over is known by the severity; what a statement may
  /// be refused with says nothing then.
  fileprivate init(_ message: ServerMessage, endsSession: Bool) {
    if endsSession {
      let known = message.sqlstate.flatMap(Self.init(endOfSession:))
      self = PoolerWords(message.text).kind(orElse: known) ?? .connectionLost
    } else {
      let sqlstate = message.sqlstate ?? ""
      self = Self.mixing.contains(sqlstate) ? .mixedStatements : Self(sqlstate: sqlstate)
    }
  }

  /// What a session ends with, or does not come about for; nil for a SQLSTATE that says nothing of it.
  init?(endOfSession sqlstate: String) {
    let kind = Self(sqlstate: sqlstate)
    switch kind {
    case .adminShutdown, .crash, .cannotConnectNow, .idleInTransactionTimeout, .tooManyConnections,
      .authentication, .databaseMissing:
      self = kind
    default: return nil
    }
  }

  private static let bySQLSTATE: [String: Self] = [
    "23502": .notNull, "23503": .foreignKeyViolation, "23505": .uniqueViolation, "23514": .check,
    "25006": .readOnly, "25P02": .transactionFailed, "25P03": .idleInTransactionTimeout,
    "3D000": .databaseMissing, "40001": .serialization, "40P01": .deadlock,
    "42501": .insufficientPrivilege, "42703": .undefinedColumn, "42804": .wrongType, "42P01": .undefinedTable,
    "53100": .diskFull, "53300": .tooManyConnections, "55P03": .lockTimeout, "57014": .queryCanceled,
    "57P01": .adminShutdown, "57P02": .crash, "57P03": .cannotConnectNow,
    // The database was dropped under the connection.
    "57P04": .databaseMissing,
  ]

  // A message of one statement that met a session without it, or with another: the server takes none of ours
  // amiss by itself (protocol violation, no such statement, no such portal).
  private static let mixing: Set = ["08P01", "26000", "34000"]
}
