import CallDomain
import Postgres

/// Up to where hourly runs have taken in the log, and what stands in for it before the first.
enum CoverageQuery {
  static func statement(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT \(SQL.milliseconds("covered_until")),
        CASE WHEN (\(SQL.time("covered_until"))) IS NULL THEN \(SQL.milliseconds(newestCall)) END
      FROM sync_state
      """,
      [.moment(now)])
  }

  /// Calls of an older program show how far it came; that is fixed before other runs add calls.
  static func begin(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_state SET covered_until = \(newestCall) WHERE (\(SQL.time("covered_until"))) IS NULL",
      [.moment(now)])
  }

  // Where an older program knew no start it made one up, the time of its run; such a row, which has no
  // other time either, counts only where there is no better one. A time in the future is no evidence.
  private static let newestCall =
    """
    (SELECT coalesce(max(call_date) FILTER (WHERE effective_at > 'epoch'), max(call_date)) FROM calls
      WHERE source = 'twilio' AND call_date BETWEEN 'epoch' AND $1::timestamptz)
    """
}
