import CPostgres

extension PostgresConnection {
  /// Whether the connection still stands as far as this side knows; asks nobody.
  func isAlive() -> Bool {
    if handle?.isAlive != true { handle = nil }
    return handle != nil
  }

  /// Makes the connection fit for the next borrower, rolling back what was left open; false when it is
  /// to be thrown away.
  func settle() -> Bool {
    guard let handle else { return false }
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
