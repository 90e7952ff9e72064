package import CallDomain
import Postgres

extension CallStore: RunLedger {
  package func check() async throws(RunFailure) {
    try await check(within: nil)
  }

  package func begin(
    _ kind: RunKind, isRehearsal: Bool, requestedBy: String, now: Timestamp, token: Int64
  ) async throws(RunFailure) -> RunFence {
    let record = RunRecords.insert(
      kind: kind, isRehearsal: isRehearsal, requestedBy: requestedBy, startedAt: now)
    return try await operation {
      // A commit of the run in progress has the row locked, for long if it froze; until its lease runs
      // out nobody need wait for it.
      let holder = try await database.repeatable(RunLease.read(kind.rawValue), isUrgent: true).rows.first
      if let holder, try holder.requiredBool(1) { throw try Self.alreadyRunning(holder) }
      if holder == nil { _ = try await database.repeatable(RunLease.make(kind.rawValue), isUrgent: true) }
      do {
        return try await CommitLockRescue.attempt(on: database, lease: lease) {
          try await PostgresError.repeated {
            do {
              return try await take(kind, record, now: now, token: token)
            } catch let error as PostgresError where error.kind == .uniqueViolation {
              _ = try await database.repeatable(SQL.moveSequence(of: "sync_runs"), isUrgent: true)
              return try await take(kind, record, now: now, token: token)
            }
          }
        }
      } catch let error as PostgresError where error.kind == .uniqueViolation {
        throw RunFailure.oldSequence(of: "sync_runs", cause: error.cause)
      } catch let error as PostgresError where error.kind == .lockTimeout {
        let free = try await database.repeatable(RunLease.probe(kind.rawValue), isUrgent: true)
        throw free.rows.isEmpty ? try Self.alreadyRunning(holder) : error
      }
    }
  }

  private func take(
    _ kind: RunKind, _ record: PostgresStatement, now: Timestamp, token: Int64
  ) async throws -> RunFence {
    let limits = PageCommit.limits(lockMilliseconds: lease.takeoverMilliseconds)
    let opening = [RunLease.lock(kind.rawValue)]
    return try await database.withTransaction(limits, opening: opening, isUrgent: true) { transaction in
      guard let holder = transaction.opening[0].rows.first else { throw RunFailure.leaseLost }
      // The row is locked, so whatever became of an earlier attempt is over.
      if try holder.requiredInt(3) == token {
        return try RunFence(kind: kind, run: RunID(holder.requiredInt(0)), token: token)
      }
      if try holder.requiredBool(1) { throw try Self.alreadyRunning(holder) }
      let inserted = try await transaction.pipeline([RunRecords.markInterrupted(kind, at: now), record])
      guard let row = inserted[1].rows.first else { throw RunFailure.leaseLost }
      let run = try RunID(row.requiredInt(0))
      let moving = try inserted[0].rows.filter { row in try row.requiredBool(1) }
      try await transaction.commit(
        with: [RunLease.take(kind.rawValue, run: run, token: token, seconds: lease.seconds)]
          + moving.map { row in try CallMoveRecords.addUp(of: RunID(row.requiredInt(0))) })
      return RunFence(kind: kind, run: run, token: token)
    }
  }

  package func release(_ kind: RunKind, token: Int64) async throws(RunFailure) {
    try await operation {
      // What is still under way has the row locked.
      let opening = [
        RunLease.lock(kind.rawValue), RunLease.release(kind: kind.rawValue, token: token),
      ]
      try await database.withTransaction(PageCommit.limits(lease), opening: opening, isUrgent: true) { _ in }
    }
  }

  private static func alreadyRunning(
    _ holder: PostgresRow?
  ) throws(PostgresError) -> RunFailure {
    let seconds = try holder?.int(2).map { max(1, Int(counted: $0)) }
    return try .alreadyRunning(holder?.int(0).map(RunID.init), retryAfter: seconds ?? lastCommitSeconds)
  }

  /// Seconds after which to ask again where only a last commit stands in the way of a takeover: it ends
  /// soon, or will be ended.
  private static let lastCommitSeconds = 10

