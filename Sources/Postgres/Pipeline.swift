import CPostgres

extension ConnectionHandle {
  /// Sends the statements with one sync at the end and collects their answers: one round trip (manual,
  /// section 34.5 Pipeline Mode). When deadline ends, the server is asked to cancel and has `grace` to
  /// say how it ended; the handle is spent then, whatever the answer.
  func run(
    _ statements: [PostgresStatement], _ deadline: Deadline, grace: Duration, atMost bytes: UInt64
  ) throws(StatementFailure) -> [PostgresResult] {
    limit = (ReceivedBytes(on: unsafe PQsocket(connection)), bytes)
    try send(statements, deadline)
    var answers = PipelineAnswers()
    do throws(Deadline.End) {
      try collect(&answers, statements, deadline)
    } catch {
      answers.failureWhenGivenUp = Self.givenUp(error)
      isSpent = true
      cancelOnServer()
      // Out of deadline again: what has come so far must do.
      try? collect(&answers, statements, Deadline(grace, stop: nil))
    }
    if !answers.isComplete { isSpent = true }
    return try answers.outcome(of: statements)
  }

  private func send(_ statements: [PostgresStatement], _ deadline: Deadline) throws(StatementFailure) {
    let encoded: [EncodedStatement]
    do throws(PostgresError) {
      encoded = try statements.map { statement throws(PostgresError) in try EncodedStatement(statement) }
    } catch {
      throw StatementFailure(error: error, progress: .nothingSent)
    }
    do throws(Deadline.End) { _ = try deadline.remaining(atMost: .zero) } catch {
      throw StatementFailure(error: Self.givenUp(error), progress: .nothingSent)
    }
    var isSent = unsafe PQenterPipelineMode(connection) == 1
    for statement in encoded where isSent {
      isSent = unsafe statement.values.withPointers { values in
        unsafe PQsendQueryParams(
          connection, statement.sql, Int32(statement.types.count), statement.types, values, nil, nil, 0) == 1
      }
    }
    guard isSent, unsafe PQpipelineSync(connection) == 1 else { throw unanswered() }
  }

  /// Reads until the sync is answered or the connection ends.
  private func collect(
    _ answers: inout PipelineAnswers, _ statements: [PostgresStatement], _ deadline: Deadline
  ) throws(Deadline.End) {
    while true {
      let current = answers.count < statements.count ? statements[answers.count] : nil
      let answer = try nextAnswer(to: current, deadline)
      switch answer {
      case .result(let result) where result.status == PGRES_PIPELINE_SYNC:
        answers.isComplete = unsafe PQexitPipelineMode(connection) == 1
        return
      case .result(let result):
        answers.take(result, connectionEnded: isBroken)
        // Nothing follows, though a pooler may hold the connection open.
        if answers.sessionEnded { return }
      case .endOfStatement: answers.endStatement()
      case .connectionEnded:
        answers.fail(PostgresError(.connectionLost, cause: errorMessage))
        return
      }
    }
  }

  private enum Answer {
    case result(ResultHandle)
    case endOfStatement
    case connectionEnded
  }

  /// Manual, section 34.4: flush and read in turns, since the server may not read before it was read from.
  private func nextAnswer(
    to statement: PostgresStatement?, _ deadline: Deadline
  ) throws(Deadline.End) -> Answer {
    while unsafe PQisBusy(connection) == 1 {
      let isUnsent = unsafe PQflush(connection) == 1
      guard unsafe PQsocket(connection) >= 0 else { return .connectionEnded }
      try confirmSize()
      try SocketWait(socket: unsafe PQsocket(connection), reading: true, writing: isUnsent)
        .untilReady(deadline)
      // The last words of a server that hung up may have come with the end of file.
      guard unsafe PQconsumeInput(connection) == 1 || PQisBusy(connection) == 0 else {
        return .connectionEnded
      }
    }
    // A server that is fast has sent all of it while libpq was reading.
    try confirmSize()
    guard let result = unsafe PQgetResult(connection) else {
      return isBroken ? .connectionEnded : .endOfStatement
    }
    return .result(unsafe ResultHandle(owning: result, notices: notices, statement: statement?.name))
  }

  private func confirmSize() throws(Deadline.End) {
    if let limit, let received = limit.received.count, received > limit.bytes { throw .tooMuch }
  }

  private func cancelOnServer() {
    guard let cancel = unsafe PQgetCancel(connection) else { return }
    unsafe CancelHandle(owning: cancel).send()
  }

  private func unanswered() -> StatementFailure {
    isSpent = true
    let error = PostgresError(.connectionLost, cause: errorMessage)
    return StatementFailure(error: error, progress: .unanswered)
  }

  private static func givenUp(_ end: Deadline.End) -> PostgresError {
    switch end {
    case .timeout: PostgresError(.timeout, cause: "no answer within the limit")
    case .cancelled: PostgresError(.cancelled, cause: "the caller was cancelled")
    case .tooMuch: PostgresError(.answerTooLarge, cause: "the answer was larger than the limit")
    }
  }
}

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
    default: fail(PostgresError(result.message, connectionEnded: connectionEnded))
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

  /// Whether the server said that the session is over.
  var sessionEnded: Bool { failure?.endsSession == true }

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
      throw failed(PostgresError(isComplete ? .mixedStatements : .connectionLost, cause: cause), .unanswered)
    }
    return results
  }
}

/// Why a pipeline failed, and what may be concluded about what the server did.
struct StatementFailure: Error, Equatable {
  /// How far the statements had come.
  enum Progress: Equatable {
    /// Nothing left this process.
    case nothingSent
    /// The server answered everything: what failed is known, and nothing after it was run.
    case answered
    /// The last word of the server is missing.
    case unanswered
  }

  let error: PostgresError
  let progress: Progress
}
