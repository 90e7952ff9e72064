import CallDomain
import Postgres

/// The rows of `sync_alerts`: which alerts were firing at the last look, what was told of them, and who is
/// telling it.
enum AlertRecords {
  /// Writes alerts that changed, and returns the names of those that nobody wrote before: of several processes
  /// one gets each change. A row is made where there is none. It names a column that older schemas lack: what was
  /// noted there untold would count as told once the column is made.
  static func update(_ changes: [Alert], now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO sync_alerts AS known (name, firing_since)
      SELECT name, since FROM unnest($1::text[], $2::timestamptz[]) AS seen (name, since) ORDER BY name
      ON CONFLICT (name) DO UPDATE SET firing_since = excluded.firing_since
        WHERE (known.firing_since IS NULL) <> (excluded.firing_since IS NULL)
      RETURNING name, claim
      """,
      [
        .textArray(changes.map(\.name.rawValue)),
        .moments(changes.map { $0.isFiring ? $0.since ?? now : nil }),
      ])
  }

  static let list = PostgresStatement(
    """
    SELECT name, told_firing, claim,
      CASE WHEN \(SQL.isHeld(until: "claimed_until"))
        THEN \(SQL.milliseconds("claimed_until")) - \(SQL.milliseconds("clock_timestamp()")) + 1 ELSE 0 END
    FROM sync_alerts
    """)

  static func read(_ result: PostgresResult) throws(PostgresError) -> [Alert.Name: AlertRecord] {
    var records: [Alert.Name: AlertRecord] = [:]
    for row in result.rows {
      guard let name = try Alert.Name(rawValue: row.requiredText(0)) else { continue }
      records[name] = try AlertRecord(
        isToldFiring: row.bool(1), claim: row.requiredInt(2), claimedFor: row.requiredInt(3))
    }
    return records
  }

  /// Takes the telling of an alert for a while, if it is still to be told and nobody took it after `claim`:
  /// the new claim, or no row. Whoever dies loses it when the while is over, and nobody knows what was heard.
  static func claim(_ alert: Alert, after claim: Int64) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_alerts SET claim = claim % 9223372036854775807 + 1, told_firing = NULL,
        claimed_until = clock_timestamp() + make_interval(secs => $4::integer)
      WHERE name = $1 AND claim = $2::bigint AND (firing_since IS NOT NULL) = $3::boolean
        AND told_firing IS DISTINCT FROM $3::boolean
        AND (claimed_until IS NULL OR NOT (\(SQL.isHeld(until: "claimed_until"))))
      RETURNING claim
      """,
      [.text(alert.name.rawValue), .int(claim), .bool(alert.isFiring), .int(claimSeconds)])
  }

  /// Ends a claim; changes no row where another followed it, and nothing more when it is repeated.
  static func settle(_ name: Alert.Name, claim: Int64, isToldFiring: Bool?) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_alerts SET told_firing = $3::boolean, claimed_until = NULL
      WHERE name = $1 AND claim = $2::bigint
      """,
      [.text(name.rawValue), .int(claim), isToldFiring.map { .bool($0) } ?? .null])
  }

  // More than one delivery may take.
  private static let claimSeconds: Int64 = 30
}
