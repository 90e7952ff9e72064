import CPostgres

extension ConnectionHandle {
  /// Connects within the configuration's limit or the operator's own `connect_timeout`, of which each host and
  /// address that is left has its share.
  ///
  /// - Parameter limit: A shorter time that the caller has.
  static func open(
    _ configuration: PostgresConfiguration, within limit: Duration? = nil, stop: StopSignal,
    leftBehind: LeftBehind
  ) throws(PostgresError) -> ConnectionHandle {
    try ConnectionString.check(configuration.connectionString)
    guard let options = ConnectionOptions.complete(configuration.connectionString) else {
      throw PostgresError(.unreachable, cause: "libpq has no memory for a connection")
    }
    let seconds = options["connect_timeout"].flatMap { Int64($0) } ?? 0
    let whole = seconds > 0 ? Duration.seconds(min(seconds, 3600)) : configuration.connectLimit
    let end = ContinuousClock.now + min(whole, limit ?? whole)
    let targets = ConnectTarget.all(options)
    var failed: PostgresError?
    for (index, target) in targets.enumerated() {
      let share = ContinuousClock.now.duration(to: end) / (targets.count - index)
      do throws(PostgresError) {
        // libpq's waits end with the share; what it computes meanwhile ends a moment later.
        let last = Deadline(share + .milliseconds(250), stop: stop)
        return try ConnectAttempt.run(until: last, leftBehind) {
          stop throws(PostgresError) in
          try open(target, configuration, Deadline(share, stop: stop))
        }
      } catch {
        failed = failed.map { error.following($0) } ?? error
        // As libpq does: who answers is not passed over, but for one that starts or stops.
        guard error.kind != .cancelled, error.sqlstate == nil || error.kind == .cannotConnectNow else {
          break
        }
      }
    }
    throw failed ?? PostgresError(.unreachable, cause: "no host to connect to")
  }

  private static func open(
    _ target: ConnectTarget, _ configuration: PostgresConfiguration, _ deadline: Deadline
  ) throws(PostgresError) -> ConnectionHandle {
    let handle = try start(configuration, target)
    // Only so does libpq put the SQLSTATE into its message about a refused connection.
    unsafe PQsetErrorVerbosity(handle.connection, PQERRORS_VERBOSE)
    try handle.finishConnecting(deadline)
    unsafe PQsetErrorVerbosity(handle.connection, PQERRORS_DEFAULT)
    guard unsafe PQsetnonblocking(handle.connection, 1) == 0 else { throw handle.connectFailure() }
    return handle
  }

  /// Manual, PQconnectStartParams: what stands before `dbname` is overridden by the operator's string,
  /// which is expanded there; what stands after it overrides the string.
  private static func start(
    _ configuration: PostgresConfiguration, _ target: ConnectTarget
  ) throws(PostgresError) -> ConnectionHandle {
    var options: [(String, String)] = [
      ("fallback_application_name", configuration.applicationName),
      // A dead peer is noticed within a minute while idle, within half a minute while sending.
      ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
      ("dbname", configuration.connectionString),
      ("client_encoding", "UTF8"),
    ]
    options += target.options.map { ($0.keyword, $0.value) }
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
  private func finishConnecting(_ deadline: Deadline) throws(PostgresError) {
    guard !isBroken else { throw connectFailure() }
    var step = PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED else { throw connectFailure() }
      let isReading = step == PGRES_POLLING_READING
      guard (ReceivedBytes.total(unsafe PQsocket(connection)) ?? 0) <= Self.bytesOfGreeting else {
        throw PostgresError(
          .answerTooLarge, cause: "more than \(Self.bytesOfGreeting) bytes while connecting")
      }
      do throws(Deadline.End) {
        try SocketWait(socket: unsafe PQsocket(connection), reading: isReading, writing: !isReading)
          .untilReady(deadline)
      } catch {
        throw error == .cancelled
          ? PostgresError(.cancelled, cause: "cancelled while connecting")
          : PostgresError(.unreachable, cause: "no answer in time while connecting\(place)")
      }
      step = unsafe PQconnectPoll(connection)
    }
  }

  /// No server has so much to say before the first statement.
  private static let bytesOfGreeting: UInt64 = 1_048_576

  /// Where it was being connected to, for the log.
  private var place: String {
    guard let host = unsafe PQhost(connection).map({ unsafe String(cString: $0) }), !host.isEmpty else {
      return ""
    }
    let address = unsafe PQhostaddr(connection).map { unsafe String(cString: $0) } ?? ""
    return " to \(host)" + (address.isEmpty || address == host ? "" : " (\(address))")
  }

  private func connectFailure() -> PostgresError {
    let message = ConnectMessage(errorMessage)
    let needsPassword = unsafe PQconnectionNeedsPassword(connection) == 1
    return PostgresError(
      needsPassword ? .authentication : message.kind, sqlstate: message.sqlstate,
      object: PoolerWords(message.text).code ?? message.option, cause: message.text)
  }
}
