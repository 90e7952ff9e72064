import CallDomain
import CallStore
import Postgres
import TestSupport

/// A migrated database of a test's own, a store on it, and an hourly run that holds its lease.
///
/// Workspaces 1 (the default), 4, 5 and 6; the numbers `own(4)`, `own(5)` and `own(6)` are listed.
struct StoreFixture: Sendable {
  let database: PostgresTestDatabase
  /// As superuser, to prepare and to look, past any pooler, whose places the service may hold.
  let pool: PostgresPool
  /// As the service's role.
  let servicePool: PostgresPool
  let store: CallStore
  let fence: RunFence

  /// The number that is listed under this workspace.
  static func own(_ workspace: Int) -> String { "+3491000000\(workspace)" }
  static let lead = "+34600000022"

  /// Commits a page of the hourly run.
  @discardableResult
  func commit(
    _ calls: [Call], readAt: Timestamp = makeTime("2026-03-01T12:00:00Z"), marks: [IntakeMark] = []
  ) async throws -> PageOutcome {
    try await store.commit(IntakePage(calls: calls, readAt: readAt, marks: marks), fence: fence)
  }

  /// What is stored was stored before the run began: from here on it can move.
  func age() async throws {
    try await pool.run("UPDATE calls SET created_at = created_at - INTERVAL '1 day'")
  }

  /// Every stored Twilio call's attribution.
  func attributions() async throws -> [CallSID: PlainModel.Row] {
    let result = try await pool.repeatable(
      PostgresStatement(
        "SELECT id, workspace_id, phone_number, lead_number FROM calls WHERE source = 'twilio'"))
    var rows: [CallSID: PlainModel.Row] = [:]
    for row in result.rows {
      guard let sid = try CallSID(row.requiredText(0)) else { continue }
      rows[sid] = try PlainModel.Row(
        workspace: WorkspaceID(row.int(1) ?? -1), phoneNumber: row.text(2), leadNumber: row.text(3))
    }
    return rows
  }

  /// The workspace and the deciding number of one call.
  func decision(_ sid: CallSID) async throws -> Decision? {
    try await attributions()[sid].map { Decision($0.workspace.number, $0.phoneNumber) }
  }

  /// Which transaction wrote each row that a page may write: equal stamps mean that nothing was written.
  func stamps() async throws -> [String] {
    try await pool.lines(
      """
      SELECT 'call ' || id || ' ' || xmin || ' ' || ctid FROM calls
      UNION ALL SELECT 'phone ' || id || ' ' || xmin || ' ' || ctid FROM workspace_phones
      UNION ALL SELECT 'unsettled ' || call_id || ' ' || xmin || ' ' || ctid FROM unsettled_calls
      UNION ALL SELECT 'workspace ' || id || ' ' || xmin || ' ' || ctid FROM workspaces
      ORDER BY 1
      """)
  }
}

/// What decides the bill: a workspace and the number it was found by.
struct Decision: Hashable {
  var workspace: Int64
  var number: String?

  init(_ workspace: Int64, _ number: String? = nil) {
    self.workspace = workspace
    self.number = number
  }
}

/// Runs `body` with a fixture of its own.
func withStore(
  lease: LeaseTerms = LeaseTerms(), template: PostgresTemplate = .migrated,
  isolation: isolated (any Actor)? = #isolation, _ body: (StoreFixture) async throws -> Void
) async throws {
  try await PostgresCluster.shared().withDatabase(template: template) { database in
    let servicePool = database.servicePool()
    let store = CallStore(pool: servicePool, defaultWorkspace: WorkspaceID(1), lease: lease)
    let fence = try await store.begin(.hourly, requestedBy: "test", now: makeTime("2026-03-01T12:00:00Z"))
    try await body(
      StoreFixture(
        database: database, pool: database.pool(direct: true), servicePool: servicePool, store: store,
        fence: fence))
  }
}

extension PostgresTemplate {
  /// The schema as `migrate` makes it of an empty database, with workspaces and numbers.
  static let migrated = PostgresTemplate("migrated") { conninfo in
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    try await prepare(pool)
    await pool.close(grace: .zero)
    if LeastPrivilege.isWanted { try await LeastPrivilege.grant(in: conninfo) }
  }

  /// The same in a database of another encoding.
  static let latin = PostgresTemplate("latin", encoding: "LATIN1", prepare: migrated.prepare)

