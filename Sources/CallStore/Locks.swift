import CallDomain
import Postgres

/// One page at a time in the whole database: a transfer and its candidate in two commits that cannot
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

/// One run of a kind at a time, over any number of replicas: a row per kind that says who runs
/// and until when. A run that lives renews it; each holder has a token that nobody else had, also not on a
/// server that lost what another had committed, and every commit compares it.
enum RunLease {
  /// Makes the row of a kind where there is none.
  static func make(_ kind: String) -> PostgresStatement {
    PostgresStatement("INSERT INTO sync_leases (kind) VALUES ($1) ON CONFLICT DO NOTHING", [.text(kind)])
  }

  /// Reads the row of a kind as it was last committed, whoever has it locked: the run, whether it
  /// holds the lease, and for how many seconds yet; the token.
  static func read(_ kind: String) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT run_id, \(SQL.isHeld(until: "expires_at")),
        CASE WHEN \(SQL.isHeld(until: "expires_at"))
          THEN ceil(extract(epoch from expires_at - clock_timestamp()))::bigint END,
        token
      FROM sync_leases WHERE kind = $1
      """,
      [.text(kind)])
  }

  /// Locks the row of a kind and reads it.
  static func lock(_ kind: String) -> PostgresStatement {
    let read = read(kind)
    return PostgresStatement("\(read.sql) FOR UPDATE", read.parameters)
  }

  /// One row unless somebody has the row of a kind locked.
  static func probe(_ kind: String) -> PostgresStatement {
    PostgresStatement("SELECT FROM sync_leases WHERE kind = $1 FOR UPDATE SKIP LOCKED", [.text(kind)])
  }

  /// Gives the lease to a new holder.
  static func take(_ kind: String, run: RunID?, token: Int64, seconds: Int) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_leases SET token = $4::bigint, run_id = $2::bigint,
        expires_at = clock_timestamp() + make_interval(secs => $3::integer)
      WHERE kind = $1
      """,
      [.text(kind), run.map { .int($0.number) } ?? .null, .int(Int64(seconds)), .int(token)])
  }

  /// Proves that `fence` still holds the lease and keeps it from being taken over until the
  /// transaction ends: one row, or none when it was lost. It says whether any call is set aside.
  static func confirm(_ fence: RunFence) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT EXISTS (SELECT FROM refused_calls) FROM sync_leases WHERE kind = $1 AND token = $2::bigint FOR UPDATE
      """,
      [.text(fence.kind.rawValue), .int(fence.token)])
  }

  /// Moves the end of the lease; changes no row when it was lost.
  static func renew(kind: String, token: Int64, seconds: Int) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_leases SET expires_at = clock_timestamp() + make_interval(secs => $3::integer)
      WHERE kind = $1 AND token = $2::bigint
      """,
      [.text(kind), .int(token), .int(Int64(seconds))])
  }

  /// Frees the lease; changes no row when it was lost.
  static func release(kind: String, token: Int64) -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_leases SET expires_at = '-infinity' WHERE kind = $1 AND token = $2::bigint",
      [.text(kind), .int(token)])
  }
}
