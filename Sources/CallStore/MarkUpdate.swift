import CallDomain
import Postgres

/// Writes the marks of a page's progress.
enum MarkUpdate {
  /// - Parameters:
  ///   - outcome: What the page's commit did, for the counts that a mark keeps.
  ///   - run: Whose progress it is.
  static func statements(
    _ mark: IntakeMark, readAt: Timestamp, outcome: PageOutcome, run: RunID
  ) -> [PostgresStatement] {
    switch mark {
    case .coveredUntil(let moment):
      [
        PostgresStatement(
          "UPDATE sync_state SET covered_until = greatest(\(SQL.time("covered_until")), $1::timestamptz)",
          [.moment(moment)])
      ]
    case .coverageBegins(let moment):
      // A process whose clock is far ahead must not cover what is still to come.
      [
        PostgresStatement(
          """
          UPDATE sync_state SET covered_until = $1::timestamptz
          WHERE (\(SQL.time("covered_until"))) IS NULL AND $1::timestamptz <= now()
          """,
          [.moment(moment)])
      ]
    case .hole(let period):
      [
        PostgresStatement(
          """
          INSERT INTO sync_holes (period_start, period_end) VALUES ($1::timestamptz, $2::timestamptz)
          ON CONFLICT DO NOTHING
          """,
          [.moment(period.start), .moment(period.end)])
      ]
    case .gone(let sids): [WatchUpdate.gone(sids, readAt: readAt)]
    case .slice(let step): [SliceRecords.move(step, outcome: outcome, of: run)]
    case .sliceReplaced(let number, let slices):
      [
        SliceRecords.delete([number], of: run),
        SliceRecords.insert(slices.map { HistoryProgress.Part(slice: $0) }, of: run),
      ]
    }
  }
}
