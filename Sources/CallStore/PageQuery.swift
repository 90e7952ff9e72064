import CallDomain
import Postgres

/// What the status page adds up, in four statements of which none reads the table of calls itself but for the
/// last day's calls in the default workspace.
enum PageQuery {
  static let days = 30
  static let hours = 24

  /// Calls by workspace and span of time; and what they came to by workspace and unit. Each span is a range of the
  /// index that is added up by itself, so that no row's time is looked at.
  static func totals(now: Timestamp) -> PostgresStatement {
    let spans = spans(now)
    return PostgresStatement(
      """
      SELECT workspace_id, price_unit, \(SQL.milliseconds("span_start")), is_hour, sum(calls), sum(minutes),
        sum(cost)::text
      FROM (SELECT s.span_start, s.is_hour, c.*
        FROM unnest($1::timestamptz[], $2::timestamptz[], $3::boolean[]) AS s (span_start, span_end, is_hour)
        CROSS JOIN LATERAL (SELECT workspace_id, price_unit, count(*) AS calls,
            sum((duration + 59) / 60) AS minutes, sum(cost) AS cost
          FROM calls WHERE source = 'twilio' AND call_date >= s.span_start AND call_date < s.span_end
          GROUP BY workspace_id, price_unit) c) spans
      GROUP BY GROUPING SETS ((workspace_id, span_start, is_hour), (workspace_id, price_unit))
      """,
      [
        .moments(spans.map(\.period.start)), .moments(spans.map(\.period.end)),
        .boolArray(spans.map(\.isHour)),
      ])
  }

  /// The days up to the first of the hours, then the hours.
  private static func spans(_ now: Timestamp) -> [(period: Period, isHour: Bool)] {
    let hour = firstHour(now)
    let days = (0..<days).map { firstDay(now).adding(hours: 24 * $0) }.filter { $0 < hour }
      .map { (Period(start: $0, end: min($0.startOfNextDay, hour)), false) }
    let hours = (0..<hours).map { hour.adding(hours: $0) }.map {
      (Period(start: $0, end: $0.adding(hours: 1)), true)
    }
    return days + hours
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
      SELECT w.id, w.name,
        (SELECT count(*) FROM calls WHERE source = 'twilio' AND direction = 'trunking-originating'
          AND phone_number IS NULL AND call_date >= $1::timestamptz AND call_date <= $2::timestamptz),
        slices.done, slices.total
      FROM workspaces w, (SELECT count(*) FILTER (WHERE is_done) AS done, count(*) AS total FROM sync_slices
        WHERE run_id = (SELECT max(id) FROM sync_runs WHERE kind = 'historical')) slices
      """,
      [.moment(firstDay(now)), .moment(now)])
  }

  /// 00:00 UTC of the first of the days.
  private static func firstDay(_ now: Timestamp) -> Timestamp {
    now.startOfDay.adding(hours: -24 * (days - 1))
  }

  /// The beginning of the first of the hours.
  private static func firstHour(_ now: Timestamp) -> Timestamp {
    let hour = Timestamp(milliseconds: now.milliseconds - now.milliseconds % 3_600_000)
    return hour.adding(hours: -(hours - 1))
  }

  static func readTotals(_ result: PostgresResult, into figures: inout PageFigures) throws(PostgresError) {
    var days: [Key: Int] = [:]
    for row in result.rows {
      let workspace = try row.workspace(0)
      let calls = try Int(row.requiredInt(4))
      guard let start = try row.moment(2) else {
        try figures.totals.append(
          PageFigures.Total(
            workspace: workspace, unit: row.text(1), calls: calls, minutes: Int(row.int(5) ?? 0),
            cost: row.text(6)))
        continue
      }
      if try row.requiredBool(3) {
        figures.hours.append(PageFigures.Bucket(start: start, workspace: workspace, calls: calls))
      }
      days[Key(start: start.startOfDay, workspace: workspace), default: 0] += calls
    }
    figures.days = days.map {
      PageFigures.Bucket(start: $0.key.start, workspace: $0.key.workspace, calls: $0.value)
    }
    figures.hours.sort(by: precedes)
    figures.days.sort(by: precedes)
    figures.totals.sort {
      ($0.workspace?.number ?? 0, $0.unit ?? "") < ($1.workspace?.number ?? 0, $1.unit ?? "")
    }
  }

  // A day's hours of today and the rest of yesterday's are one day each.
  private struct Key: Hashable {
    let start: Timestamp
    let workspace: WorkspaceID?
  }

  private static func precedes(_ left: PageFigures.Bucket, _ right: PageFigures.Bucket) -> Bool {
    (left.start, left.workspace?.number ?? 0) < (right.start, right.workspace?.number ?? 0)
  }

  static func readNumbers(_ result: PostgresResult) throws(PostgresError) -> [PageFigures.NumberShare] {
    var numbers: [PageFigures.NumberShare] = []
    for row in result.rows {
      try numbers.append(PageFigures.NumberShare(number: row.text(0), calls: Int(row.requiredInt(1))))
    }
    return numbers
  }

  static func readWorkspaces(_ result: PostgresResult, into figures: inout PageFigures) throws(PostgresError)
  {
    for row in result.rows {
      figures.names[try WorkspaceID(row.requiredInt(0))] = try row.text(1)
      figures.unmatchedTransfers = try Int(row.requiredInt(2))
      let slices = try Int(row.requiredInt(4))
      if slices > 0 {
        figures.resync = try PageFigures.Resync(doneSlices: Int(row.requiredInt(3)), slices: slices)
      }
    }
  }
}
