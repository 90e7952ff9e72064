import Synchronization

extension PostgresPool {
  /// A connection that is lent.
  struct Loan {
    let slot: PoolMachine.Slot
    let connection: PostgresConnection
  }

  /// Who asks for a connection.
  struct Borrower {
    /// Whether it may have the place that ordinary work leaves free.
    var isUrgent = false
    /// How long it waits; nil for as long as the configuration says.
    var limit: Duration?
  }

  /// A connection that stands as far as this side knows.
  func borrow(_ borrower: Borrower = Borrower()) async throws(PostgresError) -> Loan {
    switch await turn(borrower) {
    case .refused(let error): throw error
    case .open(let slot): return try await open(slot)
    case .reuse(let slot, let connection):
      if await connection.isAlive() { return Loan(slot: slot, connection: connection) }
      await closeIdle()
      return try await open(slot)
    }
  }

  /// A connection and what `first` did on it; `first` must be fit to run several times, on a new connection
  /// each time when the one at hand turns out to be dead. That may happen to a new one, too: behind a pooler
  /// it may lead to a session that has just ended.
  func borrow<Value: Sendable>(
    _ borrower: Borrower = Borrower(), _ first: (PostgresConnection) async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> (Loan, Value) {
    var loan = try await borrow(borrower)
    var attempt = 1
    while true {
      do throws(PostgresError) {
        return (loan, try await first(loan.connection))
      } catch {
        guard error.endsConnection, attempt < Self.attempts else {
          await giveBack(loan)
          throw error
        }
      }
      attempt += 1
      await loan.connection.close()
      await closeIdle()
      loan = try await open(loan.slot)
    }
  }

  private static let attempts = 3

  /// Ends a loan; rolls back what was left open.
  func giveBack(_ loan: Loan) async {
    let isUsable = await loan.connection.settle()
    if !isUsable { await closeIdle() }
    await release(loan.slot, isUsable: isUsable)?.close()
  }

  /// One connection that broke casts doubt on all that stood idle meanwhile: whoever met them one after the
  /// other would wait for each.
  private func closeIdle() async {
    let idle = state.withLock { state in
      state.machine.dropIdle().compactMap { state.connections.removeValue(forKey: $0) }
    }
    for connection in idle { await connection.close() }
  }

  private func open(_ slot: PoolMachine.Slot) async throws(PostgresError) -> Loan {
    do throws(PostgresError) {
      let connection = try await PostgresConnection.open(configuration)
      state.withLock { $0.connections[slot] = connection }
      return Loan(slot: slot, connection: connection)
    } catch {
      await release(slot, isUsable: false)?.close()
      throw error
    }
  }
}
