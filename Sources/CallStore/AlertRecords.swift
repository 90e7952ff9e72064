import CallDomain
import Postgres

/// The rows of `sync_alerts`: which alerts were firing at the last look.
enum AlertRecords {
  /// Writes those that changed, and returns their names: of several processes one gets each change.
  static func update(_ alerts: [Alert], now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_alerts SET firing_since = seen.since
      FROM unnest($1::text[], $2::timestamptz[]) AS seen (name, since)
      WHERE sync_alerts.name = seen.name AND (firing_since IS NULL) <> (seen.since IS NULL)
      RETURNING sync_alerts.name
      """,
      [
        .textArray(alerts.map(\.name.rawValue)),
        .moments(alerts.map { $0.isFiring ? $0.since ?? now : nil }),
      ])
  }
}
