import CPostgres

/// What has come back of a pipeline so far; says what it amounts to.
struct PipelineAnswers {
  private var results: [PostgresResult] = []
  private var current: PostgresResult?
  private var failure: PostgresError?
  /// Whether the server has answered the sync: nothing is outstanding.
  var isComplete = false
  /// Set when the caller gave up: the server's "cancelled" and its silence are then told as this.
  var failureWhenGivenUp: PostgresError?

  /// Takes one result of the statement at hand.
  mutating func take(_ result: ResultHandle, connectionEnded: Bool) {
    switch result.status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: current = PostgresResult(handle: result)
    // Skipped by the server, because a statement before it failed.
    case PGRES_PIPELINE_ABORTED: break
    default: fail(PostgresError(result, connectionEnded: connectionEnded))
    }
  }

  /// The statement at hand has no more results.
  mutating func endStatement() {
    if let current { results.append(current) }
    current = nil
  }

  /// Keeps the first failure; later ones are its consequences.
  mutating func fail(_ error: PostgresError) {
    if failure == nil { failure = error }
  }

  /// How many statements the server has answered.
  var count: Int { results.count }

  /// One result per statement, or what failed.
  func outcome(of statements: [PostgresStatement]) throws(StatementFailure) -> [PostgresResult] {
    let progress: StatementFailure.Progress = isComplete ? .answered : .unanswered
    // Those after the first that failed are not run.
    let current = results.count < statements.count ? statements[results.count] : nil
    func failed(_ error: PostgresError, _ progress: StatementFailure.Progress) -> StatementFailure {
      StatementFailure(error: current.map(error.naming) ?? error, progress: progress)
    }
    if let given = failureWhenGivenUp, !isComplete || failure?.kind == .queryCanceled {
      throw failed(given, progress)
    }
    if let failure { throw failed(failure, progress) }
    guard results.count == statements.count else {
      let cause = "\(results.count) answers came for \(statements.count) statements"
      throw failed(PostgresError(.connectionLost, cause: cause), .unanswered)
    }
    return results
  }
}
