package import CallDomain
package import Postgres

/// A database of the earlier system, with everything that is awkward about it.
package struct LegacyDatabase: Sendable {
  /// In what installations differ.
  package struct Traps: Sendable, Hashable {
    /// Whether workspace 1 is there.
    package var hasDefaultWorkspace: Bool
    /// Whether a number may stand only once in `workspace_phones`.
    package var numbersAreUnique: Bool
    /// Whether a view stands on `calls.cost`, so that its type cannot be changed.
    package var hasViewOnCost: Bool

    package init(
      hasDefaultWorkspace: Bool = false, numbersAreUnique: Bool = false, hasViewOnCost: Bool = false
    ) {
      self.hasDefaultWorkspace = hasDefaultWorkspace
      self.numbersAreUnique = numbersAreUnique
      self.hasViewOnCost = hasViewOnCost
    }
  }

  /// The moment of the adoption: the generated calls end an hour before.
  package static let now = makeTime("2026-03-01T12:00:00Z")
  /// How many numbers of ours ring leads.
  package static let numbers = 17

  package var traps: Traps
  package let calls: [LegacyCall]
  /// How many rows of the other source there are.
  package let others: Int

  package init(calls: Int, others: Int, traps: Traps = Traps(), seed: UInt64 = 1) {
    self.traps = traps
    self.others = others
    var generator = LegacyCalls(seed: seed)
    self.calls = generator.make(calls)
  }

  /// Our number `index`, from 1 to `numbers`. 1 to 11 are listed; 12 twice; 13 stands in a row without
  /// workspace, 14 in two; 15 under two workspaces, one of them the default if there is one; 16 in
  /// `workspaces` alone; 17 nowhere.
  package static func own(_ index: Int) -> String { "+349110000\(index + 10)" }

  /// Creates and fills the tables.
  package func create(on pool: PostgresPool) async throws {
    try await pool.withTransaction { transaction in
      _ = try await transaction.pipeline((tables + security + views).map { PostgresStatement($0) })
      _ = try await transaction.pipeline([workspaces, phones])
      for batch in stride(from: 0, to: calls.count, by: 5000) {
        _ = try await transaction.query(Self.insertion(calls[batch..<min(batch + 5000, calls.count)]))
      }
      try await transaction.commit(with: [otherCalls, Self.snapshots])
      return
    }
  }
}

// MARK: - Tables

extension LegacyDatabase {
  private var tables: [String] {
    [
      """
      CREATE TABLE workspaces (
        id SERIAL PRIMARY KEY,
        name TEXT NOT NULL,
        phone_number TEXT NOT NULL UNIQUE,
        created_at TIMESTAMPTZ DEFAULT now(),
        updated_at TIMESTAMPTZ DEFAULT now()
      )
      """,
      """
      CREATE TABLE workspace_phones (
        id SERIAL PRIMARY KEY,
        workspace_id INTEGER REFERENCES workspaces (id) ON DELETE CASCADE,
        phone_number TEXT NOT NULL\(traps.numbersAreUnique ? " UNIQUE" : ""),
        is_primary BOOLEAN DEFAULT false,
        created_at TIMESTAMPTZ DEFAULT now(),
        UNIQUE (workspace_id, phone_number)
      )
      """,
      """
      CREATE TABLE calls (
        id TEXT PRIMARY KEY,
        workspace_id INTEGER REFERENCES workspaces (id) ON DELETE CASCADE,
        source TEXT NOT NULL CHECK (source IN ('twilio', 'elevenlabs')),
        phone_from TEXT,
        phone_to TEXT,
        duration INTEGER,
        cost NUMERIC(10,4),
        status TEXT,
        call_date TIMESTAMPTZ,
        raw_data JSONB,
        created_at TIMESTAMPTZ DEFAULT now()
      )
      """,
      """
      CREATE TABLE twilio_snapshots (
        id BIGSERIAL PRIMARY KEY,
        workspace_id BIGINT REFERENCES workspaces (id),
        snapshot_date TIMESTAMPTZ NOT NULL,
        total_calls INTEGER,
        total_cost NUMERIC(10,4),
        total_duration INTEGER,
        real_minutes INTEGER,
        UNIQUE (workspace_id, snapshot_date)
      )
      """,
    ]
  }

  private var security: [String] {
    ["workspaces", "workspace_phones", "calls", "twilio_snapshots"].flatMap { table in
      [
        "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY \"Allow all on \(table)\" ON \(table) FOR ALL USING (true) WITH CHECK (true)",
      ]
    }
  }

  private var views: [String] {
    let always = """
      CREATE VIEW calls_by_direction AS
      SELECT workspace_id, raw_data->>'direction' AS direction, count(*) AS calls, sum(duration) AS seconds
      FROM calls WHERE source = 'twilio' GROUP BY 1, 2
      """
    let onCost = """
      CREATE VIEW cost_by_day AS
      SELECT workspace_id, date_trunc('day', call_date) AS day, sum(cost) AS cost FROM calls GROUP BY 1, 2
      """
    return traps.hasViewOnCost ? [always, onCost] : [always]
  }
}

