/// What `work` comes to, nil when it takes longer. Work that is cut off is cancelled, and waited for.
///
/// - Parameters:
///   - milliseconds: How long it may take.
///   - sleep: Waits that many milliseconds; throws when its task is cancelled.
func within<Value: Sendable>(
  _ milliseconds: Int64, sleep: @escaping @Sendable (Int64) async throws -> Void = Clocks.sleep,
  _ work: @escaping @Sendable () async -> Value
) async -> Value? {
  await withTaskGroup(of: Value?.self) { group in
    group.addTask { await work() }
    group.addTask {
      try? await sleep(milliseconds)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
}
