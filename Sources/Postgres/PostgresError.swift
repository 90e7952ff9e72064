/// What failed at the database, in words that may be shown, and in the server's words for the operator.
package struct PostgresError: Error, Hashable, Sendable {
  /// What a program may act on.
  package let kind: Kind
  /// The five characters of the server's SQLSTATE; nil when the error did not come from the server.
  package let sqlstate: String?
  /// The constraint, column or table the server named, where it named one.
  package let object: String?
  /// The server's or libpq's own message for an operator's log. Never a password; it may name host, user
  /// and database, so it is not for outsiders.
  package let operatorDetail: String

  /// An error of our own or one read from the server.
  package init(_ kind: Kind, sqlstate: String? = nil, object: String? = nil, operatorDetail: String) {
    self.kind = kind
    self.sqlstate = sqlstate
    self.object = object
    self.operatorDetail = operatorDetail
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

extension PostgresError: CustomStringConvertible {
  /// A sentence without host, user, database, password or data.
  package var description: String {
    let code = sqlstate.map { " (SQLSTATE \($0))" } ?? ""
    let place = object.map { " at \"\($0)\"" } ?? ""
    return kind.sentence + code + place
  }
}
