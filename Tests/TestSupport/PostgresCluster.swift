import Foundation
import Postgres

/// A real PostgreSQL server of the tests' own: a Unix socket in a private folder, nothing durable, gone
/// when the test process is gone.
package final class PostgresCluster: Sendable {
  /// How a server is stopped (manual, pg_ctl).
  package enum StopMode: String, Sendable {
    case smart, fast, immediate
  }

  /// The folder that holds everything, sockets included; short, since a socket's path ends at 107 bytes.
  package let directory: String
  /// The port on 127.0.0.1, nil without TCP.
  package let tcpPort: Int?
  /// The port of the pooler, if there is one, in the folder and with TCP also on 127.0.0.1.
  package let poolerPort: Int
  let tools: PostgresTools
  private let watchdog: PostgresWatchdog
  let templates = PostgresTemplates()
  let bouncerStart = PostgresBouncerStart()
  /// Creates and drops databases.
  let administration: PostgresPool

  /// The cluster all tests of the process share; made when the first one asks.
  package static func shared() async throws -> PostgresCluster { try await sharedCluster.value }

  private static let sharedCluster = Task { try await PostgresCluster() }

  /// A cluster of one's own, for tests that stop it. With TCP it also listens on a free loopback port,
  /// where passwords are asked for (SCRAM); `settings` are lines of `postgresql.conf`.
  package convenience init(withTCP: Bool = false, settings: [String] = []) async throws {
    try await self.init(withTCP: withTCP, settings: settings) { tools, directory in
      try await tools.run("initdb", Self.initdb(directory), in: directory)
    }
    try await start()
  }

  /// A cluster that is not started yet.
  ///
  /// - Parameter fill: Makes its data in the given folder.
  init(
    withTCP: Bool, settings: [String], fill: (PostgresTools, _ directory: String) async throws -> Void
  ) async throws {
    tools = try PostgresTools()
    directory = try PostgresFolder.make(for: tools)
    tcpPort = withTCP ? try LoopbackPort.free() : nil
    poolerPort = withTCP ? try LoopbackPort.free() : 6432
    watchdog = try PostgresWatchdog(directory: directory, tools: tools)
    administration = PostgresPool(
      PostgresConfiguration(Self.conninfo(directory, tcpPort ?? 5432, database: "postgres", user: "postgres"))
    )
    try await fill(tools, directory)
    try PostgresFolder.append(
      Self.settings(directory, tcpPort) + settings, to: "\(directory)/data/postgresql.conf")
  }

  /// Starts a stopped server and waits until it takes connections.
  package func start() async throws {
    let log = "\(directory)/log"
    let server = try tools.process("postgres", ["-D", "\(directory)/data"], in: directory, output: log)
    while !isReady {
      guard server.status == nil else {
        let printed = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw PostgresTools.Failure(description: "the server did not start: \(printed)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// The last line of the server's PID file says how far it is (PostgreSQL's pidfile.h); `standby` is one in
  /// recovery that takes no connections meanwhile.
  private var isReady: Bool {
    let lines = try? String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
    guard let state = lines?.split(separator: "\n").last else { return false }
    return state.hasPrefix("ready") || state.hasPrefix("standby")
  }

  /// Stops the server and waits for it.
  package func stop(_ mode: StopMode = .fast) async throws {
    let arguments = ["-D", "\(directory)/data", "-w", "-t", "60", "-m", mode.rawValue, "stop"]
    try await tools.run("pg_ctl", arguments, in: directory)
  }

  /// Stops and starts the server.
  package func restart(_ mode: StopMode = .fast) async throws {
    try await stop(mode)
    try await start()
  }

  /// Stops the server and removes everything; nothing may be asked of the cluster afterwards.
  package func remove() async {
    await administration.close(grace: .zero)
    await watchdog.release()
  }

  /// A connection string over the Unix socket.
  package func conninfo(database: String = "postgres", user: String = "postgres") -> String {
    conninfo(port: serverPort, database: database, user: user)
  }

  func conninfo(port: Int, database: String = "postgres", user: String = "postgres") -> String {
    Self.conninfo(directory, port, database: database, user: user)
  }

  /// Where its server's programs are, psql and pg_dump among them.
  package var programFolder: String { tools.folder }

  /// The port is part of the sockets' names; without TCP it is the default one.
  var serverPort: Int { tcpPort ?? 5432 }

  /// The Unix socket of the server.
  var serverSocket: String { "\(directory)/.s.PGSQL.\(serverPort)" }
  /// The Unix socket of the pooler.
  var poolerSocket: String { "\(directory)/.s.PGSQL.\(poolerPort)" }

  private static func conninfo(_ directory: String, _ port: Int, database: String, user: String) -> String {
    "host=\(directory) port=\(port) user=\(user) dbname=\(database)"
  }

  private static func initdb(_ directory: String) -> [String] {
    [
      "-D", "\(directory)/data", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync",
      "--auth-local=trust", "--auth-host=scram-sha-256",
    ]
  }

  /// Autovacuum is off, because it would be found connected to a template that is to be cloned.
  private static func settings(_ directory: String, _ tcpPort: Int?) -> [String] {
    let address = tcpPort.map { ["listen_addresses = '127.0.0.1'", "port = \($0)"] }
    return (address ?? ["listen_addresses = ''"]) + [
      "unix_socket_directories = '\(directory)'", "unix_socket_permissions = 0700",
      "fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off",
      "wal_level = minimal", "max_wal_senders = 0", "shared_buffers = '32MB'", "max_connections = 200",
      "jit = off", "timezone = 'UTC'", "log_timezone = 'UTC'",
    ]
  }
}
