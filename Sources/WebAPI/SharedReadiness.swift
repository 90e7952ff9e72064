import CallDomain

/// One check of readiness for all who ask: those who come while it runs wait for its answer, and
/// those who come within two seconds of its end get the same. However many probes come, the
/// database is asked at most once at a time and once in two seconds.
actor SharedReadiness {
  /// Milliseconds for which an answer is used.
  static let lifetime: Int64 = 2000

  private let check: @Sendable () async -> Readiness
  private let milliseconds: @Sendable () -> Int64
  private var latest: (value: Readiness, at: Int64)?
  private var running: Task<Readiness, Never>?

  init(milliseconds: @escaping @Sendable () -> Int64, check: @escaping @Sendable () async -> Readiness) {
    self.milliseconds = milliseconds
    self.check = check
  }

  /// The answer of the running check, of one that is young enough, or of a new one.
  func current() async -> Readiness {
    if let running { return await running.value }
    if let latest, milliseconds() - latest.at < Self.lifetime { return latest.value }
    // A task of its own: a client that hangs up must not cancel the check of the others.
    let task = Task { await self.runCheck() }
    running = task
    return await task.value
  }

  private func runCheck() async -> Readiness {
    let value = await check()
    latest = (value, milliseconds())
    running = nil
    return value
  }
}
