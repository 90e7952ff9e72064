import CallDomain
import Postgres

/// Changes tables that others are reading and writing meanwhile: never waits long for a lock, since
/// everybody else would wait behind it, but tries again.
struct SchemaChange {
  let fence: MigrationFence
  let sleep: @Sendable (_ milliseconds: Int64) async throws -> Void

  private static let attempts = 60
  private static let longest = Duration.seconds(6 * 3600)

  /// Runs one statement in a transaction of its own. Where the views of the bill are in its way, they are made anew
  /// in it.
  func apply(_ sql: String) async throws {
    do {
      try await run(sql)
    } catch let error as PostgresError where error.isOfDependents {
      try await run(BillingViews.make(around: sql))
    }
  }

  /// Makes the views of the bill, and what comments are missing.
  func makeViews() async throws {
    try await run(BillingViews.make())
    do {
      try await run(Migrations.comments)
    } catch let error as PostgresError where error.sqlstate == "22P05" {
      // The database is in an encoding without these letters.
    }
  }

  private func run(_ sql: String) async throws {
    try await repeated {
      try await fence.withTransaction(Self.limits) { transaction in
        _ = try await transaction.query(PostgresStatement(sql), within: Self.longest)
        return
      }
    }
  }

  /// Builds or drops one index without locking out writers. What an attempt that was cut off left behind is
  /// invalid, and is dropped first, unless the server is still at work on it.
  func changeIndex(_ sql: String) async throws {
    let name = Self.indexName(in: sql)
    let schema = try await fence.database.schema()
    try await repeated {
      while true {
        let state = try await state(of: name)
        if state.isBeingBuilt {
          try await sleep(MigrationFence.pause)
        } else if state.isInvalid {
          try await apply("DROP INDEX IF EXISTS \(name)")
        } else {
          break
        }
      }
      try await fence.database.pool.withConnection { connection in
        // It cannot stand in a transaction that sets what it relies on: so it names the schema, what the last
        // user of the session left behind is taken back, and no limit of time holds, the role's neither.
        _ = try await connection.pipeline([
          PostgresStatement("RESET SESSION AUTHORIZATION"), PostgresStatement("RESET ALL"), Self.noLimits,
        ])
        let result = await Result {
          try await connection.query(
            PostgresStatement(Self.qualified(sql, schema: schema)), within: Self.longest)
        }
        _ = try? await connection.query(PostgresStatement("RESET ALL"))
        _ = try result.get()
        return
      }
      // The server found one of the name, whose build failed meanwhile.
      if try await state(of: name).isInvalid {
        throw PostgresError(.lockTimeout, cause: "somebody else was building \(name)")
      }
    }
  }

  /// Those that this server knows.
  private static let noLimits = PostgresStatement(
    """
    SELECT set_config(name, '0', false) FROM pg_settings
    WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout')
    """)

  /// Whether the server is at work on an index, be it for somebody who is gone, and whether one is there that is
  /// not valid. In this order: what nobody builds any more is not valid a moment later either.
  private func state(of index: String) async throws -> (isBeingBuilt: Bool, isInvalid: Bool) {
    let builders = PostgresStatement(
      """
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND state = 'active' AND query LIKE '%CREATE INDEX CONCURRENTLY IF NOT EXISTS ' || $1 || ' %'
      """, [.text(index)])
    let invalid = PostgresStatement(
      "SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid", [.text(index)])
    return try await fence.withTransaction(opening: [builders, invalid]) { transaction in
      (!transaction.opening[0].rows.isEmpty, !transaction.opening[1].rows.isEmpty)
    }
  }

  /// The same of the index or the table of a schema, as the files of migrations write it.
  static func qualified(_ sql: String, schema: String) -> String {
    sql.replacing(" ON calls", with: " ON \(schema).calls")
      .replacing("DROP INDEX CONCURRENTLY IF EXISTS ", with: "DROP INDEX CONCURRENTLY IF EXISTS \(schema).")
  }

  /// Takes the limit of digits off `calls.cost`.
  ///
  /// - Returns: What forbids it, such as a view or a trigger; empty when it was done.
  func widenCost() async throws -> [String] {
    let narrow = try await fence.database.repeatable(
      PostgresStatement(
        """
        SELECT FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost'
          AND (atttypid <> 'numeric'::regtype OR atttypmod <> -1)
        """))
    if narrow.rows.isEmpty { return [] }
    do {
      try await apply("ALTER TABLE calls ALTER COLUMN cost TYPE NUMERIC")
      return []
    } catch let error as PostgresError where error.isOfDependents {
      let dependents = try await fence.database.repeatable(Self.dependentsOfCost)
      let names = try dependents.rows.map { try $0.requiredText(0) }
      // Ours are in the way only where something else stands on them.
      let others = names.filter { name in !BillingViews.names.contains { name == "view \($0)" } }
      return others.isEmpty ? names : others
    }
  }

  // Without what the server makes anew by itself: indexes, the default, checks, statistics.
  private static let dependentsOfCost = PostgresStatement(
    """
    SELECT DISTINCT coalesce('view ' || v.oid::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid))
    FROM pg_depend d
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_class v ON v.oid = r.ev_class
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = 'calls'::regclass AND a.attname = 'cost'
      AND d.classid NOT IN ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass)
      AND NOT EXISTS (SELECT FROM pg_index i WHERE d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid)
      AND NOT EXISTS (SELECT FROM pg_attrdef f WHERE d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
        AND f.adrelid = d.refobjid AND f.adnum = d.refobjsubid)
    ORDER BY 1
    """)

  /// Tells the planner of the new columns at once, which the server would do by itself a little later: so
  /// a refusal is no failure. Readers and writers go on meanwhile.
  func analyze() async {
    _ = try? await fence.database.repeatable(
      PostgresStatement("ANALYZE (SKIP_LOCKED) calls"), within: Self.longest)
  }

  private func repeated(_ change: () async throws -> Void) async throws {
    try await fence.patiently(attempts: Self.attempts, sleep: sleep, change)
  }

  private static let limits = PostgresSettings(statementMilliseconds: 0, lockMilliseconds: 2000)

  static func indexName(in sql: String) -> String {
    let words = sql.split { $0 == " " || $0 == "\n" }
    guard let exists = words.firstIndex(of: "EXISTS"), exists + 1 < words.endIndex else { return "" }
    return String(words[exists + 1])
  }
}

extension PostgresError {
  /// A column is read by something, or a view is.
  var isOfDependents: Bool { ["0A000", "2BP01"].contains(sqlstate) }

  /// Somebody else was in the way; a later attempt may find the tables free.
  var isLockTrouble: Bool {
    switch kind {
    case .lockTimeout, .deadlock, .queryCanceled: true
    default: false
    }
  }
}
