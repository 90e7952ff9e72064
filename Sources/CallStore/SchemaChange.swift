import CallDomain
import Postgres

/// Changes tables that others are reading and writing meanwhile: never waits long for a lock, since
/// everybody else would wait behind it, but tries again.
struct SchemaChange {
  let pool: PostgresPool
  let sleep: @Sendable (_ milliseconds: Int64) async throws -> Void

  private static let attempts = 60
  private static let pause: Int64 = 500
  private static let longest = Duration.seconds(6 * 3600)

  /// Runs one statement in a transaction of its own.
  func apply(_ sql: String) async throws {
    try await repeated(sql) {
      try await PostgresError.repeated {
        try await pool.withTransaction(opening: [Self.shortLockTimeout]) { transaction in
          _ = try await transaction.query(PostgresStatement(sql), within: Self.longest)
          return
        }
      }
    }
  }

  /// Builds one index without locking out writers. What an attempt that was cut off left behind is
  /// invalid, and is dropped first.
  func buildIndex(_ sql: String) async throws {
    let name = Self.indexName(in: sql)
    try await repeated(sql) {
      try await pool.withConnection { connection in
        let invalid = try await connection.query(
          PostgresStatement(
            "SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid", [.text(name)]))
        if !invalid.rows.isEmpty {
          _ = try await connection.query(
            PostgresStatement("DROP INDEX CONCURRENTLY IF EXISTS \(name)"), within: Self.longest)
        }
        _ = try await connection.query(PostgresStatement(sql), within: Self.longest)
        return
      }
    }
  }

  /// Takes the limit of digits off `calls.cost`.
  ///
  /// - Returns: The views that forbid it; empty when it was done.
  func widenCost() async throws -> [String] {
    let narrow = try await pool.repeatable(
      PostgresStatement(
        """
        SELECT FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost'
          AND (atttypid <> 'numeric'::regtype OR atttypmod <> -1)
        """))
    if narrow.rows.isEmpty { return [] }
    let views = try await pool.repeatable(
      PostgresStatement(
        """
        SELECT DISTINCT v.oid::regclass::text FROM pg_depend d
        JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_class v ON v.oid = r.ev_class
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.refobjid = 'calls'::regclass AND a.attname = 'cost' ORDER BY 1
        """))
    var names: [String] = []
    for row in views.rows { try names.append(row.requiredText(0)) }
    if names.isEmpty { try await apply("ALTER TABLE calls ALTER COLUMN cost TYPE NUMERIC") }
    return names
  }

  /// Tells the planner of the new columns at once, which the server would do by itself a little later: so
  /// a refusal is no failure. Readers and writers go on meanwhile.
  func analyze() async {
    _ = try? await pool.repeatable(PostgresStatement("ANALYZE (SKIP_LOCKED) calls"), within: Self.longest)
  }

  private func repeated(_ sql: String, _ change: () async throws -> Void) async throws {
    var attempt = 1
    while true {
      do {
        return try await change()
      } catch let error as PostgresError where error.isLockTrouble && attempt < Self.attempts {
        attempt += 1
        try await sleep(Self.pause)
      } catch let error as PostgresError where error.kind == .insufficientPrivilege {
        throw Self.forbidden(sql)
      }
    }
  }

  static func forbidden(_ sql: String) -> StoreError {
    StoreError(
      .forbidden,
      """
      El usuario de la base de datos no puede cambiar el esquema; ejecute esto como dueño de las tablas y \
      repita «twilio-sync migrate»:
      \(sql);
      """)
  }

  private static let shortLockTimeout = PostgresStatement(
    "SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '0', true)")

  static func indexName(in sql: String) -> String {
    let words = sql.split { $0 == " " || $0 == "\n" }
    guard let exists = words.firstIndex(of: "EXISTS"), exists + 1 < words.endIndex else { return "" }
    return String(words[exists + 1])
  }
}

extension PostgresError {
  /// Somebody else was in the way; a later attempt may find the tables free.
  var isLockTrouble: Bool {
    switch kind {
    case .lockTimeout, .deadlock, .queryCanceled: true
    default: false
    }
  }
}
