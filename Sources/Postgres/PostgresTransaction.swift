import CPostgres

/// An open transaction; ends with `commit`, or with a throw out of its body, which rolls it back.
package struct PostgresTransaction: Sendable {
  let connection: PostgresConnection
  /// The results of the opening statements, in their order, without BEGIN's.
  package var opening: [PostgresResult]

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

extension PostgresConnection {
  /// Opens a transaction and runs the first statements in the same round trip.
  ///
  /// A session that has served before and takes no writes now is refused with `readOnly` or `standby`: a new one
  /// may take them.
  func begin(
    _ settings: PostgresSettings, _ opening: [PostgresStatement], within limit: Duration?
  ) throws(PostgresError) -> [PostgresResult] {
    hasCommitted = false
    defer { hasServed = true }
    let callers = limit ?? configuration.statementLimit
    func begin(isReadOnly: Bool) throws(PostgresError) -> [PostgresResult] {
      let first = settings.opening(within: callers, isReadOnly: isReadOnly)
      return try pipeline(first + opening, within: limit)
    }
    func results(_ answers: [PostgresResult]) throws(PostgresError) -> [PostgresResult] {
      if let closedToWrites, hasServed {
        throw PostgresError(closedToWrites, cause: "the session takes no writes any more")
      }
      return Array(answers.dropFirst(PostgresSettings.openingCount))
    }
    do throws(PostgresError) {
      let answers = try begin(isReadOnly: false)
      if !settings.isSnapshot { closedToWrites = PostgresSettings.isReadOnly(answers) ? .readOnly : nil }
      return try results(answers)
    } catch {
      // "Feature not supported", and no transaction open: a standby refuses to be written to, not to be read.
      guard error.sqlstate == "0A000", handle?.transaction == PQTRANS_IDLE else { throw error }
      closedToWrites = .standby
      return try results(begin(isReadOnly: true))
    }
  }

  /// Runs one statement in a transaction of its own, all in one round trip.
  func transact(
    _ statement: PostgresStatement, _ settings: PostgresSettings, within limit: Duration?
  ) throws(PostgresError) -> PostgresResult {
    let results = try begin(settings, [statement, PostgresStatement("COMMIT")], within: limit)
    guard let result = results.first else {
      throw PostgresError(.other, cause: "no answer to one statement")
    }
    return result
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
      let unanswered = error.error
      throw PostgresError(
        .commitOutcomeUnknown, sqlstate: unanswered.sqlstate, object: unanswered.object,
        cause: unanswered.cause, endsSession: unanswered.endsSession)
    }
    // A failed transaction answers COMMIT with ROLLBACK, without an error (manual, COMMIT).
    guard results.removeLast().commandTag == "COMMIT" else {
      throw PostgresError(.transactionFailed, cause: "COMMIT was answered with ROLLBACK")
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
      throw PostgresError(.connectionLost, cause: "the transaction's connection is gone")
    }
    guard handle.transaction != PQTRANS_IDLE else {
      throw PostgresError(.transactionFailed, cause: "the transaction is over already")
    }
  }
}
