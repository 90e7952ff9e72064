import Synchronization

/// A few workers and a queue of those who wait for one.
final class CurlPool: Sendable {
  private struct State {
    var idle: [CurlWorker] = []
    var made = 0
    var waiters: [(id: Int, continuation: CheckedContinuation<CurlWorker?, Never>)] = []
    var lastID = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  /// An idle worker, a new one while there are fewer than the limit, or the next that is given
  /// back, first come, first served.
  ///
  /// - Throws: `cancelled` when the task is cancelled before its turn comes.
  func take() async throws(CurlError) -> CurlWorker {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    if let worker = try takeNow() { return worker }
    let worker = await withTaskCancellationHandler {
      await withCheckedContinuation { wait(as: id, for: $0) }
    } onCancel: {
      giveUp(id)
    }
    guard let worker else { throw CurlError(.cancelled) }
    return worker
  }

  /// Hands a worker on to the first who waits, or keeps it for the next.
  func give(_ worker: CurlWorker) {
    let waiter = state.withLock { state -> CheckedContinuation<CurlWorker?, Never>? in
      guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
      state.idle.append(worker)
      return nil
    }
    waiter?.resume(returning: worker)
  }

  // The worker used last comes first: its connection is the warmest.
  private func takeNow() throws(CurlError) -> CurlWorker? {
    let (worker, mayMake) = state.withLock { state -> (CurlWorker?, Bool) in
      if let worker = state.idle.popLast() { return (worker, false) }
      guard state.made < limit else { return (nil, false) }
      state.made += 1
      return (nil, true)
    }
    guard mayMake else { return worker }
    do {
      return try CurlWorker()
    } catch {
      state.withLock { $0.made -= 1 }
      throw error
    }
  }

  private func wait(as id: Int, for continuation: CheckedContinuation<CurlWorker?, Never>) {
    // A worker may have come back, or the task been cancelled, since we last looked; a
    // cancellation after this moment finds the waiter in the list.
    let answer = state.withLock { state -> CurlWorker?? in
      if Task.isCancelled { return .some(nil) }
      if let worker = state.idle.popLast() { return worker }
      state.waiters.append((id, continuation))
      return nil
    }
    if let answer { continuation.resume(returning: answer) }
  }

  private func giveUp(_ id: Int) {
    let waiter = state.withLock { state -> CheckedContinuation<CurlWorker?, Never>? in
      guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
      return state.waiters.remove(at: index).continuation
    }
    waiter?.resume(returning: nil)
  }
}
