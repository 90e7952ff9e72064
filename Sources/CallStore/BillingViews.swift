import Postgres

/// The views `twilio_billing_monthly` and `twilio_calls_hourly` (Reference.md, "The views of the bill"). What they
/// count is `SQL.figures`, as on the status page. Another definition needs another step of the migration.
enum BillingViews {
  /// Whose they are is known by their columns.
  static let names = ["twilio_billing_monthly", "twilio_calls_hourly"]
  private static let columns = [
    "month, workspace_id, workspace_name, price_unit, \(figures)",
    "hour, workspace_id, direction, price_unit, \(figures)",
  ]
  private static let figures = "calls, answered, seconds, billable_minutes, cost, unpriced"

  // The types are the same whatever those of an adopted table are. Calls without a time are billed, too.
  private static let queries = [
    """
    SELECT b.month, b.workspace_id, w.name::text AS workspace_name, b.price_unit, b.calls, b.answered, b.seconds,
      b.billable_minutes, b.cost, b.unpriced
    FROM (
      SELECT date_trunc('month', (\(SQL.time("c.call_date"))) AT TIME ZONE 'UTC')::date AS month,
        c.workspace_id::bigint AS workspace_id, c.price_unit::text AS price_unit, \(SQL.figures("c"))
      FROM calls c WHERE \(SQL.isOfCase("c")) GROUP BY 1, 2, 3) b
    LEFT JOIN workspaces w ON w.id = b.workspace_id
    """,
    """
    SELECT date_trunc('hour', \(SQL.time("c.call_date")), 'UTC') AS hour, c.workspace_id::bigint AS workspace_id,
      c.direction::text AS direction, c.price_unit::text AS price_unit, \(SQL.figures("c"))
    FROM calls c WHERE \(SQL.isOfCase("c")) GROUP BY 1, 2, 3, 4
    """,
  ]

  /// Names and columns, as `TableFit` asks for them.
  static let known = zip(names, columns).map { "('\($0)', '\($1)')" }.joined(separator: ", ")

  /// Whether both are there, and show a reader no more than the tables would where the server can see to that.
  static let areCurrent = """
    (SELECT count(*) = \(names.count) FROM pg_class c WHERE \(isOurs) AND (NOT \(canInvoke) OR EXISTS (
      SELECT FROM pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker' AND option_value::boolean)))
    """

  /// What an operator runs before a column is changed that they read; `migrate` makes them again.
  static let drop = "DROP VIEW IF EXISTS \(names.joined(separator: ", "));"

  /// Whether they read a column, which then cannot be changed.
  static func read(_ attribute: String) -> String {
    """
    EXISTS (SELECT FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
      JOIN pg_class c ON c.oid = r.ev_class AND \(isOurs)
      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = \(attribute).attrelid
        AND d.refobjsubid = \(attribute).attnum)
    """
  }

  private static let canInvoke = "current_setting('server_version_num')::integer >= 150000"
  private static let list = names.map { "'\($0)'" }.joined(separator: ", ")
  private static let isOurs = """
    c.relname IN (\(list)) AND c.relkind = 'v' AND c.relnamespace = quote_ident(current_schema())::regnamespace
    """

  /// Makes them, in one statement. One that is there keeps its permissions and what others have built on it; if its
  /// columns are of other types it has to be dropped, and is given its permissions again.
  ///
  /// - Parameter change: A statement that they are in the way of: it is run while there are none.
  static func make(around change: String? = nil) -> String {
    let making = zip(names, queries).map { "('\($0)', $view$\($1)$view$)" }.joined(separator: ", ")
    return """
      DO $make$
      DECLARE
        old CONSTANT OID[] := ARRAY(SELECT c.oid FROM pg_class c WHERE \(isOurs));
        kept CONSTANT TEXT := (
          SELECT string_agg(format('GRANT %s%s ON %I TO %s%s', a.privilege_type, a.attribute, a.relname,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), '; ')
          FROM (SELECT c.relname, c.relowner, NULL AS attribute, x.* FROM pg_class c, aclexplode(c.relacl) x
              WHERE c.oid = ANY(old)
            UNION ALL SELECT c.relname, c.relowner, format(' (%I)', t.attname), x.*
              FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) x
              WHERE c.oid = ANY(old)) a
          WHERE a.grantee <> a.relowner);
        known CONSTANT NAME[] := ARRAY(SELECT relname FROM pg_class WHERE oid = ANY(old));
        made RECORD;
      BEGIN
        \(change.map { "\(drop) EXECUTE $change$\($0)$change$;" } ?? "")
        FOR made IN SELECT v.name, format('VIEW %I %s AS %s', v.name,
            CASE WHEN \(canInvoke) THEN 'WITH (security_invoker = true)' END, v.query) AS definition
          FROM (VALUES \(making)) AS v (name, query)
        LOOP
          BEGIN
            EXECUTE 'CREATE OR REPLACE ' || made.definition;
          EXCEPTION WHEN invalid_table_definition THEN
            EXECUTE format('DROP VIEW %I', made.name);
            EXECUTE 'CREATE ' || made.definition;
          END;
        END LOOP;
        IF EXISTS (SELECT FROM unnest(old) AS o (oid) WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = o.oid))
        THEN
          FOR made IN SELECT DISTINCT c.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
              AS grantee
            FROM pg_class c, aclexplode(c.relacl) a WHERE \(isOurs) AND c.relname = ANY(known)
              AND NOT c.oid = ANY(old) AND a.grantee <> c.relowner
          LOOP
            EXECUTE format('REVOKE ALL ON %I FROM %s', made.relname, made.grantee);
          END LOOP;
          EXECUTE coalesce(kept, 'SELECT');
        END IF;
        FOR made IN SELECT 'PUBLIC' AS grantee UNION ALL SELECT rolname FROM pg_roles
          WHERE rolname IN ('anon', 'authenticated')
        LOOP
          EXIT WHEN \(canInvoke);
          EXECUTE format('REVOKE ALL ON \(names.joined(separator: ", ")) FROM %s', made.grantee);
        END LOOP;
      END $make$
      """
  }
}
