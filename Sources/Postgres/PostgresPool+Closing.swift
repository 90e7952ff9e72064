import Synchronization

extension PostgresPool {
  /// Lends no more connections, waits up to `grace` for those lent, then cancels what still runs on them.
  /// May be called more than once.
  package func close(grace: Duration = .seconds(5)) async {
    for connection in stopLending() { await connection.close() }
    await waitUntilDrained(atMost: grace)
    for connection in state.withLock({ Array($0.connections.values) }) { connection.cancelRunning() }
    // Cancelled statements need that long to hear the server's last word.
    await waitUntilDrained(atMost: configuration.cancelGrace)
  }

  /// Refuses everybody who waits; returns the idle connections.
  private func stopLending() -> [PostgresConnection] {
    state.withLock { state in
      let (idle, waiting) = state.machine.close()
      let error = PostgresError(.poolClosed, cause: "the pool was closed meanwhile")
      for waiter in waiting {
        state.waiters.removeValue(forKey: waiter)?.resume(returning: .refused(error))
      }
      return idle.compactMap { state.connections.removeValue(forKey: $0) }
    }
  }

  private func waitUntilDrained(atMost limit: Duration) async {
    let wait = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withCheckedContinuation { continuation in
      let isDrained = state.withLock { state in
        if !state.machine.isDrained { state.drained[wait] = continuation }
        return state.machine.isDrained
      }
      guard !isDrained else { return continuation.resume() }
      // Only now, so that an alarm that goes off at once finds somebody to wake.
      Task { [weak self, clock] in
        try? await clock.sleep(for: limit)
        self?.state.withLock { $0.drained.removeValue(forKey: wait) }?.resume()
      }
    }
  }
}
