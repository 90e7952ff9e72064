import CallDomain
import Postgres

/// Whether the tables can take every call: types and encoding of an adopted database that would refuse some, or
/// all, of them.
enum TableFit {
  static let misfits = PostgresStatement(
    """
    SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), wanted.type,
      quote_ident(c.relname), quote_ident(a.attname)
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
          remedy: "ALTER TABLE \(row.requiredText(3)) ALTER COLUMN \(column) TYPE \(wanted)\(conversion);"))
    }
    return misfits
  }

  static let encoding = PostgresStatement(
    "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
}
