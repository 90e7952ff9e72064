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

    package init(_ mode: Mode = .transaction, places: Int = 2, loginRetry: Int = 0) {
      self.mode = mode
      self.places = places
      self.loginRetry = loginRetry
    }
  }

  /// Whether the tests' databases are to be reached through PgBouncer (`TEST_PGBOUNCER=1`).
  package static let isWanted = ProcessInfo.processInfo.environment["TEST_PGBOUNCER"] == "1"

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
