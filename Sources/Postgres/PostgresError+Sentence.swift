extension PostgresError.Kind {
  /// What failed and what to do, without anything of the installation in it.
  var sentence: String {
    switch self {
    case .uniqueViolation: "A row with this key exists already"
    case .foreignKeyViolation: "A row refers to one that does not exist, or is still referred to"
    case .notNull: "A value that must be there is missing"
    case .check: "A value breaks a check constraint"
    case .serialization, .deadlock: "Another transaction got in the way; repeat the transaction"
    case .lockTimeout: "A lock was not granted in time; find out who holds it, or try again later"
    case .queryCanceled: "The server cancelled the statement; check statement_timeout"
    case .readOnly: "The database is read-only; connect to the primary"
    case .diskFull: "The database's disk is full; free some space"
    case .tooManyConnections: "The server has no free connection; raise max_connections or use a pooler"
    case .insufficientPrivilege: "The database role lacks a privilege; grant it"
    case .undefinedTable: "A table does not exist; migrate the schema"
    case .undefinedColumn: "A column does not exist; migrate the schema"
    case .authentication: "The database refused the role or its password; check the credentials"
    case .databaseMissing: "The database does not exist; create it or correct its name"
    case .adminShutdown: "The database server closed the connection; try again"
    case .crash: "The database server restarts after a crash; try again"
    case .cannotConnectNow: "The database server is starting or stopping; try again"
    case .idleInTransactionTimeout: "The transaction was idle for too long and was ended; repeat it"
    case .transactionFailed: "The transaction had failed before and was rolled back; repeat it"
    case .invalidConnectionString:
      "The connection string cannot be read; percent-encode special characters of the password"
    case .unreachable: "No connection to the database came about; check address, network and TLS"
    case .hostNotFound: "The database's host name leads to no address; check the name and the DNS"
    case .untrustedCertificate:
      "The database's certificate is not trusted; check the host name, the clock and sslrootcert"
    case .tlsRefused: "The database does not speak TLS as it is demanded; check sslmode and the server's TLS"
    case .connectionLost: "The connection to the database broke; try again"
    case .timeout: "The database did not answer in time; the statement was given up"
    case .poolTimeout: "No database connection became free in time; raise their number or try again"
    case .poolClosed: "The database connections are closed, because the program is stopping"
    case .cancelled: "The statement was cancelled by its caller"
    case .commitOutcomeUnknown:
      "The connection broke while committing; whether it was committed is unknown, repeat the work"
    case .decoding: "A value read from the database is not what was expected; check the schema"
    case .other: "The database refused a statement"
    }
  }
}
