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

  /// One result per statement, or what failed.
  func outcome(of count: Int) throws(StatementFailure) -> [PostgresResult] {
    let progress: StatementFailure.Progress = isComplete ? .answered : .unanswered
    if let given = failureWhenGivenUp, !isComplete || failure?.kind == .queryCanceled {
      throw StatementFailure(error: given, progress: progress)
    }
    if let failure { throw StatementFailure(error: failure, progress: progress) }
    guard results.count == count else {
      let detail = "\(results.count) answers came for \(count) statements"
      throw StatementFailure(
        error: PostgresError(.connectionLost, operatorDetail: detail), progress: .unanswered)
    }
    return results
  }
}
