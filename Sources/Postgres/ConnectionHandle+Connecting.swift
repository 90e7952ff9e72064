import CPostgres

extension ConnectionHandle {
  /// Connects within the configuration's limit or the operator's own `connect_timeout`. Looking up the
  /// host's name is the one step that is bounded by the system's resolver only.
  static func open(
    _ configuration: PostgresConfiguration, stop: StopSignal
  ) throws(PostgresError) -> ConnectionHandle {
    try ConnectionString.check(configuration.connectionString)
    let handle = try start(configuration)
    // Only so does libpq put the SQLSTATE into its message about a refused connection.
    unsafe PQsetErrorVerbosity(handle.connection, PQERRORS_VERBOSE)
    try handle.finishConnecting(Patience(handle.connectLimit(configuration), stop: stop))
    unsafe PQsetErrorVerbosity(handle.connection, PQERRORS_DEFAULT)
    guard unsafe PQsetnonblocking(handle.connection, 1) == 0 else { throw handle.connectFailure() }
    return handle
  }

  /// Manual, PQconnectStartParams: what stands before `dbname` is overridden by the operator's string,
  /// which is expanded there; what stands after it overrides the string.
  private static func start(_ configuration: PostgresConfiguration) throws(PostgresError) -> ConnectionHandle
  {
    let options: [(String, String)] = [
      ("fallback_application_name", configuration.applicationName),
      // A dead peer is noticed within a minute while idle, within half a minute while sending.
      ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
      ("dbname", configuration.connectionString),
      ("client_encoding", "UTF8"),
    ]
    let keywords = CStrings(options.map { .text($0.0) } + [.null])
    let values = CStrings(options.map { .text($0.1) } + [.null])
    let connection = unsafe keywords.withPointers { keywords in
      unsafe values.withPointers { values in unsafe PQconnectStartParams(keywords, values, 1) }
    }
    guard let connection = unsafe connection else {
      throw PostgresError(.unreachable, cause: "libpq has no memory for a connection")
    }
    return unsafe ConnectionHandle(owning: connection, notices: NoticeSink(configuration.onNotice))
  }

  /// Manual, PQconnectPoll; the socket may be another one after every step.
  private func finishConnecting(_ patience: Patience) throws(PostgresError) {
    guard !isBroken else { throw connectFailure() }
    var step = PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED else { throw connectFailure() }
      let isReading = step == PGRES_POLLING_READING
      do throws(Patience.End) {
        try SocketWait(socket: unsafe PQsocket(connection), reading: isReading, writing: !isReading)
          .untilReady(patience)
      } catch {
        throw error == .cancelled
          ? PostgresError(.cancelled, cause: "cancelled while connecting")
          : PostgresError(.unreachable, cause: "no answer in time while connecting")
      }
      step = unsafe PQconnectPoll(connection)
    }
  }

  private func connectLimit(_ configuration: PostgresConfiguration) -> Duration {
    guard let options = unsafe PQconninfo(connection) else { return configuration.connectLimit }
    let found = unsafe ConnectionOptions(owning: options)
    guard let seconds = found["connect_timeout"].flatMap({ Int($0) }), seconds > 0 else {
      return configuration.connectLimit
    }
    return .seconds(seconds)
  }

  private func connectFailure() -> PostgresError {
    let message = ConnectMessage(errorMessage)
    if unsafe PQconnectionNeedsPassword(connection) == 1 {
      return PostgresError(.authentication, sqlstate: message.sqlstate, cause: message.text)
    }
    return PostgresError(message.kind, sqlstate: message.sqlstate, cause: message.text)
  }
}
