import Foundation

/// A PgBouncer in transaction mode before a cluster of one's own; ends together with the cluster.
package struct PostgresBouncer: Sendable {
  /// A connection string through the pooler, as superuser.
  package let conninfo: String

  /// Whether the program is installed.
  package static var isInstalled: Bool { (try? PostgresTools.find("pgbouncer")) != nil }

  /// Starts it with two server connections and waits until it listens.
  package init(before cluster: PostgresCluster, database: String = "postgres") async throws {
    let directory = cluster.directory
    conninfo = "host=\(directory) port=6432 user=postgres dbname=\(database)"
    let file = "\(directory)/pgbouncer.ini"
    guard FileManager.default.createFile(atPath: file, contents: Data(Self.settings(directory).utf8)) else {
      throw PostgresTools.Failure(description: "\(file) cannot be written")
    }
    let program = try PostgresTools.find("pgbouncer")
    // In the foreground it writes no PID file, by which the cluster's watchdog ends it.
    let script = "echo $$ > pgbouncer.pid; exec \"$1\" \"$2\""
    let process = cluster.tools.process(
      "/bin/sh", ["-c", script, "sh", program, file], in: directory, output: "\(directory)/pgbouncer.out")
    try process.run()
    while !FileManager.default.fileExists(atPath: "\(directory)/.s.PGSQL.6432") {
      guard process.isRunning else {
        throw PostgresTools.Failure(description: "pgbouncer did not start; see \(directory)/pgbouncer.out")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private static func settings(_ directory: String) -> String {
    """
    [databases]
    * = host=\(directory) port=5432 user=postgres
    [pgbouncer]
    listen_addr =
    listen_port = 6432
    unix_socket_dir = \(directory)
    auth_type = any
    pool_mode = transaction
    default_pool_size = 2

    """
  }
}
