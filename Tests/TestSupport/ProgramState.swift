import Dispatch
import Synchronization

/// What a program has printed and how it ended, and a way to wait for either.
final class ProgramState: Sendable {
  struct Facts: Sendable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    /// Standard output and standard error, as long as somebody may write to them.
    var openStreams = 2
    /// As a shell shows it: 128 + number for a signal.
    var status: Int32?

    var hasEnded: Bool { status != nil && openStreams == 0 }
  }

  private struct Waiter {
    let number: Int
    let isMet: @Sendable (Facts) -> Bool
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var facts = Facts()
    var waiters: [Waiter] = []
    var nextNumber = 0
  }

  private let state = Mutex(State())

  var facts: Facts { state.withLock(\.facts) }

  func change(_ change: (inout Facts) -> Void) {
    let met = state.withLock { state in
      change(&state.facts)
      let facts = state.facts
      let met = state.waiters.filter { $0.isMet(facts) }
      state.waiters.removeAll { $0.isMet(facts) }
      return met
    }
    for waiter in met { waiter.continuation.resume(returning: true) }
  }

  /// Whether the condition was met before the time was over.
  func wait(within limit: Duration, until isMet: @escaping @Sendable (Facts) -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      let number: Int? = state.withLock { state in
        if isMet(state.facts) { return nil }
        state.nextNumber += 1
        state.waiters.append(Waiter(number: state.nextNumber, isMet: isMet, continuation: continuation))
        return state.nextNumber
      }
      guard let number else {
        continuation.resume(returning: true)
        return
      }
      DispatchQueue.global().asyncAfter(deadline: .now() + limit / .seconds(1)) { self.giveUp(number) }
    }
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state in
      let place = state.waiters.firstIndex { $0.number == number }
      return place.map { state.waiters.remove(at: $0) }
    }
    waiter?.continuation.resume(returning: false)
  }
}
