import Postgres
import TestSupport

/// Everything of an older database that a migration must leave as it was, each thing as one line.
struct LegacySnapshot: Hashable {
  /// Row counts and checksums of tables by name.
  var tables: [String: String] = [:]
  /// Policies, constraints and indexes of the older tables, as SQL.
  var definitions: [String] = []
  /// What other programs' queries answer.
  var answers: [String: [String]] = [:]

  /// Takes the picture. A cost of 0 without a price counts as unknown before as after.
  init(of pool: PostgresPool) async throws {
    for (name, query) in Self.tableQueries {
      tables[name] = try await pool.line(
        "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM (\(query)) t"
      )
    }
    definitions = try await pool.lines(Self.definitionQuery)
    for (name, query) in Self.readerQueries {
      answers[name] = try await pool.lines("SELECT t::text FROM (\(query)) t ORDER BY 1")
    }
  }

  // xmin is the transaction that wrote the row: equal means that nothing touched it.
  private static let tableQueries = [
    "elevenlabs": """
    SELECT xmin, id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date, raw_data,
      created_at FROM calls WHERE source <> 'twilio'
    """,
    "twilio": """
    SELECT id, workspace_id, source, phone_from, phone_to, duration, status, call_date, raw_data, created_at,
      CASE WHEN cost = 0 AND coalesce(raw_data->>'price', '') = '' THEN NULL ELSE cost END
    FROM calls WHERE source = 'twilio'
    """,
    "twilio_snapshots": "SELECT xmin, * FROM twilio_snapshots",
    "workspaces": "SELECT xmin, * FROM workspaces WHERE name <> 'Sin asignar'",
    "workspace_phones": "SELECT xmin, * FROM workspace_phones",
  ]

  private static let older = "('workspaces', 'workspace_phones', 'calls', 'twilio_snapshots')"

  private static let definitionQuery = """
    SELECT concat_ws(' ', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check)
    FROM pg_policies WHERE tablename IN \(older)
    UNION ALL
    SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE conrelid::regclass::text IN \(older)
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE tablename IN \(older)
      AND indexname NOT IN ('calls_related', 'calls_transfers_by_time', 'calls_billing', 'calls_unmatched',
        'calls_unconverted', 'calls_by_caller', 'calls_by_callee', 'calls_unpriced')
    UNION ALL
    SELECT concat_ws(' ', relname, relrowsecurity, relforcerowsecurity, relowner::regrole) FROM pg_class
    WHERE relname IN \(older)
    UNION ALL
    SELECT viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public' AND viewname NOT LIKE 'twilio\\_%'
    ORDER BY 1
    """

  private static let readerQueries = [
    "by direction": """
    SELECT raw_data->>'direction' AS direction, count(*), sum(duration) FROM calls
    WHERE source = 'twilio' GROUP BY 1
    """,
    "outbound of a workspace": """
    SELECT id, phone_to, call_date FROM calls
    WHERE raw_data->>'direction' = 'outbound-api' AND workspace_id = 5
    """,
    "costs": "SELECT workspace_id, coalesce(sum(cost), 0) FROM calls GROUP BY 1",
    "view": "SELECT * FROM calls_by_direction",
  ]
}