// MARK: - Rows

extension LegacyDatabase {
  // Without a default workspace the ids were given by hand: the sequence still stands at its start.
  private var workspaces: PostgresStatement {
    var rows = ["(4, 'Cuatro', '\(Self.own(1))')", "(5, 'Cinco', '\(Self.own(5))')"]
    rows.append("(6, 'Seis', '\(Self.own(16))')")
    if traps.hasDefaultWorkspace { rows.append("(1, 'General', '+34911000099')") }
    return PostgresStatement(
      "INSERT INTO workspaces (id, name, phone_number) VALUES \(rows.joined(separator: ", "))")
  }

  private var phones: PostgresStatement {
    var rows = (1...11).map { "(\(4 + $0 % 3), '\(listed($0))', \($0 % 2 == 0))" }
    rows += ["(4, '\(Self.own(12))', false)", "(5, '\(again(12))', true)"]
    rows += ["(NULL, '\(Self.own(13))', false)"]
    rows += ["(NULL, '\(Self.own(14))', NULL)", "(NULL, '\(again(14))', false)"]
    let other = traps.hasDefaultWorkspace ? 1 : 4
    rows += ["(\(other), '\(Self.own(15))', false)", "(6, '\(again(15))', false)"]
    return PostgresStatement(
      "INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES "
        + rows.joined(separator: ", "))
  }

  // Operators write numbers as they like.
  private func listed(_ index: Int) -> String {
    let number = Self.own(index)
    switch index % 4 {
    case 0: return "00" + number.dropFirst()
    case 1: return number.prefix(3) + " " + number.dropFirst(3).prefix(3) + " " + number.dropFirst(6)
    default: return number
    }
  }

  // Where a number may stand only once, it stands a second time in another spelling.
  private func again(_ index: Int) -> String {
    traps.numbersAreUnique ? String(Self.own(index).dropFirst()) : Self.own(index)
  }

  /// Tempting rows: they look like calls that rang leads, and cost 0 without a price.
  private var otherCalls: PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date,
        raw_data)
      SELECT 'conv_' || md5(i::text), 4 + i % 3, 'elevenlabs', '\(Self.own(1))',
        '+346' || 10000000 + i % 100, i % 600, 0, 'done', timestamptz '2025-08-01Z' + i * interval '1 hour',
        jsonb_build_object('direction', 'outbound-api', 'startTime', '2025-08-01T00:00:00.000Z', 'agent', i)
      FROM generate_series(1, $1::bigint) AS i
      """,
      [.int(Int64(others))])
  }

  private static let snapshots = PostgresStatement(
    """
    INSERT INTO twilio_snapshots (workspace_id, snapshot_date, total_calls, total_cost, total_duration,
      real_minutes)
    SELECT w.id, hour, 10, 0.17, 600, 12 FROM workspaces w,
      generate_series(timestamptz '2026-02-01Z', '2026-02-28Z', interval '1 hour') AS hour
    """)

  private static func insertion(_ calls: ArraySlice<LegacyCall>) -> PostgresStatement {
    func texts(_ value: (LegacyCall) -> String?) -> PostgresValue { .textArray(calls.map(value)) }
    return PostgresStatement(
      """
      INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date,
        raw_data, created_at)
      SELECT n.id, n.workspace_id, 'twilio', n.phone_from, n.phone_to, n.duration,
        coalesce(abs(n.price::numeric), 0), n.status, n.call_date::timestamptz,
        CASE n.bare WHEN 'null' THEN NULL WHEN 'array' THEN '[1, 2]' WHEN 'text' THEN '"text"' ELSE
          jsonb_build_object('sid', n.id, 'from', n.phone_from, 'to', n.phone_to, 'status', n.status,
            'duration', n.duration::text, 'direction', n.direction, 'startTime', n.start_time,
            'endTime', n.end_time, 'price', n.price, 'priceUnit', n.price_unit,
            'crm', jsonb_build_object('note', 'ñ ' || n.id)) END,
        n.stored_at::timestamptz
      FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
        AS n(id, workspace_id, phone_from, phone_to, duration, price, status, call_date, direction,
          start_time, end_time, price_unit, bare, stored_at)
      """,
      [
        texts(\.stored.sid.text), .intArray(calls.map(\.workspace)), texts(\.stored.from),
        texts(\.stored.to), .intArray(calls.map { $0.stored.duration.map(Int64.init) }),
        texts(\.stored.price?.text), texts(\.stored.status?.text), texts(\.callDate.iso8601),
        texts(\.stored.direction?.text), texts(\.stored.startTime?.iso8601),
        texts(\.stored.endTime?.iso8601), texts(\.stored.priceUnit),
        texts { $0.bareData.map { "\($0)" } }, texts(\.storedAt.iso8601),
      ])
  }
}
