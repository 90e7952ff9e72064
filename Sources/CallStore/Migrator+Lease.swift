import CallDomain
import Postgres

extension Migrator {
  /// The two tables that everything else is recorded and locked by. Created under a lock, because
  /// two sessions that create the same table at once fail even with IF NOT EXISTS.
  func layFoundation() async throws {
    let found = try await pool.repeatable(
      PostgresStatement(
        "SELECT to_regclass('schema_migrations') IS NOT NULL AND to_regclass('sync_leases') IS NOT NULL"))
    if try found.rows.first?.requiredBool(0) == true { return }
    do {
      try await PostgresError.repeated {
        try await pool.withTransaction(opening: [PageCommit.limits(lease), CommitLock.alone]) { transaction in
          try await transaction.commit(with: Self.foundation.map { PostgresStatement($0) })
          return
        }
      }
    } catch let error as PostgresError where error.kind == .insufficientPrivilege {
      throw SchemaChange.forbidden(Self.foundation.joined(separator: ";\n"))
    }
  }

  private static let foundation = [
    """
    CREATE TABLE IF NOT EXISTS schema_migrations (
      version INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at TIMESTAMPTZ NOT NULL DEFAULT now(),
      oldest_program INTEGER NOT NULL DEFAULT 0
    )
    """,
    "ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY",
    """
    CREATE TABLE IF NOT EXISTS sync_leases (
      kind TEXT PRIMARY KEY,
      token BIGINT NOT NULL DEFAULT 0,
      run_id BIGINT,
      expires_at TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
    )
    """,
    "ALTER TABLE sync_leases ENABLE ROW LEVEL SECURITY",
    """
    INSERT INTO sync_leases (kind) VALUES ('hourly'), ('historical'), ('reattribute'), ('migrate')
    ON CONFLICT DO NOTHING
    """,
  ]

  /// - Returns: False when another replica is migrating.
  func takeLease() async throws -> Bool {
    let opening = [PageCommit.limits(lease), RunLease.lock(Self.kind)]
    return try await PostgresError.repeated {
      try await pool.withTransaction(opening: opening) { transaction in
        guard let holder = transaction.opening[1].rows.first else { throw RunLease.lost }
        if try holder.requiredBool(1), try holder.requiredInt(3) != token { return false }
        try await transaction.commit(with: [
          RunLease.take(Self.kind, run: nil, token: token, seconds: lease.seconds)
        ])
        return true
      }
    }
  }

  /// Does `work` while the lease is renewed beside it, and frees it at the end.
  func holding<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let result = await Result {
      try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
          while true {
            try await sleep(lease.beat)
            let renewed = try await pool.repeatable(
              RunLease.renew(kind: Self.kind, token: token, seconds: lease.seconds), isUrgent: true)
            if renewed.affectedRows == 0 { throw RunLease.lost }
          }
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
          if let value { return value }
        }
        throw RunLease.lost
      }
    }
    // Freed whether the work succeeded or not, in a task of its own because this one may be cancelled;
    // a connection that is gone leaves it to run out.
    await Task { _ = try? await pool.repeatable(RunLease.release(kind: Self.kind, token: token)) }.value
    return try result.get()
  }

  private static let kind = "migrate"
}

extension Result where Failure == any Error {
  fileprivate init(_ work: () async throws -> Success) async {
    do {
      self = .success(try await work())
    } catch {
      self = .failure(error)
    }
  }
}
