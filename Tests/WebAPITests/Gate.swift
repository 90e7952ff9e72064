import Synchronization

/// A value that many wait for and one brings, once.
final class Gate<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiting: [CheckedContinuation<Value, Never>] = []
    var watchers: [(count: Int, wake: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  func open(_ value: Value) {
    let waiting = state.withLock { state in
      state.value = value
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: value) }
  }

  func wait() async -> Value {
    await withCheckedContinuation { continuation in
      let (value, watchers) = state.withLock { state in
        if let value = state.value { return (Value?.some(value), [CheckedContinuation<Void, Never>]()) }
        state.waiting.append(continuation)
        let count = state.waiting.count
        let due = state.watchers.filter { $0.count <= count }.map(\.wake)
        state.watchers.removeAll { $0.count <= count }
        return (nil, due)
      }
      if let value { continuation.resume(returning: value) }
      for watcher in watchers { watcher.resume() }
    }
  }

  /// Returns as soon as `count` are waiting.
  func untilWaiting(_ count: Int = 1) async {
    await withCheckedContinuation { watcher in
      let isNow = state.withLock { state in
        if state.waiting.count < count { state.watchers.append((count, watcher)) }
        return state.waiting.count >= count
      }
      if isNow { watcher.resume() }
    }
  }
}
