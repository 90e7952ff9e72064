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
    /// The column `cost` keeps its narrow type, because these views stand on it.
    case costKeptNarrow(views: [String])
  }

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
    database = Database(pool, SchemaSearch(name: schema, isForMigration: true))
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
        try await DefaultWorkspace(id: defaultWorkspace, fence: fence).createIfMissing {
          onEvent(.createdDefaultWorkspace(defaultWorkspace))
        }
        try await fence.repeatable(CoverageQuery.begin(now: now()))
        return applied
      }
    } catch {
      throw RunFailure(store: error)
    }
  }

  private static let pause: Int64 = 500
  /// Half a minute.
  private static let waitsPerReport = 60

  private func apply(_ fence: MigrationFence) async throws -> [Int] {
    var applied: [Int] = []
    for migration in Migrations.all where try await !isApplied(migration) {
      onEvent(.applying(version: migration.version, name: migration.name))
      try await perform(migration.work, fence)
      try await fence.repeatable(
        PostgresStatement(
          """
          INSERT INTO schema_migrations (version, name, oldest_program)
          VALUES ($1::bigint, $2, $3::bigint) ON CONFLICT DO NOTHING
          """,
          [
            .int(Int64(migration.version)), .text(migration.name), .int(Int64(migration.oldestProgram)),
          ]))
      applied.append(migration.version)
    }
    return applied
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
      let views = try await change.widenCost()
      if !views.isEmpty { onEvent(.costKeptNarrow(views: views)) }
    case .backfill:
      try await CallBackfill(fence: fence, now: now(), sleep: sleep).run { onEvent(.converted(rows: $0)) }
      await change.analyze()
    }
  }
}
