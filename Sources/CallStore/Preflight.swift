import CallDomain
import Postgres

/// Whether the database is one that a run may write to: reachable, writable, of our schema, with
/// the default workspace, and hiding nothing from our role.
struct Preflight {
  let defaultWorkspace: WorkspaceID

  /// - Throws: `RunFailure` that says what is wrong.
  func check(_ database: Database, within limit: Duration?) async throws {
    let state = try await database.repeatable(Self.state, within: limit, isUrgent: true)
    guard let row = state.rows.first else { return }
    if try row.requiredBool(0) { throw RunFailure.standby(cause: "pg_is_in_recovery() is true") }
    if let source = try row.text(1) {
      throw RunFailure.readOnly(
        isOurs: source == "client",
        cause: "transaction_read_only is on; default_transaction_read_only: \(source)")
    }
    guard try row.requiredBool(2) else {
      database.forgetSchema()
      throw RunFailure.oldSchema(cause: "schema_migrations is missing")
    }
    if let tables = try row.text(3) { throw RunFailure.hiddenRows(in: tables) }
    if let missing = try row.text(4) { throw RunFailure.forbidden(missing) }
    // What is missing can be old, too.
    let missing = try row.text(5)
    let lostKey = try row.text(6)?.split(separator: " ").map(String.init)
    let schema = try await database.repeatable(
      missing == nil ? Self.schema(defaultWorkspace) : Self.versions, within: limit, isUrgent: true)
    guard let row = schema.rows.first else { return }
    guard try row.requiredBool(0) else {
      throw RunFailure.oldSchema(cause: "schema_migrations lacks a version up to \(Migrations.version)")
    }
    if try row.requiredInt(1) > Int64(Migrations.version) {
      throw RunFailure.newSchema(cause: "oldest_program is above \(Migrations.version)")
    }
    if let missing {
      throw RunFailure.incompleteSchema(
        missing, cause: "missing, though schema_migrations is complete: \(missing)")
    }
    if let table = lostKey?.first, let column = lostKey?.last {
      throw RunFailure.noKey(table: table, column: column)
    }
    guard try row.requiredBool(2) else { throw RunFailure.noDefaultWorkspace(defaultWorkspace) }
  }

  /// - Throws: `RunFailure` where row level security hides rows from our role: what is asked then of the tables
  ///   would be answered as if they were not there.
  static func confirmAllIsSeen(_ database: Database) async throws {
    let hidden = try await database.repeatable(hiddenFromReaders)
    if let tables = try hidden.rows.first?.text(0) { throw RunFailure.hiddenRows(in: tables) }
  }

  private static let hiddenFromReaders = PostgresStatement(
    "SELECT "
      + hidden(
        """
        ('workspaces', 'r'), ('workspace_phones', 'r'), ('calls', 'r'), ('sync_runs', 'r'), ('sync_state', 'r'),
        ('sync_holes', 'r'), ('sync_slices', 'r'), ('unsettled_calls', 'r'), ('refused_calls', 'r'),
        ('sync_alerts', 'r'), ('call_moves', 'r'), ('sync_audits', 'r')
        """))

  // Row level security hides nothing from a role to which it does not apply, and nothing where a
  // permissive policy shows every row and no restrictive one narrows it.
  private static func hidden(_ needed: String) -> String {
    """
    (SELECT string_agg(DISTINCT c.relname, ', ')
      FROM (VALUES \(needed)) AS needed(relation, command)
      JOIN pg_class c ON c.oid = \(SQL.relation("needed.relation"))
      WHERE row_security_active(c.oid) AND (
        NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
          AND p.polcmd::text IN ('*', needed.command) AND \(showsAll)
          AND EXISTS (SELECT FROM unnest(p.polroles) role WHERE role = 0 OR pg_has_role(role, 'USAGE')))
        OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive
          AND p.polcmd::text IN ('*', needed.command)
          AND EXISTS (SELECT FROM unnest(p.polroles) role WHERE role = 0 OR pg_has_role(role, 'USAGE')))))
    """
  }

