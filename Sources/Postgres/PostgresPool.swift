import Synchronization

/// A few connections to one database, handed out in the order in which they were asked for. One of them is
/// kept for what is urgent: short statements that must not wait for the work under way.
package final class PostgresPool: Sendable {
  /// As given; its connection string must not be shown.
  package let configuration: PostgresConfiguration
  let clock: any Clock<Duration>
  let state: Mutex<State>

  /// Makes an empty pool; connections are opened when they are needed. `clock` measures how long callers
  /// wait for a connection.
  package init(_ configuration: PostgresConfiguration, clock: any Clock<Duration> = ContinuousClock()) {
    self.configuration = configuration
    self.clock = clock
    state = Mutex(State(machine: PoolMachine(maximum: configuration.maximumConnections)))
  }

  /// Lends a connection for the time of `body`, which must not keep it. Whatever transaction `body`
  /// leaves open is rolled back.
  ///
  /// Throws `PostgresError` when there is no connection, and what `body` throws.
  package func withConnection<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let loan = try await borrow()
    do {
      let value = try await body(loan.connection)
      await giveBack(loan)
      return value
    } catch {
      await giveBack(loan)
      throw error
    }
  }

  /// Runs `body` in a transaction with `settings`. These and the `opening` statements go in one round trip;
  /// the results of the latter are in `PostgresTransaction.opening`. Commits when `body` returns without having
  /// committed; rolls back when it throws.
  ///
  /// When the connection turns out to be dead at BEGIN the opening is repeated on a new one: nothing can have
  /// been committed.
  package func withTransaction<Value: Sendable>(
    _ settings: PostgresSettings = PostgresSettings(),
    isolation: isolated (any Actor)? = #isolation,
    opening: [PostgresStatement] = [],
    isUrgent: Bool = false,
    within limit: Duration? = nil,
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    let (loan, results) = try await borrow(Borrower(isUrgent: isUrgent)) { connection throws(PostgresError) in
      try await connection.begin(settings, opening, within: limit)
    }
    do {
      let value = try await body(PostgresTransaction(connection: loan.connection, opening: results))
      try await loan.connection.commitIfOpen()
      await giveBack(loan)
      return value
    } catch {
      await giveBack(loan)
      throw error
    }
  }

  /// Runs a statement that may be repeated, in a transaction of its own with `settings`: when its connection turns out to be dead it runs again on a new
  /// one, whether or not it was done. So it either writes nothing, or writes the same again and again, and
  /// answers the same.
  ///
  /// - Parameters:
  ///   - limit: How long it may take; also how long it waits for a connection, where that is less than usual.
  ///   - isUrgent: Whether it may have the connection that ordinary work leaves free.
  package func repeatable(
    _ statement: PostgresStatement, _ settings: PostgresSettings = PostgresSettings(),
    within limit: Duration? = nil, isUrgent: Bool = false
  ) async throws(PostgresError) -> PostgresResult {
    let borrower = Borrower(isUrgent: isUrgent, limit: limit)
    let (loan, result) = try await borrow(borrower) { connection throws(PostgresError) in
      try await connection.transact(statement, settings, within: limit)
    }
    await giveBack(loan)
    return result
  }
}
