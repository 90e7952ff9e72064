import CallDomain
import Postgres

/// What the status page adds up, in four statements. None reads the table of calls itself but for the last
/// day's calls in the default workspace.
enum PageQuery {
  /// Compiling the statement for a million calls takes longer than adding them up.
  static let uncompiled = PostgresStatement("SET LOCAL jit = off")

  /// Calls by hour, by day and by what they came to, in the order of `readTotals`.
  ///
  /// Each hour and day is looked up by itself: to work out from each call's time in which it lies would take
  /// five times as long.
  static func totals(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      WITH counted AS (
        SELECT span.is_hour, span.start, c.*
        FROM (SELECT false AS is_hour, start, start + INTERVAL '24 hours' AS stop
            FROM generate_series($1::timestamptz, $3::timestamptz, INTERVAL '24 hours') AS day (start)
          UNION ALL SELECT true, start, start + INTERVAL '1 hour'
            FROM generate_series($2::timestamptz, $3::timestamptz, INTERVAL '1 hour') AS hour (start)) span
        CROSS JOIN LATERAL (
          SELECT workspace_id, price_unit, count(*) AS calls,
            sum(duration / 60 + (duration % 60 > 0)::int) AS minutes, sum(cost) AS cost,
            count(*) FILTER (WHERE cost IS NULL AND duration > 0) AS unpriced
          FROM calls WHERE source = 'twilio' AND call_date >= span.start
            AND call_date < least(span.stop, $3::timestamptz + INTERVAL '1 millisecond')
          GROUP BY workspace_id, price_unit) c)
      SELECT is_hour, \(SQL.milliseconds("start")), workspace_id, price_unit, sum(calls)::bigint,
        coalesce(sum(minutes), 0)::bigint, sum(cost)::text, sum(unpriced)::bigint
      FROM counted
      GROUP BY GROUPING SETS ((is_hour, start, workspace_id), (is_hour, workspace_id, price_unit))
      HAVING start IS NOT NULL OR NOT is_hour
      """,
      [.moment(firstDay(now)), .moment(firstHour(now)), .moment(now)])
  }

  static func defaultNumbers(_ workspace: WorkspaceID, now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT phone_number, count(*) FROM calls
      WHERE source = 'twilio' AND workspace_id = $1::bigint
        AND call_date > $2::timestamptz - INTERVAL '24 hours' AND call_date <= $2::timestamptz
      GROUP BY phone_number ORDER BY count(*) DESC, phone_number LIMIT 10
      """,
      [.int(workspace.number), .moment(now)])
  }

  /// The workspaces, each with what stands beside them all.
  static func workspaces(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT w.id, w.name, unmatched.calls, slices.*
      FROM (SELECT count(*) AS calls FROM calls WHERE source = 'twilio' AND direction = 'trunking-originating'
          AND phone_number IS NULL AND call_date >= $1::timestamptz AND call_date <= $2::timestamptz) unmatched
      CROSS JOIN (SELECT count(*) FILTER (WHERE is_done), count(*),
          \(length("FILTER (WHERE is_done)")), \(length(""))
        FROM sync_slices
        WHERE run_id = (SELECT max(id) FROM sync_runs WHERE kind = 'historical')) slices
      LEFT JOIN workspaces w ON true
      """,
      [.moment(firstDay(now)), .moment(now)])
  }

  /// How long the slices are together, in milliseconds.
  private static func length(_ filter: String) -> String {
    let length = "\(SQL.milliseconds("slice_end")) - \(SQL.milliseconds("slice_start"))"
    return "coalesce(least(sum(\(length)) \(filter), 1e15), 0)::bigint"
  }

  /// 00:00 UTC of the first of the days.
  private static func firstDay(_ now: Timestamp) -> Timestamp {
    now.startOfDay.adding(hours: -24 * (PageFigures.dayCount - 1))
  }

  /// The beginning of the first of the hours.
  private static func firstHour(_ now: Timestamp) -> Timestamp {
    now.startOfHour.adding(hours: -(PageFigures.hourCount - 1))
  }
}
