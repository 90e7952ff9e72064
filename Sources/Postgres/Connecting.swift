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
    try handle.finishConnecting(Deadline(handle.connectLimit(configuration), stop: stop))
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
  private func finishConnecting(_ deadline: Deadline) throws(PostgresError) {
    guard !isBroken else { throw connectFailure() }
    var step = PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED else { throw connectFailure() }
      let isReading = step == PGRES_POLLING_READING
      do throws(Deadline.End) {
        try SocketWait(socket: unsafe PQsocket(connection), reading: isReading, writing: !isReading)
          .untilReady(deadline)
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
    let needsPassword = unsafe PQconnectionNeedsPassword(connection) == 1
    return PostgresError(
      needsPassword ? .authentication : message.kind, sqlstate: message.sqlstate,
      object: PoolerWords(message.text).code, cause: message.text)
  }
}

/// What can be said of a connection string before it is used.
///
/// libpq's messages about a string it cannot read quote it, and a password with unescaped characters slips
/// into the host or the port; so these are looked at here and libpq's words are not passed on.
enum ConnectionString {
  /// Throws `invalidConnectionString`; an empty string and a mere database name pass.
  static func check(_ string: String) throws(PostgresError) {
    guard string.contains("=") || string.contains("://") else { return }
    guard !string.utf8.contains(0) else { throw fault("it contains U+0000") }
    guard let options = unsafe PQconninfoParse(string, nil) else { throw fault("libpq cannot parse it") }
    let found = unsafe ConnectionOptions(owning: options)
    let ports = (found["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    guard ports.allSatisfy({ $0.allSatisfy(\.isWholeNumber) }) else { throw fault("the port is no number") }
    let hosts = (found["host"] ?? "").split(separator: ",")
    // A leading @ names an abstract Unix socket.
    guard !hosts.contains(where: { $0.dropFirst().contains("@") }), !hasSplitPassword(string) else {
      throw fault("an @ stands behind that of the password")
    }
  }

  /// Whether an `@` stands in the host or the path of a URI. libpq ends user and password at the first `@` or `/`,
  /// and so takes what follows in a password for the host and the database, which it names when it fails.
  private static func hasSplitPassword(_ string: String) -> Bool {
    guard let address = address(of: string) else { return false }
    let end = address.firstIndex { $0 == "@" || $0 == "/" } ?? address.startIndex
    let rest = address[end...]
    return (rest.hasPrefix("@") ? rest.dropFirst() : address).prefix { $0 != "?" }.contains("@")
  }

  /// What follows the scheme of a URI; nil for another string.
  private static func address(of string: String) -> Substring? {
    ["postgresql://", "postgres://"].first(where: string.hasPrefix).map { string.dropFirst($0.count) }
  }

  /// What somebody may have meant as the password, also where libpq reads the string otherwise or not at all.
  static func meantPassword(in string: String) -> String? {
    if let address = address(of: string) {
      guard let start = address.firstIndex(of: ":"), let end = address.lastIndex(of: "@"), start < end else {
        return nil
      }
      return String(address[start..<end].dropFirst())
    }
    return string.firstMatch(of: /(?:^|\s)password\s*=\s*'?(\S+)/).map { String($0.output.1) }
  }

  /// The value of an option in a string that can be read, nil where it names none.
  static func option(_ name: String, of string: String) -> String? {
    guard string.contains("=") || string.contains("://"),
      let options = unsafe PQconninfoParse(string, nil)
    else { return nil }
    return unsafe ConnectionOptions(owning: options)[name]
  }

  private static func fault(_ what: String) -> PostgresError {
    PostgresError(.invalidConnectionString, cause: "the connection string is wrong: \(what)")
  }
}

/// Owner of one list of PQconninfoOption, freed at the end (manual, PQconninfoParse, PQconninfo).
@safe struct ConnectionOptions: ~Copyable {
  private let options: UnsafeMutablePointer<PQconninfoOption>

  init(owning options: UnsafeMutablePointer<PQconninfoOption>) {
    unsafe self.options = options
  }

  deinit { unsafe PQconninfoFree(options) }

  /// The value of an option, nil when it is not set.
  subscript(name: String) -> String? {
    var option = unsafe options
    // The list ends with an entry without a keyword.
    while let keyword = unsafe option.pointee.keyword {
      if unsafe String(cString: keyword) == name {
        return unsafe option.pointee.val.map { unsafe String(cString: $0) }
      }
      unsafe option += 1
    }
    return nil
  }
}
