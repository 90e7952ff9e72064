import CallDomain
import Postgres

/// What the owner of the tables runs for one who migrates without owning them: whole steps, each with the row that
/// records it, because a step that is done but not recorded is refused to the other once more. Every line is
/// one statement, or part of a transaction, in the form that psql takes.
struct OwnersScript: Sendable {
  private(set) var lines: [String] = []

  /// The statements that are left to the owner.
  init(_ statements: [String] = []) {
    lines = statements.map(Self.line)
  }

  /// The steps that are not recorded, up to one that only the program can do.
  ///
  /// - Parameters:
  ///   - foundation: The statements for the tables without which nothing is recorded; none where they are there.
  ///   - done: A step that the program has done and may not record.
  ///   - hasCalls: Whether there are calls; without them no row is to be converted.
  ///   - invalid: Indexes that a build which was cut off has left behind.
  init(
    foundation: [String], pending: [Migrations.Migration], done: Int?, hasCalls: Bool, invalid: Set<String>
  ) {
    if !foundation.isEmpty { lines += Self.transaction(foundation) }
    for step in pending {
      switch step.work {
      case .statements(let file):
        lines += Self.transaction(Migrations.statements(of: file) + [Self.record(step)])
      case .wideCost: lines += Self.transaction([Self.wideCost, Self.record(step)])
      case .indexes(let file), .billing(let file):
        var statements = Migrations.statements(of: file)
        if case .billing = step.work {
          statements.insert(BillingViews.make(), at: max(0, statements.count - 1))
        }
        let built = statements.filter { $0.contains("CREATE INDEX") }.map { SchemaChange.indexName(in: $0) }
        lines += built.filter(invalid.contains).map { "DROP INDEX IF EXISTS \($0);" }
        lines += statements.map(Self.line) + [Self.line(Self.record(step, with: built))]
      case .backfill, .canonicalNumbers:
        guard step.version == done || !hasCalls else { return }
        lines.append(Self.line(Self.record(step)))
      }
    }
  }

  /// Together or not at all, so that a step that failed is not recorded; and without waiting long for a lock, since
  /// everybody else would wait behind it.
  private static func transaction(_ statements: [String]) -> [String] {
    ["BEGIN;", "SET LOCAL lock_timeout = '10s';"] + statements.map(line) + ["COMMIT;"]
  }

  /// A statement without comments, on one line.
  private static func line(_ statement: String) -> String {
    let code = statement.split(whereSeparator: \.isNewline)
      .map { $0.trimmingPrefix(while: \.isWhitespace) }.filter { !$0.hasPrefix("--") }.joined(separator: " ")
    return code.hasSuffix(";") ? code : code + ";"
  }

  private static func record(_ step: Migrations.Migration) -> String {
    """
    INSERT INTO schema_migrations (version, name, oldest_program)
    VALUES (\(step.version), '\(step.name)', \(step.oldestProgram)) ON CONFLICT DO NOTHING
    """
  }

  /// Only where those indexes are there and can be used: they are not built in a transaction.
  private static func record(_ step: Migrations.Migration, with indexes: [String]) -> String {
    let names = indexes.map { "'\($0)'" }.joined(separator: ", ")
    return """
      INSERT INTO schema_migrations (version, name, oldest_program)
      SELECT \(step.version), '\(step.name)', \(step.oldestProgram)
      WHERE NOT EXISTS (SELECT FROM unnest(ARRAY[\(names)]::text[]) AS n(name)
        LEFT JOIN pg_index i ON i.indexrelid = to_regclass(n.name) WHERE i.indisvalid IS NOT TRUE)
      ON CONFLICT DO NOTHING
      """
  }

  // What stands on the column forbids it, and is named, as the program does.
  private static let wideCost = """
    DO $$ BEGIN
      ALTER TABLE calls ALTER COLUMN cost TYPE NUMERIC;
    EXCEPTION WHEN feature_not_supported THEN
      RAISE WARNING 'calls.cost: %', SQLERRM;
    END $$
    """
}

extension Migrator {
  /// What to tell one who may not take a step.
  ///
  /// - Parameter done: The step, where all that is left is to record it.
  func mayNotMigrate(_ error: PostgresError, done: Int? = nil) async throws -> RunFailure {
    let state = try await database.repeatable(
      PostgresStatement(
        """
        SELECT \(SQL.relation("'schema_migrations'")) IS NOT NULL AND \(SQL.relation("'sync_leases'")) IS NOT NULL,
          \(SQL.relation("'calls'")) IS NOT NULL,
          (SELECT string_agg(c.relname, ' ') FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = \(SQL.relation("'calls'")) AND NOT i.indisvalid)
        """))
    guard let row = state.rows.first else { return RunFailure(error) }
    let hasFoundation = try row.requiredBool(0)
    let script = try await OwnersScript(
      foundation: hasFoundation ? [] : Self.foundation,
      pending: pending(hasFoundation: hasFoundation), done: done, hasCalls: row.requiredBool(1),
      invalid: Set((row.text(2) ?? "").split(separator: " ").map(String.init)))
    return try await script.lines.isEmpty
      ? .mayNotConvert(error) : .mayNotMigrate(script, schema: database.schema(), cause: error.cause)
  }

  /// The steps that are not recorded.
  func pending(hasFoundation: Bool) async throws -> [Migrations.Migration] {
    guard hasFoundation else { return Migrations.all }
    let recorded = try await database.repeatable(PostgresStatement("SELECT version FROM schema_migrations"))
    let versions = try Set(recorded.rows.map { try $0.requiredInt(0) })
    return Migrations.all.filter { !versions.contains(Int64($0.version)) }
  }
}
