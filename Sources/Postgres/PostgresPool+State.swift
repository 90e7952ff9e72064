import Synchronization

extension PostgresPool {
  /// What somebody who asked for a connection gets.
  enum Turn: Sendable {
    case reuse(PoolMachine.Slot, PostgresConnection)
    case open(PoolMachine.Slot)
    case refused(PostgresError)
  }

  /// The machine, and what its numbers stand for.
  struct State {
    var machine: PoolMachine
    var connections: [PoolMachine.Slot: PostgresConnection] = [:]
    var waiters: [PoolMachine.Waiter: CheckedContinuation<Turn, Never>] = [:]
    var nextWaiter = 0
    /// Resumed when the last connection has come back to a closed pool.
    var drained: [Int: CheckedContinuation<Void, Never>] = [:]

    init(machine: PoolMachine) {
      self.machine = machine
    }
  }

  /// How many callers wait for a connection at this moment.
  package var waiting: Int { state.withLock(\.waiters.count) }

  /// How the pool is used at this moment.
  package var use: PoolUse {
    state.withLock { state in
      PoolUse(
        maximum: state.machine.maximum, inUse: state.machine.lentCount, idle: state.machine.idleCount,
        waiting: state.waiters.count)
    }
  }

  /// A turn at once or after waiting, for a limited time, and not in a cancelled task.
  func turn(_ borrower: Borrower) async -> Turn {
    let isUrgent = borrower.isUrgent
    let (waiter, turn) = state.withLock { state in
      state.nextWaiter += 1
      let waits = state.machine.mustWait(isUrgent: isUrgent)
      return (state.nextWaiter, waits ? nil : state.ask(state.nextWaiter, isUrgent: isUrgent))
    }
    if let turn { return turn }
    let limit = min(borrower.limit ?? configuration.waitLimit, configuration.waitLimit)
    let alarm = Task { [weak self, clock] in
      try await clock.sleep(for: limit)
      self?.refuse(waiter, .poolTimeout, "no connection became free within \(limit)")
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await waitForTurn(waiter, isUrgent: isUrgent)
    } onCancel: {
      refuse(waiter, .cancelled, "cancelled while waiting for a connection")
    }
  }

  private func waitForTurn(_ waiter: PoolMachine.Waiter, isUrgent: Bool) async -> Turn {
    await withCheckedContinuation { continuation in
      let turn = state.withLock { state in
        let turn = state.ask(waiter, isUrgent: isUrgent)
        if turn == nil { state.waiters[waiter] = continuation }
        return turn
      }
      if let turn { continuation.resume(returning: turn) }
      // The cancellation handler may have run before there was a waiter to be found.
      if Task.isCancelled { refuse(waiter, .cancelled, "cancelled while waiting for a connection") }
    }
  }

  /// Takes a slot back and lets the next one have his turn; returns the connection that is to be closed.
  func release(_ slot: PoolMachine.Slot, isUsable: Bool) -> PostgresConnection? {
    state.withLock { state in
      let isKept = isUsable && !state.machine.isClosed
      if let next = state.machine.giveBack(slot, isUsable: isUsable), let turn = state.turn(next.answer) {
        state.waiters.removeValue(forKey: next.waiter)?.resume(returning: turn)
      }
      if state.machine.isDrained {
        state.drained.values.forEach { $0.resume() }
        state.drained = [:]
      }
      return isKept ? nil : state.connections.removeValue(forKey: slot)
    }
  }

  private func refuse(_ waiter: PoolMachine.Waiter, _ kind: PostgresError.Kind, _ detail: String) {
    let continuation = state.withLock { state in
      state.machine.abandon(waiter)
      return state.waiters.removeValue(forKey: waiter)
    }
    continuation?.resume(returning: .refused(PostgresError(kind, cause: detail)))
  }
}

extension PostgresPool.State {
  /// The turn at once, or nil when the waiter was queued.
  fileprivate mutating func ask(_ waiter: PoolMachine.Waiter, isUrgent: Bool) -> PostgresPool.Turn? {
    turn(machine.ask(waiter, isUrgent: isUrgent))
  }

  fileprivate func turn(_ answer: PoolMachine.Answer) -> PostgresPool.Turn? {
    switch answer {
    case .wait: nil
    case .open(let slot): .open(slot)
    case .reuse(let slot): connections[slot].map { .reuse(slot, $0) } ?? .open(slot)
    case .refuse: .refused(PostgresError(.poolClosed, cause: "the pool is closed"))
    }
  }
}