  // Missing permissions are asked for, so that a run that lacks one does not begin. Reading is asked of all
  // tables, updating of those that are updated.
  private static let state = PostgresStatement(
    """
    SELECT pg_is_in_recovery(),
      CASE WHEN current_setting('transaction_read_only')::boolean
        THEN (SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only') END,
      \(SQL.relation("'schema_migrations'")) IS NOT NULL,
      \(hidden("""
        ('workspaces', 'r'), ('workspace_phones', 'r'), ('workspace_phones', 'w'), ('calls', 'r'), ('calls', 'w'),
        ('sync_runs', 'r'), ('sync_runs', 'w'), ('sync_leases', 'r'), ('sync_leases', 'w'), ('sync_state', 'r'),
        ('sync_state', 'w'), ('sync_holes', 'r'), ('sync_holes', 'd'), ('sync_slices', 'r'), ('sync_slices', 'w'),
        ('sync_slices', 'd'), ('unsettled_calls', 'r'), ('unsettled_calls', 'w'), ('unsettled_calls', 'd'),
        ('refused_calls', 'r'), ('refused_calls', 'w'), ('refused_calls', 'd'), ('sync_alerts', 'r'),
        ('sync_alerts', 'w'), ('call_moves', 'r'), ('sync_audits', 'r'), ('sync_audits', 'w'),
        ('schema_migrations', 'r')
        """)),
      (SELECT string_agg(missing, ', ' ORDER BY missing) FROM (
        SELECT needed.privilege || ' en ' || c.relname AS missing
        FROM (VALUES ('workspaces', 'SELECT'), ('workspace_phones', 'SELECT'),
          ('workspace_phones', 'INSERT'), ('workspace_phones', 'UPDATE'), ('calls', 'SELECT'),
          ('calls', 'INSERT'), ('calls', 'UPDATE'), ('sync_runs', 'SELECT'), ('sync_runs', 'INSERT'),
          ('sync_runs', 'UPDATE'), ('sync_leases', 'SELECT'), ('sync_leases', 'INSERT'),
          ('sync_leases', 'UPDATE'),
          ('sync_state', 'SELECT'), ('sync_state', 'UPDATE'), ('sync_holes', 'SELECT'),
          ('sync_holes', 'INSERT'), ('sync_holes', 'DELETE'), ('sync_slices', 'SELECT'),
          ('sync_slices', 'INSERT'), ('sync_slices', 'UPDATE'), ('sync_slices', 'DELETE'),
          ('unsettled_calls', 'SELECT'), ('unsettled_calls', 'INSERT'), ('unsettled_calls', 'UPDATE'),
          ('unsettled_calls', 'DELETE'), ('refused_calls', 'SELECT'), ('refused_calls', 'INSERT'),
          ('refused_calls', 'UPDATE'), ('refused_calls', 'DELETE'), ('sync_alerts', 'SELECT'), ('sync_alerts', 'INSERT'),
          ('sync_alerts', 'UPDATE'), ('call_moves', 'SELECT'), ('call_moves', 'INSERT'),
          ('sync_audits', 'SELECT'), ('sync_audits', 'INSERT'), ('sync_audits', 'UPDATE'),
          ('schema_migrations', 'SELECT'))
          AS needed(relation, privilege)
        JOIN pg_class c ON c.oid = \(SQL.relation("needed.relation"))
        WHERE NOT CASE needed.privilege WHEN 'DELETE' THEN has_table_privilege(c.oid, 'DELETE')
          ELSE has_any_column_privilege(c.oid, needed.privilege) END
        UNION ALL
        SELECT 'USAGE en ' || pg_get_serial_sequence('workspace_phones', attname) FROM pg_attribute
        WHERE attrelid = \(SQL.relation("'workspace_phones'")) AND attname = 'id' AND attidentity = ''
          AND NOT has_sequence_privilege(pg_get_serial_sequence('workspace_phones', attname), 'USAGE, UPDATE')
      ) missing),
      \(TableFit.missing), \(TableFit.lostKey)
    """)

  // A policy that is the constant true. The server's own reading of an expression waits for whoever holds the
  // table locked, and so would /ready; so the stored tree of the constant is looked at first (nodes/outfuncs.c).
  private static let showsAll = """
    CASE WHEN p.polqual::text ~ '^\\{CONST :consttype 16 .*:constisnull false .*:constvalue 1 \\[ (0 )*1 (0 )*\\]\\}$'
      THEN true ELSE pg_get_expr(p.polqual, p.polrelid) = 'true' END
    """

  /// One row where the workspace is there.
  static func exists(_ workspace: WorkspaceID) -> PostgresStatement {
    PostgresStatement("SELECT FROM workspaces WHERE id = $1::bigint", [.int(workspace.number)])
  }

  private static let recorded = """
    coalesce(array_agg(version::bigint) @> $1::bigint[], false), coalesce(max(oldest_program), 0)
    """
  private static let ours = PostgresValue.intArray(Migrations.all.map { Int64($0.version) })

  private static let versions = PostgresStatement("SELECT \(recorded) FROM schema_migrations", [ours])

  private static func schema(_ defaultWorkspace: WorkspaceID) -> PostgresStatement {
    PostgresStatement(
      "SELECT \(recorded), EXISTS (SELECT FROM workspaces WHERE id = $2::bigint) FROM schema_migrations",
      [ours, .int(defaultWorkspace.number)])
  }
}