  package func renew(_ fence: RunFence, counts: RunCounts) async throws(RunFailure) {
    try await operation {
      let result = try await database.repeatable(
        RunLease.renew(kind: fence.kind.rawValue, token: fence.token, seconds: lease.seconds), isUrgent: true)
      if result.affectedRows == 0 { throw RunFailure.leaseLost }
      _ = try await database.repeatable(RunRecords.setCounts(counts, of: fence.run), isUrgent: true)
    }
  }

  package func record(_ period: Period, of fence: RunFence) async throws(RunFailure) {
    try await operation { _ = try await database.repeatable(RunRecords.setPeriod(period, of: fence.run)) }
  }

  /// One transaction. The lease comes first, as where it is taken over: in another order the two could lock one
  /// another out.
  package func finish(
    _ run: SyncRun, rehearsed: [CallMove], fence: RunFence
  ) async throws(RunFailure) -> SyncRun {
    try await operation {
      try await PostgresError.repeated {
        let opening = [
          RunLease.release(kind: fence.kind.rawValue, token: fence.token),
          RunRecords.setCounts(run.counts, of: run.id), RunRecords.finish(run),
        ]
        return try await database.withTransaction(
          PageCommit.limits(lease), opening: opening, isUrgent: true
        ) { transaction in
          var last: [PostgresStatement] = []
          if let row = transaction.opening[2].rows.first {
            if !rehearsed.isEmpty {
              last.append(CallMoveRecords.addUp(rehearsed, of: run.id))
            } else if try row.requiredBool(1) {
              last.append(CallMoveRecords.addUp(of: run.id))
            }
          }
          last.append(RunRecords.list(limit: 1, before: nil, kind: nil, id: run.id))
          let results = try await transaction.commit(with: last)
          var ended = run
          if let recorded = try results.last.map(RunRecords.read)?.first {
            ended.counts.reattributedCalls = recorded.counts.reattributedCalls
            ended.moves = recorded.moves
          }
          return ended
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
  ) async throws(RunFailure) -> [SyncRun] {
    try await operation {
      try RunRecords.read(
        await database.repeatable(RunRecords.list(limit: limit, before: before, kind: kind)))
    }
  }

  /// One recorded run, nil when there is none of that number.
  package func run(_ id: RunID) async throws(RunFailure) -> SyncRun? {
    try await operation {
      try RunRecords.read(
        await database.repeatable(RunRecords.list(limit: 1, before: nil, kind: nil, id: id))
      ).first
    }
  }

  package func coverage(now: Timestamp) async throws(RunFailure) -> Coverage {
    try await operation {
      guard let row = try await database.repeatable(CoverageQuery.statement(now: now)).rows.first else {
        throw RunFailure.noState
      }
      let directory = try PhoneDirectoryQuery.read(
        await database.repeatable(PhoneDirectoryQuery.statement), defaultWorkspace: defaultWorkspace)
      return Coverage(
        coveredUntil: try row.moment(0), markAhead: try row.moment(2), newestCall: try row.moment(1),
        listedNumbers: directory.count)
    }
  }
}

/// Up to where hourly runs have taken in the log, and what stands in for it before the first.
enum CoverageQuery {
  static func statement(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT \(SQL.milliseconds(believed)),
        CASE WHEN \(believed) IS NULL THEN \(SQL.milliseconds(newestCall)) END,
        CASE WHEN \(believed) IS NULL THEN \(SQL.milliseconds("covered_until")) END
      FROM sync_state
      """,
      [.moment(now)])
  }

  static let row = PostgresStatement("SELECT FROM sync_state")
  static let makeRow = PostgresStatement("INSERT INTO sync_state DEFAULT VALUES ON CONFLICT DO NOTHING")

  /// Calls of an older program show how far it came; that is fixed before other runs add calls.
  static func begin(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_state SET covered_until = \(newestCall) WHERE \(believed) IS NULL",
      [.moment(now)])
  }

  /// Up to where the log is covered; NULL where nobody knows. If a mark in the future were believed, an outage before
  /// that moment would leave calls out and no hole.
  static let believed = SQL.past("covered_until")

  // Where an older program knew no start it made one up, the time of its run; such a row, which has no
  // other time either, counts only where there is no better one. A time in the future is no evidence.
  private static let newestCall =
    """
    (SELECT coalesce(max(call_date) FILTER (WHERE effective_at > 'epoch'), max(call_date)) FROM calls
      WHERE source = 'twilio' AND call_date BETWEEN 'epoch' AND $1::timestamptz)
    """
}
