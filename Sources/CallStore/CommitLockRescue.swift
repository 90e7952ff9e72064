import Postgres

/// Frees the locks of a commit whose process froze or vanished while it was sending.
///
/// The server ends a transaction that is idle, but not one whose statement it has received only in
/// part: it waits for the rest as long as the connection lasts. So whoever waits in vain for such
/// a transaction ends it, once it is older than any commit that lives.
enum CommitLockRescue {
  /// Does `work`; when a lock is not granted in time, ends the transactions that keep it for longer
  /// than a living one would, and does `work` once more.
  static func attempt<Value>(
    on database: Database, lease: LeaseTerms, _ work: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await work()
    } catch let error as PostgresError where error.kind == .lockTimeout {
      // Asked first, since an end that is repeated would not find again whom it has ended.
      let stale = try await holders("a.pid", olderThan: lease.staleSeconds, on: database)
      guard !stale.rows.isEmpty else { throw error }
      _ = try await holders("pg_terminate_backend(a.pid)", olderThan: lease.staleSeconds, on: database)
      return try await work()
    }
  }

  // Sessions of our own role only; others' cannot be ended, nor can they hold this lock.
  private static func holders(
    _ what: String, olderThan seconds: Int, on database: Database
  ) async throws -> PostgresResult {
    try await database.repeatable(
      PostgresStatement(
        """
        SELECT \(what) FROM pg_stat_activity a
        WHERE a.usename = current_user AND a.xact_start < clock_timestamp() - make_interval(secs => $1::integer)
          AND a.pid IN (
            SELECT l.pid FROM pg_locks l
            JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND (l.classid::bigint << 32) | l.objid::bigint = $2::bigint)
        """,
        [.int(Int64(seconds)), .int(CommitLock.number)]), isUrgent: true)
  }
}
