package import CallDomain

/// One look at the stored status for all who scrape: those who come while it runs wait for it, and those who
/// come within five seconds of its end get the same. A scrape never waits long for a database that is away.
package actor SharedStatus {
  /// Milliseconds for which an answer is used, also that nobody can tell.
  package static let lifetime: Int64 = 5000
  /// Milliseconds after which nobody can tell. Prometheus waits for ten seconds.
  package static let limit: Int64 = 4000

  private let read: @Sendable () async -> ServiceStatus?
  private let milliseconds: @Sendable () -> Int64
  private let sleep: @Sendable (Int64) async throws -> Void
  private var latest: (value: ServiceStatus?, at: Int64)?
  private var running: Task<ServiceStatus?, Never>?

  /// - Parameters:
  ///   - milliseconds: A clock that never goes back; only differences count.
  ///   - sleep: Waits that many milliseconds; throws when its task is cancelled.
  ///   - read: Asks once; ends soon when its task is cancelled.
  package init(
    milliseconds: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) async throws -> Void,
    read: @escaping @Sendable () async -> ServiceStatus?
  ) {
    self.milliseconds = milliseconds
    self.sleep = sleep
    self.read = read
  }

  /// The status of the look in progress, of one that is young enough, or of a new one.
  package func current() async -> ServiceStatus? {
    if let running { return await running.value }
    if let latest, milliseconds() - latest.at < Self.lifetime { return latest.value }
    // A task of its own: a client that hangs up must not cancel the look of the others.
    let task = Task { await self.look() }
    running = task
    return await task.value
  }

  private func look() async -> ServiceStatus? {
    let (read, sleep) = (read, sleep)
    let value = await withTaskGroup(of: ServiceStatus?.self) { group in
      group.addTask { await read() }
      group.addTask {
        try? await sleep(Self.limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    latest = (value, milliseconds())
    running = nil
    return value
  }
}
