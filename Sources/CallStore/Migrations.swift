import CallDomain
import Postgres

/// The steps from an empty or an older database to the schema that this program writes, in order.
enum Migrations {
  /// One numbered step. What it does may be repeated: a crash between doing and recording it must
  /// not stand in the way of the next attempt.
  struct Migration {
    enum Work {
      /// Statements separated by `-- next`, each in a transaction of its own, so that no lock on
      /// a table in use is held longer than one change takes.
      case statements([UInt8])
      /// The same for `CREATE INDEX CONCURRENTLY`, which cannot stand in a transaction.
      case indexes([UInt8])
      /// Indexes and comments, and between them the views of the bill.
      case billing([UInt8])
      /// Gives `calls.cost` room for every digit.
      case wideCost
      /// Fills the columns of older rows from their `raw_data`.
      case backfill
      /// Has calls taken in anew whose numbers have another canonical form than an older program wrote.
      case canonicalNumbers
    }

    let version: Int
    let name: String
    let work: Work
    /// The oldest program version (its newest migration) that may still write afterwards.
    var oldestProgram = 0
  }

  /// What this program writes, and what it calls itself where versions are compared.
  static var version: Int { all.last?.version ?? 0 }

  static let all = [
    Migration(version: 1, name: "tables", work: .statements(PackageResources._001_tables_sql)),
    Migration(version: 2, name: "call columns", work: .statements(PackageResources._002_call_columns_sql)),
    Migration(version: 3, name: "sync tables", work: .statements(PackageResources._003_sync_tables_sql)),
    Migration(version: 4, name: "exact cost", work: .wideCost),
    Migration(version: 5, name: "older rows", work: .backfill),
    Migration(version: 6, name: "indexes", work: .indexes(PackageResources._006_indexes_sql)),
    Migration(version: 7, name: "history", work: .statements(PackageResources._007_history_sql)),
    Migration(version: 8, name: "older calls", work: .indexes(PackageResources._008_older_calls_sql)),
    Migration(
      version: 9, name: "transfers by time",
      work: .indexes(PackageResources._009_transfers_by_time_sql)),
    Migration(version: 10, name: "alerts", work: .statements(PackageResources._010_alerts_sql)),
    Migration(version: 11, name: "totals", work: .indexes(PackageResources._011_totals_sql)),
    Migration(version: 12, name: "vacuum", work: .statements(PackageResources._012_vacuum_sql)),
    Migration(version: 13, name: "resyncs", work: .statements(PackageResources._013_resyncs_sql)),
    Migration(version: 14, name: "open kinds", work: .statements(PackageResources._014_open_kinds_sql)),
    Migration(
      version: 15, name: "alert tellings", work: .statements(PackageResources._015_alert_tellings_sql)),
    Migration(
      version: 16, name: "refused calls", work: .statements(PackageResources._016_refused_calls_sql)),
    // An older program would write the form that it knows.
    Migration(version: 17, name: "canonical numbers", work: .canonicalNumbers, oldestProgram: 17),
    Migration(
      version: 18, name: "holes and pages", work: .statements(PackageResources._018_holes_and_pages_sql)),
    Migration(version: 19, name: "call search", work: .indexes(PackageResources._019_call_search_sql)),
    Migration(version: 20, name: "call moves", work: .statements(PackageResources._020_call_moves_sql)),
    Migration(version: 21, name: "billing", work: .billing(PackageResources._021_billing_sql)),
    Migration(version: 22, name: "slice counts", work: .statements(PackageResources._022_slice_counts_sql)),
    Migration(version: 23, name: "unpriced calls", work: .indexes(PackageResources._023_unpriced_calls_sql)),
    Migration(version: 24, name: "audits", work: .statements(PackageResources._024_audits_sql)),
    Migration(version: 25, name: "call parties", work: .indexes(PackageResources._025_call_parties_sql)),
  ]

  /// A statement that gives tables, views and columns a comment that have none.
  static var comments: String { statements(of: PackageResources._021_billing_sql).last ?? "" }

  static func statements(of file: [UInt8]) -> [String] {
    String(decoding: file, as: UTF8.self).split(separator: "\n-- next\n").map(String.init)
  }
}

/// The workspace of calls that nothing else claims; `migrate` creates it where it is missing.
struct DefaultWorkspace {
  let id: WorkspaceID
  let fence: MigrationFence

  func createIfMissing(_ onCreation: () -> Void) async throws {
    let found = try await fence.database.repeatable(
      PostgresStatement(
        """
        SELECT EXISTS (SELECT FROM workspaces WHERE id = $1::bigint),
          EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'workspaces'::regclass
            AND attname = 'phone_number' AND attnotnull AND NOT attisdropped)
        """,
        [.int(id.number)]))
    guard let row = found.rows.first, try !row.requiredBool(0) else { return }
    let needsNumber = try row.requiredBool(1)
    let statements = [insertion(withNumber: needsNumber), moveSequence]
    try await fence.work(orOwnerRuns: statements.map { $0.sql.replacing("$1", with: "\(id.number)") }) {
      try await fence.withTransaction { transaction in
        try await transaction.commit(with: statements)
        return
      }
    }
    onCreation()
  }

  private func insertion(withNumber: Bool) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO workspaces (id, name\(withNumber ? ", phone_number" : "")) OVERRIDING SYSTEM VALUE
      SELECT $1::bigint, 'Sin asignar'\(withNumber ? ", 'default:' || $1::bigint" : "")
      WHERE NOT EXISTS (SELECT FROM workspaces WHERE id = $1::bigint)
      """,
      [.int(id.number)])
  }

  // Otherwise the next workspace that somebody creates would be given an id that is taken.
  private var moveSequence: PostgresStatement {
    PostgresStatement(
      """
      SELECT setval(sequence, greatest(
        (SELECT max(id) FROM workspaces), coalesce(pg_sequence_last_value(sequence), 1)))
      FROM (SELECT pg_get_serial_sequence('workspaces', 'id')::regclass AS sequence) s
      WHERE sequence IS NOT NULL
      """)
  }
}
