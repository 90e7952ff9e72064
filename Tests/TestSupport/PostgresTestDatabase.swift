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

  /// The connection string of a superuser over the Unix socket.
  package var conninfo: String { cluster.conninfo(database: name) }

  /// A pool on the database, closed together with it; `adjust` changes the configuration's defaults.
  ///
  /// With `TEST_PGBOUNCER=1` it goes through the shared pooler, unless the test asks for a `direct` one.
  package func pool(
    direct: Bool = false, _ adjust: (inout PostgresConfiguration) -> Void = { _ in }
  ) -> PostgresPool {
    let isPooled = PostgresBouncer.isWanted && !direct
    var configuration = PostgresConfiguration(isPooled ? pooledConninfo : conninfo)
    adjust(&configuration)
    let pool = PostgresPool(configuration)
    pools.withLock { $0.append(pool) }
    return pool
  }

  /// Closes the pools and drops the database, or keeps it and says where it is.
  package func finish(keep: Bool) async throws {
    for pool in pools.withLock({ $0 }) { await pool.close(grace: .zero) }
    if keep {
      print("database kept: \(conninfo) (gone with the test process; stop it in a debugger to look)")
    } else {
      try await cluster.drop(name)
    }
  }
}
