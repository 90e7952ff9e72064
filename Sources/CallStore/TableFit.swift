import CallDomain
import Postgres

/// Whether the tables are ours and can take every call: another program's tables of our names, lost keys, and types
/// and encoding of an adopted database that would refuse some calls, or all of them.
enum TableFit {
  /// The tables, what has to be unique in them, and columns by which they are known, which the oldest of each had.
  private static let tables = """
    (VALUES ('calls', 'id', '\(SchemaSearch.olderColumns)'), ('workspaces', 'id', 'id, name'),
      ('workspace_phones', NULL, 'id, workspace_id, phone_number'),
      ('sync_leases', 'kind', 'kind, token, run_id, expires_at'),
      ('sync_runs', 'id', 'id, kind, state, requested_by, started_at, finished_at, twilio_requests'),
      ('sync_state', 'only_row', 'only_row, covered_until'),
      ('sync_holes', NULL, 'period_start, period_end, recorded_at'),
      ('unsettled_calls', 'call_id', 'call_id, call_date, asked_at, given_up_at'),
      ('sync_slices', NULL, 'run_id, number, slice_start, slice_end, next_page'),
      ('sync_alerts', 'name', 'name, firing_since'),
      ('refused_calls', 'call_id', 'call_id, first_seen_at, last_tried_at, tries, reason, raw'),
      ('call_moves', 'id', 'id, call_id, run_id, moved_at, from_workspace, to_workspace, number, cause'),
      ('sync_audits', 'day', 'day, run_id, audited_at, kept, twilio_calls, missing, gone, different'))
      AS ours(name, key, columns)
    """

  /// What stands in the way of a migration: looked for before anything is changed. A row each.
  static let obstacles = PostgresStatement(
    """
    SELECT * FROM (SELECT ours.name, quote_ident(current_schema()), c.relkind IN ('r', 'p')
        AND \(hasColumns("c", "ours.columns")) AS is_ours,
        c.relkind = 'p' AS is_partitioned, ours.key, ours.key IS NULL OR \(hasKey("c", column: "ours.key")) AS has_key
      FROM \(tables) JOIN pg_class c ON c.oid = \(SQL.relation("ours.name"))
      UNION ALL
      SELECT ours.name, quote_ident(current_schema()), c.relkind = 'v' AND \(hasColumns("c", "ours.columns")),
        false, NULL, true
      FROM (VALUES \(BillingViews.known)) AS ours (name, columns)
      JOIN pg_class c ON c.oid = \(SQL.relation("ours.name"))) found
    WHERE NOT is_ours OR NOT has_key OR is_partitioned ORDER BY is_ours, name
    """)

  /// The tables that are not there; for a select list.
  static let missing = """
    (SELECT string_agg(ours.name, ', ' ORDER BY ours.name) FROM \(tables)
      WHERE \(SQL.relation("ours.name")) IS NULL)
    """

  /// The first table that lost what has to be unique in it, and that column; for a select list.
  static let lostKey = """
    (SELECT min(ours.name || ' ' || ours.key) FROM \(tables)
      JOIN pg_class c ON c.oid = \(SQL.relation("ours.name")) AND NOT \(hasKey("c", column: "ours.key")))
    """

  /// - Throws: `RunFailure` that names the first.
  static func refuse(_ result: PostgresResult) throws {
    guard let row = result.rows.first else { return }
    let table = try row.requiredText(0)
    guard try row.requiredBool(2) else {
      throw try RunFailure.takenSchema(row.requiredText(1), table: table)
    }
    if try row.requiredBool(3) { throw RunFailure.partitioned(table) }
    throw try RunFailure.noKey(table: table, column: row.requiredText(4))
  }

  /// Whether a table has those columns, which a text lists with commas between.
  static func hasColumns(_ table: String, _ columns: String) -> String {
    """
    ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = \(table).oid AND attnum > 0 AND NOT attisdropped) @> string_to_array(\(columns), ', ')
    """
  }

  /// Whether rows of a table can be found, and referred to, by one column.
  static func hasKey(_ table: String, column: String) -> String {
    """
    EXISTS (SELECT FROM pg_index i
      JOIN pg_attribute a ON a.attrelid = \(table).oid AND a.attname = \(column) AND a.attnum = i.indkey[0]
      WHERE i.indrelid = \(table).oid AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND i.indpred IS NULL AND i.indnkeyatts = 1)
    """
  }

  static let misfits = PostgresStatement(
    """
    SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), wanted.type,
      quote_ident(c.relname), quote_ident(a.attname), \(BillingViews.read("a"))
    FROM (VALUES ('calls', 'id', 'text'), ('calls', 'source', 'text'), ('calls', 'phone_from', 'text'),
        ('calls', 'phone_to', 'text'), ('calls', 'phone_number', 'text'), ('calls', 'lead_number', 'text'),
        ('calls', 'status', 'text'), ('calls', 'direction', 'text'), ('calls', 'price_unit', 'text'),
        ('calls', 'duration', 'integer'), ('calls', 'workspace_id', 'integer'),
        ('calls', 'call_date', 'timestamp with time zone'), ('calls', 'ended_at', 'timestamp with time zone'),
        ('calls', 'twilio_updated_at', 'timestamp with time zone'), ('calls', 'raw_data', 'jsonb'),
        ('workspace_phones', 'phone_number', 'text')) AS wanted(relation, name, type)
    JOIN pg_class c ON c.oid = \(SQL.relation("wanted.relation"))
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = wanted.name AND NOT a.attisdropped
    WHERE NOT CASE wanted.type WHEN 'text' THEN a.atttypid IN ('text'::regtype, 'varchar'::regtype)
        AND a.atttypmod = -1
      WHEN 'integer' THEN a.atttypid IN ('integer'::regtype, 'bigint'::regtype)
      ELSE format_type(a.atttypid, NULL) = wanted.type END
    ORDER BY c.relname, a.attnum
    """)

  static func read(_ result: PostgresResult) throws(PostgresError) -> [ColumnMisfit] {
    var misfits: [ColumnMisfit] = []
    for row in result.rows {
      let wanted = try row.requiredText(2)
      let column = try row.requiredText(4)
      let conversion = wanted.hasPrefix("timestamp") ? " USING \(column) AT TIME ZONE 'UTC'" : ""
      try misfits.append(
        ColumnMisfit(
          column: row.requiredText(0), type: row.requiredText(1),
          remedy: (row.requiredBool(5) ? BillingViews.drop + " " : "")
            + "ALTER TABLE \(row.requiredText(3)) ALTER COLUMN \(column) TYPE \(wanted)\(conversion);"))
    }
    return misfits
  }

  static let encoding = PostgresStatement(
    "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
}
