package import CallDomain
package import Postgres

/// Creates or upgrades the schema. Safe to repeat, to kill and to run from several replicas at once:
/// one works, the others wait and find nothing left to do.
package struct Migrator: Sendable {
  /// Something an operator may want to read while it happens.
  package enum Event: Hashable, Sendable {
    /// A numbered step begins.
    case applying(version: Int, name: String)
    /// Older rows converted so far.
    case converted(rows: Int)
    /// Another replica is migrating; told at once and then every half minute.
    case waiting
    /// The missing default workspace was created.
    case createdDefaultWorkspace(WorkspaceID)
    /// The views of the bill were missing or old, and were made.
    case madeViews
    /// The column `cost` keeps its narrow type, because these stand on it, in the server's words.
    case costKeptNarrow(dependents: [String])
    /// A column of an adopted table whose type refuses some calls, or all.
    case misfit(ColumnMisfit)
    /// The database's encoding, which is not UTF8 and so refuses calls for what it has no characters for.
    case foreignEncoding(String)
  }

  /// What is run before a column is changed that the views of the bill read; a migration makes them again.
  package static let dropViews = BillingViews.drop

  let database: Database
  let defaultWorkspace: WorkspaceID
  let lease: LeaseTerms
  let token: Int64
  let now: @Sendable () -> Timestamp
  let sleep: @Sendable (_ milliseconds: Int64) async throws -> Void
  let onEvent: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - schema: `DATABASE_SCHEMA`; nil to find it.
  ///   - token: By which the lease is known again when it was taken and the answer was lost: nobody else's.
  ///   - now: The process's clock, for the age of calls.
  ///   - sleep: Waits, and throws when the task is cancelled.
  package init(
    pool: PostgresPool, schema: String? = nil, defaultWorkspace: WorkspaceID,
    lease: LeaseTerms = LeaseTerms(), token: Int64,
    now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (_ milliseconds: Int64) async throws -> Void,
    onEvent: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    database = Database(pool, SchemaSearch(name: schema, isForMigration: true), lease)
    self.defaultWorkspace = defaultWorkspace
    self.lease = lease
    self.token = token
    self.now = now
    self.sleep = sleep
    self.onEvent = onEvent
  }

  /// Brings the schema up to date.
  ///
  /// - Returns: The versions that were applied; empty when there was nothing to do.
  /// - Throws: `RunFailure` that says what is wrong.
  package func run() async throws(RunFailure) -> [Int] {
    do {
      try await TableFit.refuse(database.repeatable(TableFit.obstacles))
      try await refuseTakenNames()
      try await layFoundation()
      var waits = 0
      while try await !takeLease() {
        if waits.isMultiple(of: Self.waitsPerReport) { onEvent(.waiting) }
        waits += 1
        try await sleep(Self.pause)
      }
      let fence = MigrationFence(database: database, token: token)
      return try await holding {
        let applied = try await apply(fence)
        try await makeViews(fence)
        try await DefaultWorkspace(id: defaultWorkspace, fence: fence).createIfMissing {
          onEvent(.createdDefaultWorkspace(defaultWorkspace))
        }
        try await makeStateRow(fence)
        try await fence.repeatable(CoverageQuery.begin(now: now()))
        for misfit in try TableFit.read(await database.repeatable(TableFit.misfits)) {
          onEvent(.misfit(misfit))
        }
        let encoding = try await database.repeatable(TableFit.encoding).rows.first?.text(0)
        if let encoding, encoding != "UTF8" { onEvent(.foreignEncoding(encoding)) }
        return applied
      }
    } catch let error as PostgresError where error.kind == .insufficientPrivilege {
      throw RunFailure.mayNotConvert(error)
    } catch {
      throw RunFailure(store: error)
    }
  }

  private static let pause = MigrationFence.pause
  /// Half a minute.
  private static let waitsPerReport = 60

  private func apply(_ fence: MigrationFence) async throws -> [Int] {
    var applied: [Int] = []
    for migration in Migrations.all where try await !isApplied(migration) {
      onEvent(.applying(version: migration.version, name: migration.name))
      var done: Int?
      do {
        try await perform(migration.work, fence)
        done = migration.version
        try await record(migration, fence)
      } catch let error as PostgresError where error.kind == .insufficientPrivilege {
        throw try await mayNotMigrate(error, done: done)
      }
      applied.append(migration.version)
    }
    return applied
  }

  // Somebody dropped one, or the server was upgraded to a version that can do more for them.
  private func makeViews(_ fence: MigrationFence) async throws {
    let state = try await database.repeatable(PostgresStatement("SELECT \(BillingViews.areCurrent)"))
    if try state.rows.first?.requiredBool(0) == true { return }
    try await fence.work(orOwnerRuns: [BillingViews.make(), Migrations.comments]) {
      try await SchemaChange(fence: fence, sleep: sleep).makeViews()
    }
    onEvent(.madeViews)
  }

  // Somebody emptied the table, or restored a part of the tables.
  private func makeStateRow(_ fence: MigrationFence) async throws {
    guard try await database.repeatable(CoverageQuery.row).rows.isEmpty else { return }
    try await fence.work(orOwnerRuns: [CoverageQuery.makeRow.sql]) {
      try await fence.repeatable(CoverageQuery.makeRow)
    }
  }

  private func record(_ migration: Migrations.Migration, _ fence: MigrationFence) async throws {
    try await fence.repeatable(
      PostgresStatement(
        """
        INSERT INTO schema_migrations (version, name, oldest_program)
        VALUES ($1::bigint, $2, $3::bigint) ON CONFLICT DO NOTHING
        """,
        [
          .int(Int64(migration.version)), .text(migration.name), .int(Int64(migration.oldestProgram)),
        ]))
  }

  private func isApplied(_ migration: Migrations.Migration) async throws -> Bool {
    let found = try await database.repeatable(
      PostgresStatement(
        "SELECT FROM schema_migrations WHERE version = $1::bigint", [.int(Int64(migration.version))]))
    return !found.rows.isEmpty
  }

  private func perform(_ work: Migrations.Migration.Work, _ fence: MigrationFence) async throws {
    let change = SchemaChange(fence: fence, sleep: sleep)
    switch work {
    case .statements(let file):
      for statement in Migrations.statements(of: file) { try await change.apply(statement) }
    case .indexes(let file):
      for statement in Migrations.statements(of: file) { try await change.changeIndex(statement) }
    case .wideCost:
      let dependents = try await change.widenCost()
      if !dependents.isEmpty { onEvent(.costKeptNarrow(dependents: dependents)) }
    case .billing(let file):
      for statement in Migrations.statements(of: file).dropLast() { try await change.changeIndex(statement) }
      try await change.makeViews()
    case .backfill:
      try await CallBackfill(fence: fence, now: now(), sleep: sleep).run { onEvent(.converted(rows: $0)) }
      await change.analyze()
    case .canonicalNumbers: try await CanonicalNumbers(fence: fence).run()
    }
  }
}

