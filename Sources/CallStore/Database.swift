import CallDomain
import Postgres
import Synchronization

/// The database as this room uses it: all that goes out stands in a transaction that finds names in our schema
/// and nowhere else, whatever a session looked through before.
final class Database: Sendable {
  /// For what cannot stand in a transaction; such a statement names the schema itself.
  let pool: PostgresPool
  private let search: SchemaSearch
  private let lockMilliseconds: Int
  private let found = Mutex<String?>(nil)

  init(_ pool: PostgresPool, _ search: SchemaSearch, _ lease: LeaseTerms) {
    self.pool = pool
    self.search = search
    lockMilliseconds = lease.lockMilliseconds
  }

  /// Our schema as SQL writes it; looked for until it is found.
  func schema(within limit: Duration? = nil) async throws -> String {
    if let schema = found.withLock(\.self) { return schema }
    let schema = try search.choice(
      of: await pool.repeatable(
        search.candidates, PostgresSettings(schema: "pg_catalog"), within: limit, isUrgent: true))
    found.withLock { $0 = schema }
    return schema
  }

  /// Lets the schema be looked for again.
  func forgetSchema() {
    found.withLock { $0 = nil }
  }

  /// See `PostgresPool.repeatable`.
  func repeatable(
    _ statement: PostgresStatement, within limit: Duration? = nil, isUrgent: Bool = false
  ) async throws -> PostgresResult {
    var settings = try await ours(PostgresSettings(), within: limit)
    if limit == nil { settings.statementMilliseconds = LeaseTerms.statementSeconds * 1000 }
    // Who is in the way of a lock is told before the statement's time is over.
    if limit.map({ $0 > .seconds(LeaseTerms.statementSeconds) }) ?? true {
      settings.lockMilliseconds = lockMilliseconds
    }
    do {
      return try await pool.repeatable(statement, settings, within: limit, isUrgent: isUrgent)
    } catch {
      throw noted(error)
    }
  }

  /// See `PostgresPool.withTransaction`.
  func withTransaction<Value: Sendable>(
    _ settings: PostgresSettings = PostgresSettings(),
    isolation: isolated (any Actor)? = #isolation,
    opening: [PostgresStatement] = [],
    isUrgent: Bool = false,
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    var settings = try await ours(settings)
    if settings.isSnapshot { settings.lockMilliseconds = lockMilliseconds }
    do {
      return try await pool.withTransaction(settings, opening: opening, isUrgent: isUrgent, body)
    } catch {
      throw noted(error)
    }
  }

  /// Who freezes in the middle of a transaction loses his session after ten seconds.
  private func ours(
    _ settings: PostgresSettings, within limit: Duration? = nil
  ) async throws -> PostgresSettings {
    var settings = settings
    settings.schema = try await schema(within: limit)
    settings.idleMilliseconds = 10_000
    return settings
  }

  /// A schema may be renamed or restored under another name while a process lives.
  private func noted(_ error: any Error) -> any Error {
    if (error as? PostgresError)?.kind == .undefinedTable { forgetSchema() }
    return error
  }
}

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
    if chosen.isTaken { throw RunFailure.takenSchema(chosen.quoted, table: "schema_migrations") }
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
    throw RunFailure.noSchema("\"\(name.escaping("\"", as: "\"\""))\"")
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
          AND \(TableFit.hasKey("c", column: "'id'"))) AS has_older_calls
      FROM pg_namespace n
      WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '$user')) schemas
    WHERE is_ours OR has_older_calls OR nspname = 'public' OR nspname = $1
    ORDER BY nspname
    """

  /// Of the earlier system's `calls`.
  static let olderColumns =
    "id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date, raw_data, created_at"

  private static func hasColumns(_ names: String) -> String {
    "c.relkind = 'r' AND \(TableFit.hasColumns("c", "'\(names)'"))"
  }
}
