import CallDomain
import Postgres

extension Migrator {
  /// The two tables that everything else is recorded and locked by. Created under a lock, because
  /// two sessions that create the same table at once fail even with IF NOT EXISTS.
  func layFoundation() async throws {
    let found = try await database.repeatable(
      PostgresStatement(
        "SELECT \(SQL.relation("'schema_migrations'")) IS NOT NULL AND \(SQL.relation("'sync_leases'")) IS NOT NULL"
      ))
    if try found.rows.first?.requiredBool(0) == true { return }
    do {
      try await database.withTransaction(PageCommit.limits(lease), opening: [CommitLock.alone]) {
        transaction in
        try await transaction.commit(with: Self.foundation.map { PostgresStatement($0) })
        return
      }
    } catch let error as PostgresError where error.kind == .insufficientPrivilege {
      throw try await RunFailure.mayNotMigrate(
        Self.foundation.joined(separator: ";\n"), schema: database.schema(), cause: error.cause)
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
  ]

  /// - Returns: False when another replica is migrating, or the server for one that is gone.
  func takeLease() async throws -> Bool {
    let kind = MigrationFence.kind
    if try await database.repeatable(RunLease.read(kind)).rows.isEmpty {
      _ = try await database.repeatable(RunLease.make(kind))
    }
    let limits = PageCommit.limits(lockMilliseconds: lease.takeoverMilliseconds)
    do {
      return try await PostgresError.repeated {
        try await database.withTransaction(limits, opening: [RunLease.lock(kind)]) { transaction in
          guard let holder = transaction.opening[0].rows.first else { throw RunFailure.leaseLost }
          if try holder.requiredBool(1), try holder.requiredInt(3) != token { return false }
          try await transaction.commit(with: [
            RunLease.take(kind, run: nil, token: token, seconds: lease.seconds)
          ])
          return true
        }
      }
    } catch let error as PostgresError where error.kind == .lockTimeout {
      return false
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
            let renewed = try await database.repeatable(
              RunLease.renew(kind: MigrationFence.kind, token: token, seconds: lease.seconds), isUrgent: true)
            if renewed.affectedRows == 0 { throw RunFailure.leaseLost }
          }
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
          if let value { return value }
        }
        throw RunFailure.leaseLost
      }
    }
    // Freed whether the work succeeded or not, in a task of its own because this one may be cancelled;
    // a connection that is gone leaves it to run out.
    let release = RunLease.release(kind: MigrationFence.kind, token: token)
    await Task { _ = try? await database.repeatable(release) }.value
    return try result.get()
  }
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
