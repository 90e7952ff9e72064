import Synchronization

/// A counting semaphore: it admits a limited number of tasks at once. The others wait, the urgent ones before
/// the rest, each kind in its order.
package final class WaitingLine: Sendable {
  /// What becomes of a task that asks to be admitted.
  package enum Answer: Sendable, Hashable {
    /// It has a place, which it gives back with `leave`.
    case admitted
    /// It was cancelled, before it asked or while it waited.
    case cancelled
    /// No place was free in time.
    case timedOut
    /// The line is closed.
    case closed
  }

  private struct Waiter {
    let ticket: Int
    let isUrgent: Bool
    let continuation: CheckedContinuation<Answer, Never>
  }

  private struct State {
    var limit: Int
    let reserved: Int
    var admitted = 0
    var isClosed = false
    /// The urgent ones first.
    var waiters: [Waiter] = []
    var lastTicket = 0
    /// Answers to tasks that did not wait yet when they were given up.
    var givenUp: [Int: Answer] = [:]
    /// Those who wait until nobody has a place.
    var watchers: [Int: CheckedContinuation<Void, Never>] = [:]

    func mustWait(isUrgent: Bool) -> Bool {
      admitted >= (isUrgent ? limit : max(1, limit - reserved))
    }

    mutating func makeTicket() -> Int {
      lastTicket += 1
      return lastTicket
    }

    mutating func takeAdmitted() -> [Waiter] {
      var next: [Waiter] = []
      while let first = waiters.first, !mustWait(isUrgent: first.isUrgent) {
        next.append(waiters.removeFirst())
        admitted += 1
      }
      return next
    }
  }

  private let state: Mutex<State>

  /// - Parameters:
  ///   - limit: How many are admitted at once, at least one.
  ///   - reserved: How many of the places only urgent tasks get.
  package init(limit: Int, reserved: Int = 0) {
    state = Mutex(State(limit: max(1, limit), reserved: reserved))
  }

  /// Whether a task that is not urgent would have to wait now.
  package var isFull: Bool { state.withLock { $0.mustWait(isUrgent: false) } }

  /// Tasks that have a place.
  package var admitted: Int { state.withLock(\.admitted) }

  /// Tasks that wait for one.
  package var waiting: Int { state.withLock(\.waiters.count) }

  /// Tasks beyond a smaller limit keep their place until they leave.
  package func setLimit(_ limit: Int) {
    admitWaiters { $0.limit = max(1, limit) }
  }

  /// Gives a place back.
  package func leave() {
    let watchers = admitWaiters { state -> [CheckedContinuation<Void, Never>] in
      state.admitted -= 1
      guard state.admitted == 0 else { return [] }
      defer { state.watchers = [:] }
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.resume() }
  }

  /// Waits for a place.
  ///
  /// - Parameters:
  ///   - limit: How long at the most; nil for as long as it takes.
  ///   - clock: By which that is measured.
  package func enter(
    isUrgent: Bool = false, within limit: Duration? = nil, clock: any Clock<Duration> = ContinuousClock()
  ) async -> Answer {
    let isAdmitted =
      !Task.isCancelled
      && state.withLock { state in
        guard !state.isClosed, !state.mustWait(isUrgent: isUrgent) else { return false }
        state.admitted += 1
        return true
      }
    if isAdmitted { return .admitted }
    let ticket = state.withLock { $0.makeTicket() }
    let alarm = limit.map { limit in
      Task { [weak self] in
        try await clock.sleep(for: limit)
        self?.giveUp(ticket, .timedOut)
      }
    }
    defer {
      alarm?.cancel()
      state.withLock { _ = $0.givenUp.removeValue(forKey: ticket) }
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Answer? = state.withLock { state in
          if let answer = state.givenUp[ticket] { return answer }
          if state.isClosed { return .closed }
          guard state.mustWait(isUrgent: isUrgent) else {
            state.admitted += 1
            return .admitted
          }
          let waiter = Waiter(ticket: ticket, isUrgent: isUrgent, continuation: continuation)
          let position = isUrgent ? state.waiters.firstIndex { !$0.isUrgent } : nil
          state.waiters.insert(waiter, at: position ?? state.waiters.endIndex)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      giveUp(ticket, .cancelled)
    }
  }

  /// Admits nobody from now on; whoever waits is told at once.
  package func close() {
    let waiters = state.withLock { state in
      defer { (state.isClosed, state.waiters) = (true, []) }
      return state.waiters
    }
    for waiter in waiters { waiter.continuation.resume(returning: .closed) }
  }

  /// Waits until nobody has a place, or until the time has passed.
  package func emptied(within limit: Duration, clock: any Clock<Duration> = ContinuousClock()) async {
    let ticket = state.withLock { $0.makeTicket() }
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.admitted > 0 { state.watchers[ticket] = continuation }
        return state.admitted == 0
      }
      guard !isEmpty else { return continuation.resume() }
      // Only now, so that an alarm that goes off at once finds somebody to wake.
      Task { [weak self] in
        try? await clock.sleep(for: limit)
        self?.state.withLock { $0.watchers.removeValue(forKey: ticket) }?.resume()
      }
    }
  }

  private func giveUp(_ ticket: Int, _ answer: Answer) {
    let waiter: Waiter? = state.withLock { state in
      guard let position = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
        state.givenUp[ticket] = answer
        return nil
      }
      return state.waiters.remove(at: position)
    }
    waiter?.continuation.resume(returning: answer)
  }

  @discardableResult
  private func admitWaiters<Value: Sendable>(_ change: (inout State) -> Value) -> Value {
    let (value, next) = state.withLock { state in (change(&state), state.takeAdmitted()) }
    for waiter in next { waiter.continuation.resume(returning: .admitted) }
    return value
  }
}
