import CallDomain
import Postgres

/// Which schema is ours: the one that the operator names, else the one that holds our `schema_migrations`. Who
/// migrates takes, where there is none yet, the one with calls of the earlier system, else `public`.
struct SchemaSearch {
  /// `DATABASE_SCHEMA`; nil to find it.
  let name: String?
  let isForMigration: Bool

  private struct Candidate {
    let name: String
    let quoted: String
    let isOpen: Bool
    let isOurs: Bool
    /// Whether a relation of another program stands where our `schema_migrations` would.
    let isTaken: Bool
    let hasOlderCalls: Bool
  }

  /// - Throws: `RunFailure` that says what to do where there is none, or more than one.
  func choice(of result: PostgresResult) throws -> String {
    let all = try result.rows.map { row in
      try Candidate(
        name: row.requiredText(0), quoted: row.requiredText(1), isOpen: row.requiredBool(2),
        isOurs: row.requiredBool(3), isTaken: row.requiredBool(4), hasOlderCalls: row.requiredBool(5))
    }
    let chosen = try chosen(of: all)
    guard chosen.isOpen else { throw RunFailure.forbidden("USAGE en el esquema \(chosen.quoted)") }
    if chosen.isTaken { throw RunFailure.takenSchema(chosen.quoted) }
    return chosen.quoted
  }

  private func chosen(of all: [Candidate]) throws(RunFailure) -> Candidate {
    if let name { return try named(name, in: all) }
    // Who may not use one of two schemas means the other.
    for kind in [\Candidate.isOurs, \.hasOlderCalls] where kind == \.isOurs || isForMigration {
      let candidates = all.filter { $0[keyPath: kind] }
      let open = candidates.filter(\.isOpen)
      guard open.count < 2 else { throw RunFailure.severalSchemas(open.map(\.quoted)) }
      if let one = open.first ?? candidates.first { return one }
    }
    guard isForMigration else { throw RunFailure.oldSchema(cause: "no schema has our schema_migrations") }
    return try named("public", in: all)
  }

  private func named(_ name: String, in all: [Candidate]) throws(RunFailure) -> Candidate {
    if let candidate = all.first(where: { $0.name == name }) { return candidate }
    throw RunFailure.noSchema("\"\(name.replacing("\"", with: "\"\""))\"")
  }

  /// What there is to choose from.
  var candidates: PostgresStatement {
    PostgresStatement(Self.sql, [name.map(PostgresValue.text) ?? .null])
  }

  private static let sql = """
    SELECT nspname::text, quote_ident(nspname), has_schema_privilege(oid, 'USAGE'), is_ours,
      has_migrations AND NOT is_ours, has_older_calls
    FROM (SELECT n.oid, n.nspname,
        EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'schema_migrations')
          AS has_migrations,
        EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'schema_migrations'
          AND \(hasColumns("version, name, applied_at, oldest_program"))) AS is_ours,
        EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'calls'
          AND \(hasColumns(olderColumns))
          AND EXISTS (SELECT FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' AND a.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indnkeyatts = 1)) AS has_older_calls
      FROM pg_namespace n
      WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '$user')) schemas
    WHERE is_ours OR has_older_calls OR nspname = 'public' OR nspname = $1
    ORDER BY nspname
    """

  private static let olderColumns =
    "id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date, raw_data, created_at"

  private static func hasColumns(_ names: String) -> String {
    """
    c.relkind = 'r' AND ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
      @> string_to_array('\(names)', ', ')
    """
  }
}
