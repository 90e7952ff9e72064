/// One connection to the server; its calls block a queue of its own and never a cooperative thread.
package actor PostgresConnection {
  /// Runs one statement in one round trip; outside a transaction it commits by itself.
  ///
  /// `limit` replaces the configuration's statement limit. Throws what the server answered, or
  /// `timeout`, `cancelled`, `connectionLost`.
  package func query(
    _ statement: PostgresStatement, within limit: Duration? = nil
  ) async throws(PostgresError) -> PostgresResult {
    throw PostgresError(.other, operatorDetail: "not built yet")
  }

  /// Runs the statements in order in one round trip; outside a transaction all of them commit or none.
  ///
  /// Throws the first failed statement's error; the statements after it were not run, the connection
  /// stays usable. One result per statement, in their order.
  package func pipeline(
    _ statements: [PostgresStatement], within limit: Duration? = nil
  ) async throws(PostgresError) -> [PostgresResult] {
    throw PostgresError(.other, operatorDetail: "not built yet")
  }
}
