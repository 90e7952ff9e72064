import Postgres

/// One page at a time in the whole database: a transfer and its related call in two commits that cannot
/// see one another would lose the attribution. Each of these is a statement of its own, because what
/// follows must see what was committed before it was granted.
///
/// What takes longest, inserting calls that are new, needs no turn: the commits that do so share the lock,
/// and each waits for its turn only when its rows are in the table, to decide and to commit. Of two such
/// commits the later turn sees the rows of both. Who holds the lock alone meets no row that is not
/// committed, and so never waits for one.
enum CommitLock {
  static let alone = PostgresStatement("SELECT pg_advisory_xact_lock($1)", [.int(number)])
  static let shared = PostgresStatement("SELECT pg_advisory_xact_lock_shared($1)", [.int(number)])
  /// For those who share the lock.
  static let turn = PostgresStatement("SELECT pg_advisory_xact_lock($1)", [.int(number + 1)])

  /// Held by every commit that is under way. It has no meaning.
  static let number: Int64 = 7_234_160_283_746
}