extension Migrator {
  /// The two tables that everything else is recorded and locked by. Created under a lock, because
  /// two sessions that create the same table at once fail even with IF NOT EXISTS.
  func layFoundation() async throws {
    // Read from the catalog as a table: a session that looked a name up in vain goes on knowing no such name until
    // it next locks a table or begins a transaction, and would not see what was made while it waited for the lock.
    let isThere = PostgresStatement(
      """
      SELECT count(*) = 2 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND c.relname IN ('schema_migrations', 'sync_leases')
      """)
    if try await database.repeatable(isThere).rows.first?.requiredBool(0) == true { return }
    do {
      try await database.withTransaction(PageCommit.limits(lease), opening: [CommitLock.alone, isThere]) {
        transaction in
        // Another replica has laid it meanwhile and goes on: to change its tables once more would lock them in
        // another order than its steps do, and one of the two would be ended for the deadlock.
        if try transaction.opening[1].rows.first?.requiredBool(0) == true { return }
        try await transaction.commit(with: Self.foundation.map { PostgresStatement($0) })
        return
      }
    } catch let error as PostgresError where error.kind == .insufficientPrivilege {
      throw try await mayNotMigrate(error)
    }
  }

  static let foundation = [
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
            try await sleep(lease.heartbeat)
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
  init(_ work: () async throws -> Success) async {
    do {
      self = .success(try await work())
    } catch {
      self = .failure(error)
    }
  }
}

/// The tables for one who migrates: every transaction makes sure that nobody took the lease over, and keeps it
/// from being taken over until it has ended. So a process that was killed or froze is at work no more, nor is
/// the server for it, when the next one begins.
struct MigrationFence: Sendable {
  static let kind = "migrate"

  let database: Database
  let token: Int64

  /// - Throws: `RunFailure` with `leaseLost`, and what `body` throws.
  func withTransaction<Value: Sendable>(
    _ settings: PostgresSettings = PostgresSettings(),
    isolation: isolated (any Actor)? = #isolation,
    opening: [PostgresStatement] = [],
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await database.withTransaction(settings, opening: [confirm] + opening) { transaction in
      var transaction = transaction
      guard !transaction.opening.removeFirst().rows.isEmpty else { throw RunFailure.leaseLost }
      return try await body(transaction)
    }
  }

  /// Does work again and again while others are in its way.
  func patiently<Value>(
    attempts: Int, sleep: (_ milliseconds: Int64) async throws -> Void, _ work: () async throws -> Value
  ) async throws -> Value {
    var attempt = 1
    while true {
      do {
        return try await work()
      } catch let error as PostgresError where error.isLockTrouble && attempt < attempts {
        attempt += 1
        try await sleep(Self.pause)
      }
    }
  }

  /// Milliseconds between two attempts at what others are in the way of.
  static let pause: Int64 = 500

  /// Does work; where the role may not do it, fails with the statements that the owner of the tables runs instead.
  func work(orOwnerRuns statements: [String], _ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let error as PostgresError where error.kind == .insufficientPrivilege {
      let script = OwnersScript(statements)
      throw try await RunFailure.mayNotMigrate(script, schema: database.schema(), cause: error.cause)
    }
  }

  /// Runs one statement, which may be repeated.
  func repeatable(_ statement: PostgresStatement) async throws {
    try await PostgresError.repeated {
      try await withTransaction { transaction in
        try await transaction.commit(with: [statement])
        return
      }
    }
  }

  // The lock lets the lease be renewed meanwhile, and whoever takes it over wait.
  private var confirm: PostgresStatement {
    PostgresStatement(
      "SELECT 1 FROM sync_leases WHERE kind = $1 AND token = $2::bigint FOR KEY SHARE",
      [.text(Self.kind), .int(token)])
  }
}
