import CallDomain
import Postgres

/// Writes the marks of a page's progress.
enum MarkUpdate {
  static func statement(_ mark: IntakeMark, readAt: Timestamp) -> PostgresStatement {
    switch mark {
    case .coveredUntil(let moment):
      PostgresStatement(
        "UPDATE sync_state SET covered_until = greatest(covered_until, $1::timestamptz)",
        [.moment(moment)])
    case .hole(let period):
      PostgresStatement(
        """
        INSERT INTO sync_holes (period_start, period_end) VALUES ($1::timestamptz, $2::timestamptz)
        ON CONFLICT DO NOTHING
        """,
        [.moment(period.start), .moment(period.end)])
    case .gone(let sids): WatchUpdate.gone(sids, readAt: readAt)
    }
  }
}
