import BlockingWork
import CPostgres

/// One connection to the server; its calls block a queue of its own and never a cooperative thread.
///
/// After a limit passed or a task was cancelled in the middle of a statement the connection is given up;
/// the pool replaces it.
package actor PostgresConnection {
  private let executor: QueueExecutor
  let configuration: PostgresConfiguration
  let stop: StopSignal
  private let leftBehind: LeftBehind
  /// Nil once the connection is not to be used any more.
  var handle: ConnectionHandle?
  /// Whether the transaction begun last has been committed.
  var hasCommitted = false
  /// Whether it has carried a transaction.
  var hasServed = false
  /// Why the session takes no writes, as its last transaction found: `standby`, or `readOnly` where it is
  /// configured so.
  var closedToWrites: PostgresError.Kind?

  /// The queue of this connection.
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe executor.asUnownedSerialExecutor()
  }

  /// Not connected yet.
  init(_ configuration: PostgresConfiguration, leftBehind: LeftBehind = LeftBehind()) {
    self.leftBehind = leftBehind
    executor = QueueExecutor(label: "postgres connection")
    stop = StopSignal()
    self.configuration = configuration
  }

  /// Connects; throws `unreachable`, `authentication`, `invalidConnectionString` or what the server said.
  ///
  /// - Parameter limit: A shorter time than the configuration's.
  package static func open(
    _ configuration: PostgresConfiguration, within limit: Duration? = nil
  ) async throws(PostgresError) -> PostgresConnection {
    let connection = PostgresConnection(configuration)
    try await connection.connect(within: limit)
    return connection
  }

  func connect(within limit: Duration?) throws(PostgresError) {
    do {
      handle = try ConnectionHandle.open(configuration, within: limit, stop: stop, leftBehind: leftBehind)
    } catch {
      configuration.onActivity?(.connectFailed(error))
      throw error
    }
  }

  /// Runs one statement in one round trip; outside a transaction it commits by itself.
  ///
  /// `limit` replaces the configuration's statement limit. Throws what the server answered, or
  /// `timeout`, `cancelled`, `connectionLost`.
  package func query(
    _ statement: PostgresStatement, within limit: Duration? = nil
  ) throws(PostgresError) -> PostgresResult {
    guard let result = try pipeline([statement], within: limit).first else {
      throw PostgresError(.other, cause: "no answer to one statement")
    }
    return result
  }

  /// Runs the statements in order in one round trip; outside a transaction all of them commit or none.
  ///
  /// Throws the first failed statement's error; the statements after it were not run, the connection
  /// stays usable. One result per statement, in their order.
  package func pipeline(
    _ statements: [PostgresStatement], within limit: Duration? = nil
  ) throws(PostgresError) -> [PostgresResult] {
    do throws(StatementFailure) {
      return try run(statements, within: limit, stop: stop)
    } catch { throw error.error }
  }

  /// Whether TLS is in use and the server is on another machine; nil when the connection is gone.
  package func transport() -> PostgresTransport? {
    handle?.transport
  }

  private func report(
    _ statements: [PostgresStatement], since begin: ContinuousClock.Instant, _ failure: PostgresError?
  ) {
    configuration.onActivity?(
      .roundTrip(statements: statements.count, duration: begin.duration(to: .now), failure: failure))
  }

  /// Runs one pipeline; a `stop` signal makes it heed cancellation.
  func run(
    _ statements: [PostgresStatement], within limit: Duration?, stop: StopSignal?
  ) throws(StatementFailure) -> [PostgresResult] {
    guard let handle, handle.isAlive else {
      let error =
        handle?.lastWords ?? PostgresError(.connectionLost, cause: "the server had closed the connection")
      self.handle = nil
      throw StatementFailure(error: error, progress: .nothingSent)
    }
    defer { if handle.isSpent { self.handle = nil } }
    let deadline = Deadline(limit ?? configuration.statementLimit, stop: stop)
    let begin = ContinuousClock.now
    do throws(StatementFailure) {
      let results = try handle.run(
        statements, deadline, grace: configuration.cancelGrace, atMost: configuration.answerLimit)
      report(statements, since: begin, nil)
      return results
    } catch {
      report(statements, since: begin, error.error)
      guard error.error.kind == .readOnly, let closedToWrites else { throw error }
      throw StatementFailure(error: error.error.as(closedToWrites), progress: error.progress)
    }
  }
}

extension PostgresConnection {
  /// Whether the connection still stands as far as this side knows; asks nobody.
  func isAlive() -> Bool {
    if handle?.isAlive != true { handle = nil }
    return handle != nil
  }

  /// Makes the connection fit for the next borrower, rolling back what was left open; false when it is
  /// to be thrown away, as is one that takes no writes: the next may lead to the primary, or to a session to which
  /// the setting does not apply any more.
  func settle() -> Bool {
    guard let handle, closedToWrites == nil else { return false }
    switch handle.transaction {
    case PQTRANS_IDLE: return true
    case PQTRANS_INTRANS, PQTRANS_INERROR:
      // Also for a cancelled task: the next borrower needs the connection.
      _ = try? run([PostgresStatement("ROLLBACK")], within: configuration.cancelGrace, stop: nil)
      return self.handle?.transaction == PQTRANS_IDLE
    default: return false
    }
  }

  /// Says goodbye to the server.
  func close() {
    handle = nil
  }

  /// Makes what runs, and whatever is run later, end with `cancelled`.
  nonisolated func cancelRunning() {
    stop.set()
  }
}
