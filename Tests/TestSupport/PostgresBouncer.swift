import Foundation

/// A PgBouncer before a cluster; ends together with it.
///
/// Over its Unix socket nobody is asked for a password, as by the server itself; over TCP, where the
/// cluster has it, the server's own passwords hold.
package struct PostgresBouncer: Sendable {
  /// A connection string through the pooler, as superuser.
  package let conninfo: String

  /// What an operator sets.
  package struct Behaviour: Sendable {
    package enum Mode: String, Sendable {
      case transaction, session
    }

    package var mode: Mode
    /// Server connections for each role and database.
    package var places: Int
    /// Seconds that it waits when the server did not let it in; 0 to try a server that is back at once.
    package var loginRetry: Int

    /// In the mode that is wanted, or in transaction mode. In session mode there is a place for each connection.
    package init(_ mode: Mode? = nil, places: Int? = nil, loginRetry: Int = 0) {
      self.mode = mode ?? PostgresBouncer.wanted ?? .transaction
      self.places = places ?? (self.mode == .session ? 50 : 2)
      self.loginRetry = loginRetry
    }
  }

  /// The mode of the PgBouncer through which the tests' databases are to be reached, nil for none: `TEST_PGBOUNCER`
  /// is `1` or `session`.
  package static let wanted = ProcessInfo.processInfo.environment["TEST_PGBOUNCER"].flatMap {
    $0 == "1" ? .transaction : Behaviour.Mode(rawValue: $0)
  }
  package static let isWanted = wanted != nil

  /// Starts it, and waits until it listens.
  init(before cluster: PostgresCluster, _ behaviour: Behaviour) async throws {
    let directory = cluster.directory
    conninfo = cluster.conninfo(port: cluster.poolerPort)
    try Self.write(Self.settings(cluster, behaviour), to: "\(directory)/pgbouncer.ini")
    try Self.write(Self.access, to: "\(directory)/pgbouncer.hba")
    try Self.write("\"postgres\" \"\"\n", to: "\(directory)/pgbouncer.users")
    let program = try PostgresTools.find("pgbouncer")
    // In the foreground it writes no PID file, by which the cluster's watchdog ends it.
    let script = "echo $$ > pgbouncer.pid; exec \"$1\" \"$2\""
    let process = try cluster.tools.process(
      "/bin/sh", ["-c", script, "sh", program, "\(directory)/pgbouncer.ini"], in: directory,
      output: "\(directory)/pgbouncer.out")
    // The socket is there a moment before anybody listens on it; the pooler says when it does.
    while true {
      let printed = (try? String(contentsOfFile: "\(directory)/pgbouncer.out", encoding: .utf8)) ?? ""
      if printed.contains("process up") { return }
      guard process.status == nil else {
        throw PostgresTools.Failure(description: "pgbouncer did not start: \(printed)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private static func write(_ text: String, to file: String) throws {
    guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
      throw PostgresTools.Failure(description: "\(file) cannot be written")
    }
  }

  private static func settings(_ cluster: PostgresCluster, _ behaviour: Behaviour) -> String {
    """
    [databases]
    * = host=\(cluster.directory) port=\(cluster.serverPort)
    [pgbouncer]
    listen_addr = \(cluster.tcpPort == nil ? "" : "127.0.0.1")
    listen_port = \(cluster.poolerPort)
    unix_socket_dir = \(cluster.directory)
    auth_type = hba
    auth_hba_file = \(cluster.directory)/pgbouncer.hba
    auth_file = \(cluster.directory)/pgbouncer.users
    auth_user = postgres
    pool_mode = \(behaviour.mode.rawValue)
    default_pool_size = \(behaviour.places)
    server_login_retry = \(behaviour.loginRetry)

    """
  }

  private static let access = """
    local all all trust
    host all all 127.0.0.1/32 scram-sha-256

    """
}

/// The pooler of one cluster, started by the first who needs it.
actor PostgresBouncerStart {
  private var started: Task<PostgresBouncer, any Error>?

  func bouncer(
    before cluster: PostgresCluster, _ behaviour: PostgresBouncer.Behaviour
  ) async throws -> PostgresBouncer {
    let task = started ?? Task { try await PostgresBouncer(before: cluster, behaviour) }
    started = task
    return try await task.value
  }
}

extension PostgresCluster {
  /// The pooler before this cluster, started as the first who asks wants it.
  package func bouncer(_ behaviour: PostgresBouncer.Behaviour = .init()) async throws -> PostgresBouncer {
    try await bouncerStart.bouncer(before: self, behaviour)
  }

  /// The port on 127.0.0.1 that the tests' programs are to use, nil without TCP.
  package var programPort: Int? { PostgresBouncer.isWanted ? tcpPort.map { _ in poolerPort } : tcpPort }
}
