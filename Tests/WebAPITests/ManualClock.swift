import Synchronization
import WebAPI

/// A clock that the test moves by hand.
final class ManualClock: Sendable {
  private struct Sleeper {
    var id: Int
    var until: Int64
    var wake: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now: Int64 = 1_000_000
    var madeIDs = 0
    var sleeps = 0
    var asked: [Int64] = []
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// The clock as the routes take it; ids are `made-1`, `made-2`, …
  var api: APIClock {
    APIClock(
      milliseconds: { self.state.withLock { $0.now } }, sleep: { await self.sleep($0) },
      makeRequestID: {
        self.state.withLock { state in
          state.madeIDs += 1
          return "made-\(state.madeIDs)"
        }
      })
  }

  /// How long each sleep was asked to be, in order.
  var askedSleeps: [Int64] { state.withLock { $0.asked } }

  /// How many are asleep.
  var sleeping: Int { state.withLock { $0.sleepers.count } }

  func advance(by milliseconds: Int64) {
    let due = state.withLock { state in
      state.now += milliseconds
      let due = state.sleepers.filter { $0.until <= state.now }
      state.sleepers.removeAll { $0.until <= state.now }
      return due
    }
    for sleeper in due { sleeper.wake.resume() }
  }

  /// Returns as soon as a task sleeps.
  func untilSomeoneSleeps() async {
    await withCheckedContinuation { watcher in
      let isNow = state.withLock { state in
        if state.sleepers.isEmpty { state.watchers.append(watcher) }
        return !state.sleepers.isEmpty
      }
      if isNow { watcher.resume() }
    }
  }

  private func sleep(_ milliseconds: Int64) async {
    let id = state.withLock { state in
      state.sleeps += 1
      state.asked.append(milliseconds)
      return state.sleeps
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { register(id: id, for: milliseconds, wake: $0) }
    } onCancel: {
      cancel(id)
    }
  }

  private func register(id: Int, for milliseconds: Int64, wake: CheckedContinuation<Void, Never>) {
    let (isCancelled, watchers) = state.withLock { state in
      if state.cancelled.remove(id) != nil { return (true, [CheckedContinuation<Void, Never>]()) }
      state.sleepers.append(Sleeper(id: id, until: state.now + milliseconds, wake: wake))
      defer { state.watchers = [] }
      return (false, state.watchers)
    }
    if isCancelled { wake.resume() }
    for watcher in watchers { watcher.resume() }
  }

  private func cancel(_ id: Int) {
    let sleeper = state.withLock { state in
      guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
        state.cancelled.insert(id)
        return Sleeper?.none
      }
      return state.sleepers.remove(at: index)
    }
    sleeper?.wake.resume()
  }
}

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
