import CallDomain
import Postgres

/// The workspace of calls that nothing else claims; `migrate` creates it where it is missing.
struct DefaultWorkspace {
  let id: WorkspaceID
  let fence: MigrationFence

  func createIfMissing(_ onCreation: () -> Void) async throws {
    let found = try await fence.database.repeatable(
      PostgresStatement(
        """
        SELECT EXISTS (SELECT FROM workspaces WHERE id = $1::bigint),
          EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'workspaces'::regclass
            AND attname = 'phone_number' AND attnotnull AND NOT attisdropped)
        """,
        [.int(id.number)]))
    guard let row = found.rows.first, try !row.requiredBool(0) else { return }
    let needsNumber = try row.requiredBool(1)
    try await fence.withTransaction { transaction in
      try await transaction.commit(with: [insertion(withNumber: needsNumber), moveSequence])
      return
    }
    onCreation()
  }

  private func insertion(withNumber: Bool) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO workspaces (id, name\(withNumber ? ", phone_number" : "")) OVERRIDING SYSTEM VALUE
      SELECT $1::bigint, 'Sin asignar'\(withNumber ? ", 'default:' || $1::bigint" : "")
      WHERE NOT EXISTS (SELECT FROM workspaces WHERE id = $1::bigint)
      """,
      [.int(id.number)])
  }

  // Otherwise the next workspace that somebody creates would be given an id that is taken.
  private var moveSequence: PostgresStatement {
    PostgresStatement(
      """
      SELECT setval(sequence, greatest(
        (SELECT max(id) FROM workspaces), coalesce(pg_sequence_last_value(sequence), 1)))
      FROM (SELECT pg_get_serial_sequence('workspaces', 'id')::regclass AS sequence) s
      WHERE sequence IS NOT NULL
      """)
  }
}
