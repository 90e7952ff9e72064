import CallDomain
import Postgres

/// What the alerts are judged by, in two statements whose cost does not grow with the table of calls.
enum StatusQuery {
  static func read(_ facts: PostgresResult, runs: PostgresResult) throws(PostgresError) -> StatusFacts {
    guard let row = facts.rows.first else { return StatusFacts() }
    var facts = StatusFacts()
    facts.coveredUntil = try row.moment(0)
    facts.newestCall = try row.moment(1)
    facts.callsOfDay = try row.count(2)
    facts.defaultCallsOfDay = try row.count(3)
    facts.installedAt = try row.moment(4)
    facts.unsettledCalls = try row.count(5)
    facts.givenUpCalls = try row.count(6)
    facts.holes = try pairs(row.requiredText(7)).compactMap { start, end in
      guard let start = Int64(start), let end = Int64(end) else { return nil }
      return Period(start: Timestamp(milliseconds: start), end: Timestamp(milliseconds: end))
    }
    for (name, since) in try pairs(row.requiredText(8)) {
      guard let name = Alert.Name(rawValue: name), let since = Int64(since) else { continue }
      facts.firingSince[name] = Timestamp(milliseconds: since)
    }
    facts.runs = try readRuns(runs)
    return facts
  }

  /// - Parameter now: The end of the last 24 hours, by the process's clock; the newest call is not later.
  static func facts(_ defaultWorkspace: WorkspaceID, now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT (SELECT \(SQL.milliseconds("covered_until")) FROM sync_state),
        (SELECT \(SQL.milliseconds("max(call_date)")) FROM calls
          WHERE source = 'twilio' AND call_date <= $2::timestamptz),
        day.calls, day.default_calls,
        (SELECT \(SQL.milliseconds("min(\(SQL.time("applied_at")))")) FROM schema_migrations),
        unsettled.calls, unsettled.given_up,
        (SELECT coalesce(string_agg(\(SQL.milliseconds("period_start")) || '/'
          || \(SQL.milliseconds("period_end")), ' ' ORDER BY period_start), '') FROM sync_holes),
        (SELECT coalesce(string_agg(name || '/' || \(SQL.milliseconds("firing_since")), ' '), '')
          FROM sync_alerts)
      FROM (SELECT count(*) AS calls, count(*) FILTER (WHERE workspace_id = $1::bigint) AS default_calls
          FROM calls WHERE source = 'twilio' AND call_date > $2::timestamptz - INTERVAL '24 hours'
          AND call_date <= $2::timestamptz) day,
        (SELECT count(*) FILTER (WHERE given_up_at IS NULL) AS calls,
            count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up
          FROM unsettled_calls) unsettled
      """,
      [.int(defaultWorkspace.number), .moment(now)])
  }

  /// Of each kind the newest runs, one more than the alert looks at, since the newest may be in progress.
  static let runs = PostgresStatement(
    """
    SELECT \(RunRecords.columns), \(SQL.milliseconds("success.finished_at")),
      \(SQL.milliseconds("failing.ended_at"))
    FROM (VALUES \(RunKind.allCases.map { "('\($0.rawValue)')" }.joined(separator: ", "))) AS kinds (kind)
    CROSS JOIN LATERAL (SELECT * FROM sync_runs WHERE sync_runs.kind = kinds.kind
      ORDER BY id DESC LIMIT \(AlertRules.failuresInARow + 1)) r
    LEFT JOIN LATERAL (SELECT id, finished_at FROM sync_runs
      WHERE sync_runs.kind = kinds.kind AND state = 'succeeded' ORDER BY id DESC LIMIT 1) success ON true
    LEFT JOIN LATERAL (SELECT coalesce(finished_at, started_at) AS ended_at FROM sync_runs
      WHERE sync_runs.kind = kinds.kind AND id > coalesce(success.id, 0) AND state <> 'succeeded'
      ORDER BY id LIMIT 1) failing ON true
    ORDER BY r.kind, r.id DESC
    """)

  private static func readRuns(
    _ result: PostgresResult
  ) throws(PostgresError) -> [RunKind: StatusFacts.Runs] {
    var all: [RunKind: StatusFacts.Runs] = [:]
    for row in result.rows {
      guard let run = try RunRecords.read(row) else { continue }
      var runs = all[run.kind] ?? StatusFacts.Runs()
      runs.last = runs.last ?? run
      if run.state != .running, runs.ended.count < AlertRules.failuresInARow { runs.ended.append(run) }
      runs.lastSuccess = try row.moment(RunRecords.columnCount)
      runs.failingSince = try row.moment(RunRecords.columnCount + 1)
      all[run.kind] = runs
    }
    return all
  }

  /// Of `a/b c/d` the pairs.
  private static func pairs(_ text: String) -> [(String, String)] {
    text.split(separator: " ").compactMap { pair in
      let parts = pair.split(separator: "/")
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
  }
}