  static func prepare(_ pool: PostgresPool) async throws {
    _ = try await makeMigrator(pool).run()
    try await pool.run(
      "INSERT INTO workspaces (id, name) VALUES (4, 'cuatro'), (5, 'cinco'), (6, 'seis')",
      """
      INSERT INTO workspace_phones (workspace_id, phone_number, is_primary)
      VALUES (4, '\(StoreFixture.own(4))', true), (5, '\(StoreFixture.own(5))', true),
        (6, '\(StoreFixture.own(6))', true)
      """)
  }
}

/// The steps from nothing to the present schema.
let everyMigration = Array(1...25)

/// A migrator whose pauses are short and whose lease is not renewed.
func makeMigrator(
  _ pool: PostgresPool, lease: LeaseTerms = LeaseTerms(),
  now: Timestamp = makeTime("2026-03-01T12:00:00Z"),
  onPause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .milliseconds(5)) },
  onEvent: @escaping @Sendable (Migrator.Event) -> Void = { _ in }
) -> Migrator {
  Migrator(
    pool: pool, defaultWorkspace: WorkspaceID(1), lease: lease, token: .random(in: 1 ... .max), now: { now },
    sleep: { milliseconds in
      // The heartbeat of the lease: until the work is done.
      if milliseconds == lease.heartbeat { try await Task.sleep(for: .seconds(3600)) }
      try await onPause()
    }, onEvent: onEvent)
}

extension PostgresPool {
  /// Runs statements one after the other, each by itself.
  func run(_ statements: String...) async throws {
    for sql in statements { try await withConnection { _ = try await $0.query(PostgresStatement(sql)) } }
  }

  /// Puts these rows in the place of the whole directory of a database of `PostgresTemplate.migrated`.
  ///
  /// - Returns: Those that were taken: somebody may list a number twice under a workspace only in another spelling.
  func fillDirectory(_ directory: [PhoneRow]) async throws -> [PhoneRow] {
    try await run(
      "TRUNCATE workspace_phones", "INSERT INTO workspaces (id, name) VALUES (2, 'dos'), (3, 'tres')")
    var kept: [PhoneRow] = []
    for row in directory {
      let result = try await repeatable(
        PostgresStatement(
          """
          INSERT INTO workspace_phones (id, workspace_id, phone_number, is_primary)
          VALUES ($1::bigint, $2::bigint, $3, $4) ON CONFLICT DO NOTHING
          """,
          [
            .int(row.id), row.workspace.map { .int($0.number) } ?? .null, .text(row.number),
            .bool(row.isPrimary),
          ]))
      if result.affectedRows == 1 { kept.append(row) }
    }
    try await run("ALTER TABLE workspace_phones ALTER COLUMN id RESTART WITH 1000")
    return kept
  }

  /// The first column of a query as text; NULL as `NULL`.
  func lines(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> [String] {
    let result = try await repeatable(PostgresStatement(sql, parameters))
    return try result.rows.map { try $0.text(0) ?? "NULL" }
  }

  /// The first column of the only row.
  func line(_ sql: String, _ parameters: [PostgresValue] = []) async throws -> String? {
    let lines = try await lines(sql, parameters)
    return lines.count == 1 ? lines[0] : nil
  }
}

/// A moment of the day on which the tests' calls happen.
func at(_ time: String) -> Timestamp {
  makeTime("2026-03-01T\(time):00Z")
}

/// A completed call of a workspace's number to a lead, known by its end.
func makeRing(
  _ sid: CallSID, of workspace: Int = 4, from: String? = nil, to: String? = StoreFixture.lead,
  endedAt end: Timestamp, direction: CallDirection = .outboundAPI
) -> Call {
  makeCall(
    sid, from: from ?? StoreFixture.own(workspace), to: to, direction: direction,
    startTime: end.adding(seconds: -61), endTime: end, dateCreated: end.adding(seconds: -62),
    dateUpdated: end.adding(seconds: 1))
}

extension CallStore {
  /// Begins a run, under a mark of its own unless one is given.
  func begin(
    _ kind: RunKind, isRehearsal: Bool = false, requestedBy: String = "test",
    now: Timestamp = makeTime("2026-03-01T12:00:00Z"), token: Int64? = nil
  ) async throws(RunFailure) -> RunFence {
    try await begin(
      kind, isRehearsal: isRehearsal, requestedBy: requestedBy, now: now,
      token: token ?? .random(in: 1 ... .max))
  }

  /// Ends a run that has rehearsed nothing.
  @discardableResult
  func finish(_ run: SyncRun, fence: RunFence) async throws(RunFailure) -> SyncRun {
    try await finish(run, rehearsed: [], fence: fence)
  }
}
