import Synchronization

extension PostgresPool {
  /// A connection that is lent.
  struct Loan {
    let slot: PoolMachine.Slot
    let connection: PostgresConnection
    /// Whether it has been lent before, so that it may have died in the meantime.
    let isReused: Bool
  }

  /// A connection that stands as far as this side knows.
  func borrow() async throws(PostgresError) -> Loan {
    switch await turn() {
    case .refused(let error): throw error
    case .open(let slot): return try await open(slot)
    case .reuse(let slot, let connection):
      if await connection.isAlive() { return Loan(slot: slot, connection: connection, isReused: true) }
      return try await open(slot)
    }
  }

  /// A connection and what `first` did on it; `first` must be fit to run twice.
  func borrow<Value: Sendable>(
    _ first: (PostgresConnection) async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> (Loan, Value) {
    var loan = try await borrow()
    do throws(PostgresError) {
      return (loan, try await first(loan.connection))
    } catch {
      guard loan.isReused, error.endsConnection else {
        await giveBack(loan)
        throw error
      }
    }
    await loan.connection.close()
    loan = try await open(loan.slot)
    do throws(PostgresError) {
      return (loan, try await first(loan.connection))
    } catch {
      await giveBack(loan)
      throw error
    }
  }

  /// Ends a loan; rolls back what was left open.
  func giveBack(_ loan: Loan) async {
    let isUsable = await loan.connection.settle()
    await release(loan.slot, isUsable: isUsable)?.close()
  }

  private func open(_ slot: PoolMachine.Slot) async throws(PostgresError) -> Loan {
    do throws(PostgresError) {
      let connection = try await PostgresConnection.open(configuration)
      state.withLock { $0.connections[slot] = connection }
      return Loan(slot: slot, connection: connection, isReused: false)
    } catch {
      await release(slot, isUsable: false)?.close()
      throw error
    }
  }
}
