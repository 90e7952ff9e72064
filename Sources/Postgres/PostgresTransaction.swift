/// An open transaction; ends with `commit`, or with a throw out of its body, which rolls it back.
package struct PostgresTransaction: Sendable {
  let connection: PostgresConnection
  /// The results of the opening statements, in their order, without BEGIN's.
  package let opening: [PostgresResult]

  /// Runs one statement in one round trip.
  package func query(
    _ statement: PostgresStatement, within limit: Duration? = nil
  ) async throws(PostgresError) -> PostgresResult {
    guard let result = try await pipeline([statement], within: limit).first else {
      throw PostgresError(.other, cause: "no answer to one statement")
    }
    return result
  }

  /// Runs the statements in order in one round trip; throws the first failed statement's error.
  package func pipeline(
    _ statements: [PostgresStatement], within limit: Duration? = nil
  ) async throws(PostgresError) -> [PostgresResult] {
    try await connection.continueTransaction(statements, within: limit)
  }

  /// Runs the last statements and COMMIT in one round trip. When it throws nothing was committed, except
  /// with `commitOutcomeUnknown`. Nothing may be run on the transaction afterwards.
  @discardableResult
  package func commit(
    with statements: [PostgresStatement] = [], within limit: Duration? = nil
  ) async throws(PostgresError) -> [PostgresResult] {
    try await connection.commit(with: statements, within: limit)
  }
}
