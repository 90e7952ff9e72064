import CallDomain
import Postgres

/// The rows of `sync_runs`: one a run.
enum RunRecords {
  static func insert(
    kind: RunKind, isRehearsal: Bool, requestedBy: String, startedAt: Timestamp
  ) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO sync_runs (kind, state, dry_run, requested_by, started_at)
      VALUES ($1, 'running', $4, $2, $3::timestamptz) RETURNING id
      """,
      [.text(kind.rawValue), .text(requestedBy), .moment(startedAt), .bool(isRehearsal)])
  }

  /// A run that goes on with a resync has begun when that one's first run did.
  static func goOn(_ run: RunID, from old: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_runs r SET began_at = coalesce(o.began_at, o.started_at)
      FROM sync_runs o WHERE r.id = $1::bigint AND o.id = $2::bigint
      """,
      [.int(run.number), .int(old.number)])
  }

  /// When the first run of a run's resync began, by the processes' clock, as `began`.
  static func beginning(of run: String) -> String {
    """
    (SELECT min(\(SQL.time("s.started_at"))) AS began FROM sync_runs r JOIN sync_runs s
      ON s.id = r.id OR s.kind = 'historical' AND coalesce(s.began_at, s.started_at) = r.began_at
      WHERE r.id = \(run)) resync
    """
  }

  /// A run whose lease ran out has died or frozen; its successor says so. A row for each: its id, and whether it has
  /// moved any calls, which are then to be added up.
  static func markInterrupted(_ kind: RunKind, at moment: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_runs r SET state = 'interrupted', finished_at = $2::timestamptz,
        error = 'El proceso de esta ejecución murió o se detuvo.', reattributed_calls = 0
      WHERE kind = $1 AND state = 'running'
      RETURNING id, \(CallMoveRecords.hasAny(of: "r"))
      """,
      [.text(kind.rawValue), .moment(moment)])
  }

  static func setPeriod(_ period: Period, of run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_runs SET period_start = $2::timestamptz, period_end = $3::timestamptz
      WHERE id = $1::bigint
      """,
      [.int(run.number), .moment(period.start), .moment(period.end)])
  }

  /// How far a run has come; one that has ended stays as it is.
  static func setCounts(_ numbers: RunCounts, of run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_runs SET \(zip(2..., countColumns).map { "\($1) = $\($0)::bigint" }.joined(separator: ", "))
      WHERE id = $1::bigint AND state = 'running'
      """,
      [.int(run.number)] + RunCounts.named.map { .int(Int64(numbers[keyPath: $0.path])) })
  }

  /// Ends a run; one that was declared interrupted meanwhile stays so. The row is as that of `markInterrupted`.
  static func finish(_ run: SyncRun) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_runs r SET state = $2, finished_at = $3::timestamptz, error = $4, reattributed_calls = 0
      WHERE id = $1::bigint AND state = 'running'
      RETURNING id, \(CallMoveRecords.hasAny(of: "r"))
      """,
      [
        .int(run.id.number), .text(run.state.rawValue), .moment(run.finishedAt),
        run.error.map(PostgresValue.text) ?? .null,
      ])
  }

  /// What is read of a run `r`. One that says it is running while nobody holds its lease is interrupted.
  static let columns = """
    r.id, r.kind,
    CASE WHEN r.state = 'running' AND NOT EXISTS (
      SELECT FROM sync_leases l
      WHERE l.kind = r.kind AND l.run_id = r.id AND \(SQL.isHeld(until: "l.expires_at")))
    THEN 'interrupted' ELSE r.state END,
    \(SQL.milliseconds("r.started_at")), \(SQL.milliseconds("r.finished_at")),
    \(SQL.milliseconds("r.period_start")), \(SQL.milliseconds("r.period_end")), r.error,
    r.requested_by, r.dry_run, r.moves::text, (r.audit->'days')::text,
    \(countColumns.map { "r.\($0)" }.joined(separator: ", "))
    """

  /// How many columns that is.
  static let columnCount = 12 + RunCounts.named.count

  /// Newest first; without those of kinds that only a newer program knows.
  static func list(
    limit: Int, before: RunID?, kind: RunKind?, id: RunID? = nil, rehearsals: Bool = true
  ) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT \(columns)
      FROM sync_runs r
      WHERE ($1::bigint IS NULL OR r.id < $1::bigint) AND r.kind = ANY($2::text[])
        AND ($3::bigint IS NULL OR r.id = $3::bigint) AND ($5::boolean OR NOT r.dry_run)
      ORDER BY r.id DESC LIMIT $4::bigint
      """,
      [
        before.map { .int($0.number) } ?? .null,
        .textArray((kind.map { [$0] } ?? RunKind.allCases).map(\.rawValue)),
        id.map { .int($0.number) } ?? .null, .int(Int64(limit)), .bool(rehearsals),
      ])
  }

  static func read(_ result: PostgresResult) throws(PostgresError) -> [SyncRun] {
    var runs: [SyncRun] = []
    for row in result.rows {
      if let run = try read(row) { runs.append(run) }
    }
    return runs
  }

  /// Nil for a run of a kind or state that only a newer program knows.
  static func read(_ row: PostgresRow) throws(PostgresError) -> SyncRun? {
    guard let kind = try RunKind(rawValue: row.requiredText(1)),
      let state = try RunState(rawValue: row.requiredText(2))
    else { return nil }
    let times = try [row.moment(3), row.moment(4)]
    var run = try SyncRun(
      id: RunID(row.requiredInt(0)), kind: kind, state: state,
      startedAt: times.compactMap(\.self).first ?? .epoch,
      finishedAt: times[1], error: row.text(7), requestedBy: row.requiredText(8))
    if let start = try row.moment(5), let end = try row.moment(6) {
      run.period = Period(start: start, end: end)
    }
    run.isRehearsal = try row.requiredBool(9)
    run.moves = try CallMoveRecords.readSums(row.requiredText(10))
    run.days = try AuditRecords.days(row.text(11))
    for (column, count) in zip(12..., RunCounts.named) {
      run.counts[keyPath: count.path] = try row.count(column)
    }
    return run
  }

  private static let countColumns = RunCounts.named.map { SQL.column($0.name) }
}
