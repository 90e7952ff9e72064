import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

/// One of the programs that commit a plan's runs; others may hit its connections, so that any attempt can
/// fail.
struct IntakeWriter: Sendable {
  let store: CallStore
  let fence: RunFence
  /// The way of the store's connections.
  let cutter: StatementCutter
  /// Terminates connections.
  let killer: PostgresPool

  /// Commits the pages of a run, unless it is killed before or a page is refused.
  ///
  /// - Returns: How many pages were refused.
  func commit(_ run: [IntakePlan.Step]) async throws -> Int {
    for step in run {
      guard try await survives(step) else {
        if case .refusal = step.disturbance { return 1 }
        return 0
      }
      try await finish(step.page)
    }
    return 0
  }

  private func survives(_ step: IntakePlan.Step) async throws -> Bool {
    switch step.disturbance {
    case .none: return true
    case .termination:
      async let killing: Void = terminate()
      _ = await attempt(step.page)
      try await killing
      return true
    case .cancellation(let yields):
      let task = Task { await attempt(step.page) }
      for _ in 0..<yields { await Task.yield() }
      task.cancel()
      _ = await task.value
      return true
    case .cut(let count):
      cutter.cut(afterStatements: count, forGood: false)
      _ = await attempt(step.page)
      cutter.mend()
      return true
    case .kill(let count):
      cutter.cut(afterStatements: count, forGood: true)
      let failure = await attempt(step.page)
      let isKilled = cutter.mend()
      try #require(!isKilled || failure != nil, "a commit succeeded after its process was killed")
      return !isKilled
    case .refusal: return await attempt(IntakeRefusals.spoiled(step.page))?.kind != .database(.refused)
    }
  }

  private func finish(_ page: IntakePage) async throws {
    var failure: RunFailure?
    for _ in 0..<20 {
      failure = await attempt(page)
      if failure == nil { return }
      try #require(failure?.kind != .leaseLost)
    }
    if let failure { throw failure }
  }

  private func attempt(_ page: IntakePage) async -> RunFailure? {
    do throws(RunFailure) {
      _ = try await store.commit(page, fence: fence)
      return nil
    } catch { return error }
  }

  private func terminate() async throws {
    _ = try await killer.repeatable(
      PostgresStatement(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'twilio-sync' AND state <> 'idle'
        ORDER BY random() LIMIT 1
        """))
  }
}
