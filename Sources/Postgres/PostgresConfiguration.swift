import CPostgres

/// How to reach the database and how long to wait for it. Its description shows no secret.
package struct PostgresConfiguration: Sendable {
  /// A libpq connection string or URI as the operator gave it; empty for libpq's `PG*` variables.
  package var connectionString: String
  /// Shown in `pg_stat_activity` unless the operator gave a name of his own.
  package var applicationName = "twilio-sync"
  /// Connections open at the same time, at least 1; of several, ordinary work leaves one free.
  package var maximumConnections = 4
  /// How long connecting may take, over all hosts and addresses, of which each has its share; a `connect_timeout`
  /// of the operator's wins.
  package var connectLimit = Duration.seconds(10)
  /// How long one query or pipeline may take, from sending to the last answer, unless it names its own limit.
  package var statementLimit = Duration.seconds(30)
  /// How many bytes the answers to statements that go together may have; a page of 1,000 calls has a few millions.
  /// Rows with next to nothing in them take libpq three times as much memory.
  package var answerLimit: UInt64 = 67_108_864
  /// How long a caller waits for a connection of the pool.
  package var waitLimit = Duration.seconds(30)
  /// How long to wait for the server's last word after a statement was cancelled.
  package var cancelGrace = Duration.seconds(2)
  /// Told of the server's notices and warnings; without it they are dropped.
  package var onNotice: (@Sendable (String) -> Void)?
  /// Told of what connections do; called from their queues, so it must be quick.
  package var onActivity: (@Sendable (PostgresActivity) -> Void)?

  /// The defaults, for a connection string, of which blanks and line ends around it are dropped, or, without one, for
  /// the `PG*` variables.
  package init(_ connectionString: String = "") {
    self.connectionString = ConnectionString.trimmed(connectionString)
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
  /// Only the number of connections and the limits.
  package var description: String {
    "PostgresConfiguration(\(maximumConnections) connections, connect \(connectLimit), statement \(statementLimit))"
  }

  /// Nothing, so that a dump shows no password.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PostgresConfiguration {
  /// What is wrong with the connection string, or with the `PG*` variables that complete it; nil where libpq takes
  /// them.
  package var fault: ConnectionStringFault? { ConnectionString.fault(of: connectionString) }

  /// The passwords in the connection string, the role's and that of a private key, so that whoever writes
  /// logs can keep them out of them; in a string that cannot be read what may be one.
  package var passwords: [String] {
    ["password", "sslpassword"].compactMap { ConnectionString.option($0, of: connectionString) }
      + [ConnectionString.meantPassword(in: connectionString)].compactMap(\.self)
  }
}

extension PostgresConfiguration {
  /// Whether the connection can be read on its way, by everything that libpq itself goes by: the string, the
  /// `PG*` variables, the service file. Connects to nothing.
  package var exposure: ConnectionExposure {
    guard let settings = ConnectionOptions.complete(connectionString) else {
      return ConnectionExposure(host: nil, hostaddr: nil, sslmode: nil, gssencmode: nil)
    }
    return ConnectionExposure(
      host: settings["host"], hostaddr: settings["hostaddr"], sslmode: settings["sslmode"],
      gssencmode: settings["gssencmode"])
  }

  /// Whether it leads to Supabase's transaction pooler, by the host's name and the port.
  package var isSupabaseTransactions: Bool {
    guard let settings = ConnectionOptions.complete(connectionString) else { return false }
    let (host, port) = (settings["host"] ?? "", settings["port"] ?? "")
    return host.contains(".pooler.supabase.com") && port.contains("6543")
  }
}

/// Whether what is said with the database can be read on its way: a host beyond this machine, and no
/// encryption demanded. With `prefer`, libpq's default, whoever sits between can have it left out.
package struct ConnectionExposure: Hashable, Sendable {
  /// libpq's `sslmode` when some host is reached over the network unencrypted, or perhaps so; otherwise nil.
  package let sslMode: String?

  /// Judges libpq's options of these names, lists included (manual, Parameter Key Words); nil where not set.
  package init(host: String?, hostaddr: String?, sslmode: String?, gssencmode: String?) {
    let mode = sslmode ?? "prefer"
    let isDemanded = ["require", "verify-ca", "verify-full"].contains(mode) || gssencmode == "require"
    let hosts = Self.list(host)
    let addresses = Self.list(hostaddr)
    let reached = (0..<max(hosts.count, addresses.count)).map { index in
      // An address wins over the name that stands beside it.
      let address = addresses.indices.contains(index) ? addresses[index] : ""
      return address.isEmpty && hosts.indices.contains(index) ? hosts[index] : address
    }
    sslMode = isDemanded || reached.allSatisfy(Self.isThisMachine) ? nil : mode
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Empty is the default Unix socket, a path or an `@` names another. The loopback addresses are those of
  /// RFC 6890; a name that the system's tables lead there is taken for a remote one.
  private static func isThisMachine(_ host: String) -> Bool {
    let name = host.lowercased()
    if name.isEmpty || name.hasPrefix("/") || name.hasPrefix("@") { return true }
    if ["localhost", "localhost.", "::1"].contains(name) || name.hasSuffix(".localhost") { return true }
    let four = name.hasPrefix("::ffff:") ? name.dropFirst(7) : name[...]
    let groups = four.split(separator: ".", omittingEmptySubsequences: false)
    return groups.count == 4 && groups[0] == "127" && groups.allSatisfy { UInt8($0) != nil }
  }
}

/// How a connection reaches the server; for a check of the configuration.
package struct PostgresTransport: Hashable, Sendable {
  /// Whether TLS protects the connection up to the server or pooler it is made to.
  package let isEncrypted: Bool
  /// Whether the server is on another machine: neither a Unix socket nor a loopback address.
  package let isRemote: Bool
}

/// What a connection did, for whoever counts.
package enum PostgresActivity: Sendable {
  /// No connection came about.
  case connectFailed(PostgresError)
  /// So many statements were sent at once, and answered or given up after `duration`.
  case roundTrip(statements: Int, duration: Duration, failure: PostgresError?)
}
