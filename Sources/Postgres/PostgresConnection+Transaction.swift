import CPostgres

extension PostgresConnection {
  /// Opens a transaction and runs the first statements in the same round trip.
  func begin(
    _ opening: [PostgresStatement], within limit: Duration?
  ) throws(PostgresError) -> [PostgresResult] {
    hasCommitted = false
    let begin = PostgresStatement("BEGIN ISOLATION LEVEL READ COMMITTED")
    return Array(try pipeline([begin] + opening, within: limit).dropFirst())
  }

  /// Runs statements of a transaction; refuses when it is over, because they would commit by themselves.
  func continueTransaction(
    _ statements: [PostgresStatement], within limit: Duration?
  ) throws(PostgresError) -> [PostgresResult] {
    try requireTransaction()
    return try pipeline(statements, within: limit)
  }

  /// Runs the last statements and COMMIT in one round trip.
  func commit(
    with statements: [PostgresStatement], within limit: Duration?
  ) throws(PostgresError) -> [PostgresResult] {
    try requireTransaction()
    var results: [PostgresResult]
    do throws(StatementFailure) {
      results = try run(statements + [PostgresStatement("COMMIT")], within: limit, stop: stop)
    } catch {
      guard error.progress == .unanswered else { throw error.error }
      let cause = error.error
      throw PostgresError(
        .commitOutcomeUnknown, sqlstate: cause.sqlstate, operatorDetail: cause.operatorDetail)
    }
    // A failed transaction answers COMMIT with ROLLBACK, without an error (manual, COMMIT).
    guard results.removeLast().commandTag == "COMMIT" else {
      throw PostgresError(.transactionFailed, operatorDetail: "COMMIT was answered with ROLLBACK")
    }
    hasCommitted = true
    return results
  }

  /// Commits unless the body has done so.
  func commitIfOpen() throws(PostgresError) {
    if !hasCommitted { _ = try commit(with: [], within: nil) }
  }

  private func requireTransaction() throws(PostgresError) {
    guard let handle else {
      throw PostgresError(.connectionLost, operatorDetail: "the transaction's connection is gone")
    }
    guard handle.transaction != PQTRANS_IDLE else {
      throw PostgresError(.transactionFailed, operatorDetail: "the transaction is over already")
    }
  }
}
