/// What a transaction sets for itself, and all that it relies on.
///
/// Behind a transaction pooler the sessions of the server are shared, and whoever had one before may have left
/// any setting in it. Nothing of that holds in a transaction: what stands here does, and for the rest that
/// matters what the operators configured for server, database or role.
package struct PostgresSettings: Hashable, Sendable {
  /// The schema in which names are looked up, as SQL writes it; nil for the configured `search_path`.
  package var schema: String?
  /// How long one statement may take; 0 for as long as it likes, nil for a little longer than
  /// the caller waits, who then speaks first.
  package var statementMilliseconds: Int?
  /// How long to wait for a lock; 0 for as long as a statement may take.
  package var lockMilliseconds: Int
  /// How long the transaction may stand still before the server ends the session, and with it what it has
  /// locked; nil for what is configured.
  package var idleMilliseconds: Int?
  /// Whether what was committed is on the disk, as far as the operators configured it.
  package var waitsForDisk: Bool
  /// Whether all statements see one moment; then they change nothing.
  package var isSnapshot: Bool

  /// The configured schema, no limit but the caller's, to be written to.
  package init(
    schema: String? = nil, statementMilliseconds: Int? = nil, lockMilliseconds: Int = 0,
    idleMilliseconds: Int? = nil, waitsForDisk: Bool = true, isSnapshot: Bool = false
  ) {
    self.schema = schema
    self.statementMilliseconds = statementMilliseconds
    self.lockMilliseconds = lockMilliseconds
    self.idleMilliseconds = idleMilliseconds
    self.waitsForDisk = waitsForDisk
    self.isSnapshot = isSnapshot
  }

  /// Opens a transaction with these settings.
  ///
  /// - Parameters:
  ///   - limit: How long the caller waits.
  ///   - isReadOnly: Whether the server lets nobody write.
  func opening(within limit: Duration, isReadOnly: Bool) -> [PostgresStatement] {
    let level = isSnapshot ? "REPEATABLE READ" : "READ COMMITTED"
    let isReadOnly = isReadOnly || isSnapshot
    let callers = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
    return [
      PostgresStatement("BEGIN ISOLATION LEVEL \(level) READ \(isReadOnly ? "ONLY" : "WRITE")"),
      PostgresStatement(
        isReadOnly ? Self.settings : Self.settings + Self.configuredMode,
        [
          // Temporary tables come last: one that was left behind never stands before a table of the same name.
          schema.map { .text("\($0), pg_temp") } ?? .null,
          .text("\(statementMilliseconds.map(Int64.init) ?? callers + 5000)"), .text("\(lockMilliseconds)"),
          waitsForDisk ? .null : .text("off"), idleMilliseconds.map { .text("\($0)") } ?? .null,
        ]),
    ]
  }

  /// How many statements open a transaction.
  static let openingCount = 2

  /// Whether a transaction that was to be written to takes no writes, by the answers to its opening: the last
  /// column of the settings.
  static func isReadOnly(_ answers: [PostgresResult]) -> Bool {
    guard answers.count >= openingCount, let row = answers[1].rows.first else { return false }
    return (try? row.text(row.columnCount - 1)) == "on"
  }

  // Who freezes in the middle loses the session after ten seconds, and with it what he has locked.
  //
  // The server evaluates a select list from left to right, and takes NULL for what the operators configured. Who
  // is somebody else may not be allowed the rest, so that comes first. A search over a million calls is compiled for
  // half a second to run for a tenth of one: hence no `jit`. The last but one may be set by few roles, and is left
  // behind by those alone; the last exists since version 17.
  private static let settings = """
    SELECT pg_catalog.set_config('session_authorization', NULL, true), pg_catalog.set_config('role', NULL, true),
      pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('statement_timeout', $2, true),
      pg_catalog.set_config('lock_timeout', $3, true), pg_catalog.set_config('synchronous_commit', $4, true),
      pg_catalog.set_config('idle_in_transaction_session_timeout', $5, true),
      pg_catalog.set_config('client_encoding', 'UTF8', true), pg_catalog.set_config('TimeZone', 'UTC', true),
      pg_catalog.set_config('DateStyle', 'ISO', true), pg_catalog.set_config('IntervalStyle', 'postgres', true),
      pg_catalog.set_config('standard_conforming_strings', 'on', true),
      pg_catalog.set_config('array_nulls', 'on', true), pg_catalog.set_config('row_security', 'on', true),
      pg_catalog.set_config('default_tablespace', NULL, true), pg_catalog.set_config('jit', 'off', true),
      CASE WHEN pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.<>) 'origin'
        THEN pg_catalog.set_config('session_replication_role', NULL, true) END,
      CASE WHEN pg_catalog.current_setting('transaction_timeout', true) OPERATOR(pg_catalog.<>) '0'
        THEN pg_catalog.set_config('transaction_timeout', NULL, true) END
    """

  // Written to is what the operators let be written to: they, and hosts whose disk is full, may have closed it.
  private static let configuredMode = """
    , pg_catalog.set_config('default_transaction_read_only', NULL, true),
      pg_catalog.set_config('transaction_read_only',
        pg_catalog.current_setting('default_transaction_read_only'), true)
    """
}
