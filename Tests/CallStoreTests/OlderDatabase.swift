import Postgres
import TestSupport

/// The older database that `migrate` adopts, filled as the older program filled it.
enum OlderDatabase {
  /// Calls of each of the shapes that the older program wrote.
  static let twilioCalls = 300

  /// Creates and fills it.
  ///
  /// - Parameter cost: The type of the column `cost`.
  static func make(on pool: PostgresPool) async throws {
    for statement in tables + [policies, workspaces, phones, calls, conversations, snapshots] {
      try await pool.run(statement)
    }
  }

  /// What other programs see of it: every row of every table, in the columns that it had.
  static func contents(_ pool: PostgresPool, except changed: String = "") async throws -> [String] {
    try await pool.lines(
      """
      SELECT 'workspace ' || (w.id, w.name, w.phone_number, w.created_at, w.updated_at)::text
      FROM workspaces w WHERE id <> 1
      UNION ALL SELECT 'phone ' || p::text FROM workspace_phones p
      UNION ALL SELECT 'snapshot ' || s::text FROM twilio_snapshots s
      UNION ALL SELECT 'call ' || (c.id, c.workspace_id, c.source, c.phone_from, c.phone_to, c.duration,
          CASE WHEN c.source = 'elevenlabs' THEN c.cost ELSE nullif(c.cost, 0) END, c.status, c.call_date,
          c.raw_data, c.created_at)::text
      FROM calls c
      UNION ALL SELECT 'policy ' || tablename || policyname || qual FROM pg_policies
      WHERE tablename IN ('workspaces', 'workspace_phones', 'calls', 'twilio_snapshots')
      UNION ALL SELECT 'security ' || relname FROM pg_class WHERE relrowsecurity
        AND relname IN ('workspaces', 'workspace_phones', 'calls', 'twilio_snapshots')
      ORDER BY 1
      """)
  }

  private static let tables = [
    """
    CREATE TABLE workspaces (
      id SERIAL PRIMARY KEY, name TEXT NOT NULL, phone_number TEXT NOT NULL UNIQUE,
      created_at TIMESTAMPTZ DEFAULT now(), updated_at TIMESTAMPTZ DEFAULT now())
    """,
    """
    CREATE TABLE workspace_phones (
      id SERIAL PRIMARY KEY, workspace_id INTEGER REFERENCES workspaces (id) ON DELETE CASCADE,
      phone_number TEXT NOT NULL, is_primary BOOLEAN DEFAULT false, created_at TIMESTAMPTZ DEFAULT now(),
      UNIQUE (workspace_id, phone_number))
    """,
    """
    CREATE TABLE calls (
      id TEXT PRIMARY KEY, workspace_id INTEGER REFERENCES workspaces (id) ON DELETE CASCADE,
      source TEXT NOT NULL CHECK (source IN ('twilio', 'elevenlabs')), phone_from TEXT, phone_to TEXT,
      duration INTEGER, cost NUMERIC(10,4), status TEXT, call_date TIMESTAMPTZ, raw_data JSONB,
      created_at TIMESTAMPTZ DEFAULT now())
    """,
    """
    CREATE TABLE twilio_snapshots (
      id BIGSERIAL PRIMARY KEY, workspace_id BIGINT REFERENCES workspaces (id),
      snapshot_date TIMESTAMPTZ NOT NULL, total_calls INTEGER, total_cost NUMERIC(10,4),
      total_duration INTEGER, real_minutes INTEGER, UNIQUE (workspace_id, snapshot_date))
    """,
  ]

  private static let policies =
    """
    DO $$ DECLARE name TEXT; BEGIN
      FOREACH name IN ARRAY ARRAY['workspaces', 'workspace_phones', 'calls', 'twilio_snapshots'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY all_rows ON %I FOR ALL USING (true)', name);
      END LOOP;
    END $$
    """

  // No workspace 1, and the sequence stands where the rows without an id left it.
  private static let workspaces =
    """
    INSERT INTO workspaces (id, name, phone_number) VALUES
      (4, 'cuatro', '+34910000004'), (5, 'cinco', '+34910000005'), (6, 'seis', '+34910000006')
    """

  private static let phones =
    """
    INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES
      (4, '+34910000004', true), (5, '34 910 000 005', true), (6, '+34910000006', NULL),
      (NULL, '+34910000007', false)
    """

  /// By number modulo 6: priced case 1, unpriced case 1 with cost 0, case 2 with a SIP caller, a
  /// transfer, an inbound call, a call whose start was not known.
  private static let calls =
    """
    INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date,
      raw_data, created_at)
    SELECT sid, 4 + n % 3, 'twilio', party_from, party_to, 61,
      CASE WHEN shape = 1 THEN 0 ELSE 0.0560 END, 'completed',
      CASE WHEN shape = 5 THEN timestamptz '2025-09-30T00:00:00Z' ELSE begun END,
      jsonb_build_object('sid', sid, 'from', party_from, 'to', party_to, 'duration', '61',
        'status', 'completed', 'direction', way, 'startTime', CASE WHEN shape <> 5 THEN
          to_char(begun AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END,
        'endTime', CASE WHEN shape <> 5 THEN
          to_char((begun + interval '61 s') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END,
        'price', CASE WHEN shape <> 1 THEN '-0.05600' END, 'priceUnit', 'USD', 'extra', n),
      timestamptz '2025-10-01' + n * interval '1 minute'
    FROM (
      SELECT n, n % 6 AS shape, 'CA' || lpad(to_hex(n), 32, '0') AS sid,
        timestamptz '2025-09-01T08:00:00Z' + n * interval '1 minute' AS begun,
        CASE WHEN n % 6 = 3 THEN '0034600000022'
          WHEN n % 6 = 2 THEN 'sip:+34910000005@pbx.example' ELSE '+34910000004' END AS party_from,
        CASE WHEN n % 6 = 3 THEN 'sip:+34910000009@vip.example' ELSE '34600000022' END AS party_to,
        CASE n % 6 WHEN 2 THEN 'trunking-terminating' WHEN 3 THEN 'trunking-originating'
          WHEN 4 THEN 'inbound' ELSE 'outbound-api' END AS way
      FROM generate_series(1, \(twilioCalls)) n) AS made
    """

  private static let conversations =
    """
    INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date,
      raw_data)
    SELECT 'conv_' || n, 4, 'elevenlabs', NULL, '+34600000022', n, 0, 'done', now(),
      jsonb_build_object('direction', 'outbound-api', 'startTime', 'soon')
    FROM generate_series(1, 40) n
    """

  private static let snapshots =
    """
    INSERT INTO twilio_snapshots (workspace_id, snapshot_date, total_calls, total_cost)
    SELECT 4, timestamptz '2025-09-01' + n * interval '1 hour', n, 0.0560 * n FROM generate_series(1, 50) n
    """
}
