/// One look at something for all who ask: those who come while it runs wait for its answer, and those who come
/// soon after its end get the same. However many come, it is looked at once at a time and once in `lifetime`.
package actor SharedAnswer<Value: Sendable> {
  private let lifetime: Int64
  private let milliseconds: @Sendable () -> Int64
  private let look: @Sendable () async -> Value
  private var latest: (value: Value, at: Int64)?
  private var running: Task<Value, Never>?

  /// - Parameters:
  ///   - lifetime: Milliseconds from its end for which an answer is used.
  ///   - milliseconds: A clock that never goes back; only differences count.
  ///   - look: Asks once; it must bound its own time.
  package init(
    lifetime: Int64, milliseconds: @escaping @Sendable () -> Int64,
    look: @escaping @Sendable () async -> Value
  ) {
    self.lifetime = lifetime
    self.milliseconds = milliseconds
    self.look = look
  }

  /// The answer of the look in progress, of one that is young enough, or of a new one.
  package func current() async -> Value {
    if let running { return await running.value }
    if let latest, milliseconds() - latest.at < lifetime { return latest.value }
    // A task of its own: a client that hangs up must not cancel the look of the others.
    let task = Task { await self.renew() }
    running = task
    return await task.value
  }

  private func renew() async -> Value {
    let value = await look()
    latest = (value, milliseconds())
    running = nil
    return value
  }
}
