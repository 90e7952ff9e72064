/// A few connections to one database, handed out in the order in which they were asked for.
package final class PostgresPool: Sendable {
  private let configuration: PostgresConfiguration

  /// Makes an empty pool; connections are opened when they are needed.
  package init(_ configuration: PostgresConfiguration) {
    self.configuration = configuration
  }

  /// Lends a connection for the time of `body`, which must not keep it.
  package func withConnection<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    throw PostgresError(.other, operatorDetail: "not built yet")
  }

  /// Runs `body` in a READ COMMITTED transaction. BEGIN and the `opening` statements go in one round trip;
  /// their results are in `PostgresTransaction.opening`. Commits when `body` returns without having
  /// committed; rolls back when it throws.
  package func withTransaction<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    opening: [PostgresStatement] = [],
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    throw PostgresError(.other, operatorDetail: "not built yet")
  }

  /// Runs a statement that may safely run twice, on a connection of the pool: tried once more when the
  /// connection turns out to be dead.
  package func read(
    _ statement: PostgresStatement, within limit: Duration? = nil
  ) async throws(PostgresError) -> PostgresResult {
    throw PostgresError(.other, operatorDetail: "not built yet")
  }

  /// Lends no more connections, waits up to `grace` for those lent, then cancels what still runs.
  package func close(grace: Duration = .seconds(5)) async {}
}
