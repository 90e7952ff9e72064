package import Postgres
import Synchronization

/// A database of one test.
package final class PostgresTestDatabase: Sendable {
  private let cluster: PostgresCluster
  /// Its name on the cluster.
  package let name: String
  private let pools = Mutex<[PostgresPool]>([])

  init(cluster: PostgresCluster, name: String) {
    self.cluster = cluster
    self.name = name
  }

  /// The connection string of a superuser over the server's own Unix socket.
  package var conninfo: String { cluster.conninfo(database: name) }
  /// The same through the cluster's pooler, which must have been started.
  package var pooledConninfo: String { cluster.conninfo(port: cluster.poolerPort, database: name) }
  /// The one of the two that the tests' programs are to use: pooled with `TEST_PGBOUNCER`.
  package var programConninfo: String { PostgresBouncer.isWanted ? pooledConninfo : conninfo }
  /// The Unix socket that the tests' programs are to use.
  var socket: String { PostgresBouncer.isWanted ? cluster.poolerSocket : cluster.serverSocket }

  /// A pool on the database, closed together with it; `adjust` changes the configuration's defaults.
  ///
  /// With `TEST_PGBOUNCER` it goes through the pooler, unless the test asks for a `direct` one.
  package func pool(
    direct: Bool = false, _ adjust: (inout PostgresConfiguration) -> Void = { _ in }
  ) -> PostgresPool {
    var configuration = PostgresConfiguration(direct ? conninfo : programConninfo)
    adjust(&configuration)
    let pool = PostgresPool(configuration)
    pools.withLock { $0.append(pool) }
    return pool
  }

  func closePools() async {
    for pool in pools.withLock({ $0 }) { await pool.close(grace: .zero) }
  }

  /// Closes the pools and drops the database, or keeps it and says where it is.
  package func finish(keep: Bool) async throws {
    await closePools()
    if keep {
      print("database kept: \(conninfo) (gone with the test process; stop it in a debugger to look)")
    } else {
      try await cluster.drop(name)
    }
  }
}
