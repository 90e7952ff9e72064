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
