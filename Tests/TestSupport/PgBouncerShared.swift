import Foundation

extension PostgresBouncer {
  /// Whether the tests' databases are to be reached through PgBouncer (`TEST_PGBOUNCER=1`).
  package static let isWanted = ProcessInfo.processInfo.environment["TEST_PGBOUNCER"] == "1"

  /// The pooler before the cluster that all tests of the process share; started when the first one asks.
  package static func shared() async throws -> PostgresBouncer { try await sharedBouncer.value }

  private static let sharedBouncer = Task {
    try await PostgresBouncer(before: await PostgresCluster.shared())
  }
}

extension PostgresTestDatabase {
  /// The connection string of a superuser through the shared pooler, which must have been started.
  package var pooledConninfo: String {
    // The pooler's socket lies beside the server's.
    conninfo.replacing(" port=5432 ", with: " port=6432 ")
  }
}
