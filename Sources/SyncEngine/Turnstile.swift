import Synchronization

/// Lets a limited number of tasks through at once. The others wait, the urgent ones before the rest,
/// each kind in its order.
final class Turnstile: Sendable {
  private struct Waiter {
    let ticket: Int
    let isUrgent: Bool
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var limit: Int
    var inside = 0
    var waiters: [Waiter] = []
    var lastTicket = 0
    /// Tickets of tasks that were cancelled before they began to wait.
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  init(limit: Int) {
    state = Mutex(State(limit: limit))
  }

  /// Whether whoever enters now must wait.
  var isFull: Bool { state.withLock { $0.inside >= $0.limit } }

  var waiting: Int { state.withLock(\.waiters.count) }

  /// Tasks beyond a smaller limit stay inside until they leave.
  func setLimit(_ limit: Int) {
    for waiter in state.withLock({ state in
      state.limit = limit
      return Self.admitted(&state)
    }) { waiter.resume(returning: true) }
  }

  /// Waits for a place.
  ///
  /// - Returns: False when the task was cancelled before it got one; then there is nothing to leave.
  func enter(isUrgent: Bool = false) async -> Bool {
    let ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if state.cancelled.remove(ticket) != nil { return false }
          if state.inside < state.limit {
            state.inside += 1
            return true
          }
          let waiter = Waiter(ticket: ticket, isUrgent: isUrgent, continuation: continuation)
          let position = isUrgent ? state.waiters.firstIndex { !$0.isUrgent } : nil
          state.waiters.insert(waiter, at: position ?? state.waiters.endIndex)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter: Waiter? = state.withLock { state in
        guard let position = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
          state.cancelled.insert(ticket)
          return nil
        }
        return state.waiters.remove(at: position)
      }
      waiter?.continuation.resume(returning: false)
    }
  }

  func leave() {
    for waiter in state.withLock({ state in
      state.inside -= 1
      return Self.admitted(&state)
    }) { waiter.resume(returning: true) }
  }

  private static func admitted(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
    var admitted: [CheckedContinuation<Bool, Never>] = []
    while state.inside < state.limit, !state.waiters.isEmpty {
      admitted.append(state.waiters.removeFirst().continuation)
      state.inside += 1
    }
    return admitted
  }
}
