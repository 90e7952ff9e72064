import CallDomain
import Postgres

/// Reads and extends `workspace_phones`.
enum PhoneDirectoryQuery {
  static let statement = PostgresStatement(
    "SELECT id, workspace_id, phone_number, coalesce(is_primary, false) FROM workspace_phones")

  static func read(
    _ result: PostgresResult, defaultWorkspace: WorkspaceID
  ) throws(PostgresError) -> PhoneDirectory {
    PhoneDirectory(rows: try rows(result), defaultWorkspace: defaultWorkspace)
  }

  static func rows(_ result: PostgresResult) throws(PostgresError) -> [PhoneRow] {
    var rows: [PhoneRow] = []
    rows.reserveCapacity(result.rows.count)
    for row in result.rows {
      try rows.append(
        PhoneRow(
          id: row.requiredInt(0), workspace: row.workspace(1), number: row.requiredText(2),
          isPrimary: row.requiredBool(3)))
    }
    return rows
  }

  /// Creates `phones` with the default workspace. Some databases allow a number once, others
  /// once a workspace; a row that somebody else created meanwhile stays.
  static func create(_ phones: [PhoneNumber], defaultWorkspace: WorkspaceID) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO workspace_phones (workspace_id, phone_number, is_primary)
      SELECT $1::bigint, number, false FROM unnest($2::text[]) AS number
      ON CONFLICT DO NOTHING
      """,
      [.int(defaultWorkspace.number), .textArray(phones.map(\.canonical))])
  }

  /// Gives rows without a workspace the default one.
  static func claim(_ rows: [Int64], defaultWorkspace: WorkspaceID) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE workspace_phones SET workspace_id = $1::bigint
      WHERE id = ANY($2::bigint[]) AND workspace_id IS NULL
      """,
      [.int(defaultWorkspace.number), .intArray(rows)])
  }
}
