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

  /// A turn at once or after waiting, at most the configuration's limit, and not in a cancelled task.
  func turn() async -> Turn {
    let (waiter, turn) = state.withLock { state in
      state.nextWaiter += 1
      return (state.nextWaiter, state.machine.wouldWait ? nil : state.ask(state.nextWaiter))
    }
    if let turn { return turn }
    let limit = configuration.waitLimit
    let alarm = Task { [weak self, clock] in
      try await clock.sleep(for: limit)
      self?.refuse(waiter, .poolTimeout, "no connection became free within \(limit)")
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await waitForTurn(waiter)
    } onCancel: {
      refuse(waiter, .cancelled, "cancelled while waiting for a connection")
    }
  }

  private func waitForTurn(_ waiter: PoolMachine.Waiter) async -> Turn {
    await withCheckedContinuation { continuation in
      let turn = state.withLock { state in
        let turn = state.ask(waiter)
        if turn == nil { state.waiters[waiter] = continuation }
        return turn
      }
      if let turn { continuation.resume(returning: turn) }
      // The cancellation handler may have run before there was a waiter to be found.
      if Task.isCancelled { refuse(waiter, .cancelled, "cancelled while waiting for a connection") }
    }
  }

  /// Takes a slot back and passes it on; returns the connection that is to be closed.
  func release(_ slot: PoolMachine.Slot, isUsable: Bool) -> PostgresConnection? {
    state.withLock { state in
      let outcome = state.machine.giveBack(slot, isUsable: isUsable)
      if state.machine.isDrained {
        state.drained.values.forEach { $0.resume() }
        state.drained = [:]
      }
      switch outcome {
      case .keep: return nil
      case .discard: return state.connections.removeValue(forKey: slot)
      case .handOver(let waiter, let slot):
        guard let connection = state.connections[slot] else { return nil }
        state.waiters.removeValue(forKey: waiter)?.resume(returning: .reuse(slot, connection))
        return nil
      case .openFor(let waiter, let newSlot):
        state.waiters.removeValue(forKey: waiter)?.resume(returning: .open(newSlot))
        return state.connections.removeValue(forKey: slot)
      }
    }
  }

  private func refuse(_ waiter: PoolMachine.Waiter, _ kind: PostgresError.Kind, _ detail: String) {
    let continuation = state.withLock { state in
      state.machine.abandon(waiter)
      return state.waiters.removeValue(forKey: waiter)
    }
    continuation?.resume(returning: .refused(PostgresError(kind, operatorDetail: detail)))
  }
}

extension PostgresPool.State {
  /// The turn at once, or nil when the waiter was queued.
  fileprivate mutating func ask(_ waiter: PoolMachine.Waiter) -> PostgresPool.Turn? {
    switch machine.ask(waiter) {
    case .wait: return nil
    case .open(let slot): return .open(slot)
    case .reuse(let slot):
      guard let connection = connections[slot] else { return .open(slot) }
      return .reuse(slot, connection)
    case .refuse:
      return .refused(PostgresError(.poolClosed, operatorDetail: "the pool is closed"))
    }
  }
}
