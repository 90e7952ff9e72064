import Postgres
import Synchronization

/// The database as this room uses it: all that goes out stands in a transaction that finds names in our schema
/// and nowhere else, whatever a session looked through before.
final class Database: Sendable {
  /// For what cannot stand in a transaction; such a statement names the schema itself.
  let pool: PostgresPool
  private let search: SchemaSearch
  private let found = Mutex<String?>(nil)

  init(_ pool: PostgresPool, _ search: SchemaSearch) {
    self.pool = pool
    self.search = search
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
    let settings = try await ours(settings)
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
