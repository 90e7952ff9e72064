import CallDomain
import Postgres

/// The tables for one who migrates: every transaction makes sure that nobody took the lease over, and keeps it
/// from being taken over until it has ended. So a process that was killed or froze is at work no more, nor is
/// the server for it, when the next one begins.
struct MigrationFence: Sendable {
  static let kind = "migrate"

  let database: Database
  let token: Int64

  /// The first answer in `PostgresTransaction.opening` is the fence's own.
  ///
  /// - Throws: `RunFailure` with `leaseLost`, and what `body` throws.
  func withTransaction<Value: Sendable>(
    _ settings: PostgresSettings = PostgresSettings(),
    isolation: isolated (any Actor)? = #isolation,
    opening: [PostgresStatement] = [],
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await database.withTransaction(settings, opening: [confirm] + opening) { transaction in
      guard !transaction.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
      return try await body(transaction)
    }
  }

  /// Runs one statement, which may be repeated.
  func repeatable(_ statement: PostgresStatement) async throws {
    try await PostgresError.repeated {
      try await withTransaction { transaction in
        try await transaction.commit(with: [statement])
        return
      }
    }
  }

  // The lock lets the lease be renewed meanwhile, and whoever takes it over wait.
  private var confirm: PostgresStatement {
    PostgresStatement(
      "SELECT 1 FROM sync_leases WHERE kind = $1 AND token = $2::bigint FOR KEY SHARE",
      [.text(Self.kind), .int(token)])
  }
}
