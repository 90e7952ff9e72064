package import CallDomain
import Postgres

extension CallStore {
  /// Takes the lease of a kind and records the run that holds it. A run whose lease ran out is
  /// recorded as interrupted.
  ///
  /// - Parameters:
  ///   - requestedBy: Who asked, as `sync_runs` shows it.
  ///   - now: When the run began, by the process's clock.
  ///   - token: The holder's mark, which nobody else has or had. By it the lease is known again when it was
  ///     taken and the answer was lost.
  /// - Throws: `StoreError` with `alreadyRunning` and the run in progress; nothing is recorded then. After any
  ///   other the lease may be taken all the same, and is to be freed with `release`.
  package func begin(
    _ kind: RunKind, requestedBy: String, now: Timestamp, token: Int64
  ) async throws(StoreError) -> RunFence {
    try await translated {
      // A commit of the run in progress has the row locked, for long if it froze; until its lease runs
      // out nobody need wait for it.
      let holder = try await database.repeatable(RunLease.read(kind.rawValue), isUrgent: true).rows.first
      if let holder, try holder.requiredBool(1) { throw try Self.alreadyRunning(holder) }
      if holder == nil { _ = try await database.repeatable(RunLease.make(kind.rawValue), isUrgent: true) }
      do {
        return try await CommitLockRescue.attempt(on: database, lease: lease) {
          try await PostgresError.repeated {
            try await take(kind, requestedBy: requestedBy, now: now, token: token)
          }
        }
      } catch let error as PostgresError where error.kind == .lockTimeout {
        let free = try await database.repeatable(RunLease.probe(kind.rawValue), isUrgent: true)
        throw free.rows.isEmpty ? try Self.alreadyRunning(holder) : error
      }
    }
  }

  private func take(
    _ kind: RunKind, requestedBy: String, now: Timestamp, token: Int64
  ) async throws -> RunFence {
    let limits = PageCommit.limits(lockMilliseconds: lease.takeoverMilliseconds)
    let opening = [RunLease.lock(kind.rawValue)]
    return try await database.withTransaction(limits, opening: opening, isUrgent: true) { transaction in
      guard let holder = transaction.opening[0].rows.first else { throw RunLease.lost }
      // The row is locked, so whatever became of an earlier attempt is over.
      if try holder.requiredInt(3) == token {
        return try RunFence(kind: kind, run: RunID(holder.requiredInt(0)), token: token)
      }
      if try holder.requiredBool(1) { throw try Self.alreadyRunning(holder) }
      let inserted = try await transaction.pipeline([
        RunRecords.markInterrupted(kind, at: now),
        RunRecords.insert(kind: kind, requestedBy: requestedBy, startedAt: now),
      ])
      guard let row = inserted[1].rows.first else { throw RunLease.lost }
      let run = try RunID(row.requiredInt(0))
      try await transaction.commit(with: [
        RunLease.take(kind.rawValue, run: run, token: token, seconds: lease.seconds)
      ])
      return RunFence(kind: kind, run: run, token: token)
    }
  }

  /// Frees a lease that may have been taken although `begin` threw.
  package func release(_ kind: RunKind, token: Int64) async throws(StoreError) {
    try await translated {
      // What is still under way has the row locked.
      let opening = [
        RunLease.lock(kind.rawValue), RunLease.release(kind: kind.rawValue, token: token),
      ]
      try await database.withTransaction(PageCommit.limits(lease), opening: opening, isUrgent: true) { _ in }
    }
  }

  private static func alreadyRunning(
    _ holder: PostgresRow?
  ) throws(PostgresError) -> StoreError {
    let seconds = try holder?.int(2).map { max(1, Int(counted: $0)) }
    return try StoreError(
      .alreadyRunning,
      "Ya hay otra ejecución de este tipo en curso; espere a que termine y repita.",
      run: holder?.int(0).map(RunID.init), retryAfter: seconds ?? lastCommitSeconds)
  }

  /// Seconds after which to ask again where only a last commit stands in the way of a takeover: it ends
  /// soon, or will be ended.
  private static let lastCommitSeconds = 10

  /// Renews the lease.
  ///
  /// - Parameter counts: What the run has counted so far, for those who look at it meanwhile.
  /// - Throws: `StoreError` with `leaseLost` when another run took over.
  package func renew(_ fence: RunFence, counts: RunCounts) async throws(StoreError) {
    try await translated {
      let result = try await database.repeatable(
        RunLease.renew(kind: fence.kind.rawValue, token: fence.token, seconds: lease.seconds), isUrgent: true)
      if result.affectedRows == 0 { throw RunLease.lost }
      _ = try await database.repeatable(RunRecords.setCounts(counts, of: fence.run), isUrgent: true)
    }
  }

  /// Records what the run reads.
  package func record(_ period: Period, of fence: RunFence) async throws(StoreError) {
    try await translated { _ = try await database.repeatable(RunRecords.setPeriod(period, of: fence.run)) }
  }

  /// Records how the run ended and frees its lease, in one transaction, which may be done twice. The lease comes
  /// first, as where it is taken over: in another order the two could lock one another out.
  package func finish(_ run: SyncRun, fence: RunFence) async throws(StoreError) {
    try await translated {
      try await PostgresError.repeated {
        try await database.withTransaction(PageCommit.limits(lease), isUrgent: true) { transaction in
          try await transaction.commit(with: [
            RunLease.release(kind: fence.kind.rawValue, token: fence.token),
            RunRecords.setCounts(run.counts, of: run.id), RunRecords.finish(run),
          ])
          return
        }
      }
    }
  }

  /// Recorded runs, newest first.
  ///
  /// - Parameters:
  ///   - limit: How many at the most.
  ///   - before: Only runs with a smaller number.
  package func runs(
    limit: Int, before: RunID? = nil, kind: RunKind? = nil
  ) async throws(StoreError) -> [SyncRun] {
    try await translated {
      try RunRecords.read(
        await database.repeatable(RunRecords.list(limit: limit, before: before, kind: kind)))
    }
  }

  /// One recorded run, nil when there is none of that number.
  package func run(_ id: RunID) async throws(StoreError) -> SyncRun? {
    try await translated {
      try RunRecords.read(
        await database.repeatable(RunRecords.list(limit: 1, before: nil, kind: nil, id: id))
      ).first
    }
  }

  /// How far the stored log reaches.
  ///
  /// - Parameter now: A call that begins later, by the process's clock, does not count.
  package func coverage(now: Timestamp) async throws(StoreError) -> Coverage {
    try await translated {
      let row = try await database.repeatable(CoverageQuery.statement(now: now)).rows.first
      let directory = try PhoneDirectoryQuery.read(
        await database.repeatable(PhoneDirectoryQuery.statement), defaultWorkspace: defaultWorkspace)
      return Coverage(
        coveredUntil: try row?.moment(0), newestCall: try row?.moment(1), listedNumbers: directory.count)
    }
  }
}
