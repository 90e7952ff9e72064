import CallDomain
import Postgres

/// Writes the attribution of stored calls and nothing else of them.
enum AttributionUpdate {
  static func statement(_ changes: [Reattribution]) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE calls c SET workspace_id = n.workspace_id, phone_number = n.phone_number, updated_at = now()
      FROM unnest($1::text[], $2::bigint[], $3::text[]) AS n(id, workspace_id, phone_number)
      WHERE c.id = n.id AND c.source = 'twilio'
      """,
      [
        .textArray(changes.map(\.sid.text)),
        .intArray(changes.map(\.attribution.workspace.number)),
        .textArray(changes.map { $0.attribution.decidingNumber?.canonical }),
      ])
  }
}
