import CallDomain
import Postgres

/// What the status page adds up, in four statements. None reads the table of calls itself but for the last
/// day's calls in the default workspace.
enum PageQuery {
  /// Calls by hour, by day and by what they came to, in the order of `readTotals`.
  ///
  /// Each hour and day is looked up by itself: to work out from each call's time in which it lies would take
  /// five times as long.
  static func totals(_ scope: PageScope) -> PostgresStatement {
    PostgresStatement(
      """
      WITH counted AS (
        SELECT span.is_hour, span.start, c.workspace_id, c.price_unit, c.calls, c.billable_minutes, c.cost, c.unpriced
        FROM (SELECT false AS is_hour, start, start + INTERVAL '24 hours' AS stop
            FROM generate_series($1::timestamptz, $3::timestamptz, INTERVAL '24 hours') AS day (start)
          UNION ALL SELECT true, start, start + INTERVAL '1 hour'
            FROM generate_series($2::timestamptz, $3::timestamptz, INTERVAL '1 hour') AS hour (start)) span
        CROSS JOIN LATERAL (
          SELECT workspace_id, price_unit, \(SQL.figures("c"))
          FROM calls c WHERE \(SQL.isOfCase("c")) AND call_date >= span.start
            AND call_date < least(span.stop, $3::timestamptz + INTERVAL '1 millisecond')
            AND ($4::bigint IS NULL OR workspace_id = $4::bigint)
          GROUP BY workspace_id, price_unit) c)
      SELECT is_hour, \(SQL.milliseconds("start")), workspace_id, price_unit, sum(calls)::bigint,
        sum(billable_minutes)::bigint, sum(cost)::text, sum(unpriced)::bigint
      FROM counted
      GROUP BY GROUPING SETS ((is_hour, start, workspace_id), (is_hour, workspace_id, price_unit))
      HAVING start IS NOT NULL OR NOT is_hour
      """,
      [.moment(scope.period.start), .moment(firstHour(scope)), .moment(scope.last), workspace(scope)])
  }

  /// Transfers apart from the calls of the number that decided them: no search finds both and nothing else.
  static func defaultShares(_ workspace: WorkspaceID, now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT direction, CASE WHEN direction <> 'trunking-originating' THEN phone_number END AS number,
        phone_number IS NULL AS is_undecided, count(*)
      FROM calls c
      WHERE \(SQL.isOfCase("c")) AND workspace_id = $1::bigint
        AND call_date > $2::timestamptz - INTERVAL '24 hours' AND call_date <= $2::timestamptz
      GROUP BY direction, number, is_undecided ORDER BY count(*) DESC, number, direction, is_undecided LIMIT 10
      """,
      [.int(workspace.number), .moment(now)])
  }

  /// The workspaces, each with what stands beside them all.
  static func workspaces(_ defaultWorkspace: WorkspaceID, _ scope: PageScope) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT w.id, w.name, unmatched.calls, slices.*,
        EXISTS (SELECT FROM workspace_phones WHERE workspace_id <> $4::bigint
          OR workspace_id IS NOT NULL AND is_primary)
      FROM (SELECT count(*) AS calls FROM calls WHERE source = 'twilio' AND direction = 'trunking-originating'
          AND phone_number IS NULL AND call_date >= $1::timestamptz AND call_date <= $2::timestamptz
          AND ($3::bigint IS NULL OR workspace_id = $3::bigint)) unmatched
      CROSS JOIN (SELECT count(*) FILTER (WHERE is_done), count(*),
          \(length("FILTER (WHERE is_done)")), \(length(""))
        FROM sync_slices
        WHERE run_id = (SELECT max(id) FROM sync_runs WHERE kind = 'historical')) slices
      LEFT JOIN workspaces w ON true
      """,
      [
        .moment(scope.period.start), .moment(scope.last), workspace(scope), .int(defaultWorkspace.number),
      ])
  }

  /// How long the slices are together, in milliseconds.
  private static func length(_ filter: String) -> String {
    let length = "\(SQL.milliseconds("slice_end")) - \(SQL.milliseconds("slice_start"))"
    return "coalesce(least(sum(\(length)) \(filter), 1e15), 0)::bigint"
  }

  /// The beginning of the first of the hours; after the last moment where there are none.
  private static func firstHour(_ scope: PageScope) -> Timestamp {
    let end = scope.period.end
    return scope.endsNow
      ? end.startOfHour.adding(hours: -(PageFigures.hourCount - 1)) : end.adding(hours: 1)
  }

  private static func workspace(_ scope: PageScope) -> PostgresValue {
    scope.workspace.map { .int($0.number) } ?? .null
  }
}

extension PageQuery {
  static func readTotals(_ result: PostgresResult, into figures: inout PageFigures) throws(PostgresError) {
    for row in result.rows {
      let workspace = try row.workspace(2)
      let calls = try row.count(4)
      guard let start = try row.moment(1) else {
        try figures.totals.append(
          PageFigures.Total(
            workspace: workspace, unit: row.text(3), calls: calls, minutes: row.count(5),
            cost: row.text(6), unpriced: row.count(7)))
        continue
      }
      let bucket = PageFigures.Bucket(start: start, workspace: workspace, calls: calls)
      if try row.requiredBool(0) { figures.hours.append(bucket) } else { figures.days.append(bucket) }
    }
    figures.hours.sort(by: precedes)
    figures.days.sort(by: precedes)
    figures.totals.sort {
      ($0.workspace?.number ?? 0, $0.unit ?? "") < ($1.workspace?.number ?? 0, $1.unit ?? "")
    }
  }

  private static func precedes(_ left: PageFigures.Bucket, _ right: PageFigures.Bucket) -> Bool {
    (left.start, left.workspace?.number ?? 0) < (right.start, right.workspace?.number ?? 0)
  }

  static func readShares(_ result: PostgresResult) throws(PostgresError) -> [PageFigures.DefaultShare] {
    var shares: [PageFigures.DefaultShare] = []
    for row in result.rows {
      guard let attributionCase = try row.text(0).flatMap({ CallDirection($0).attributionCase }) else {
        continue
      }
      let reason: PageFigures.DefaultShare.Reason =
        switch (try row.text(1), attributionCase, try row.requiredBool(2)) {
        case (let number?, _, _): .number(number, attributionCase)
        case (nil, .transfer, false): .relatedTransfers
        case (nil, .transfer, true): .unmatched
        case (nil, _, _): .withheld
        }
      try shares.append(PageFigures.DefaultShare(reason, calls: row.count(3)))
    }
    return shares
  }

  static func readWorkspaces(
    _ result: PostgresResult, into figures: inout PageFigures
  ) throws(PostgresError) {
    for row in result.rows {
      if let id = try row.workspace(0) { figures.names[id] = try row.text(1) }
      figures.unmatchedTransfers = try row.count(2)
      figures.hasAssignedNumbers = try row.requiredBool(7)
      let slices = try row.count(4)
      if slices > 0 {
        figures.resync = try PageFigures.Resync(
          doneSlices: row.count(3), slices: slices, doneMilliseconds: row.requiredInt(5),
          milliseconds: row.requiredInt(6))
      }
    }
  }
}
