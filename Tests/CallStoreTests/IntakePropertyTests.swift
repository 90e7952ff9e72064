import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("However a month comes in, the table equals one pass over all of it")
struct IntakePropertyTests {
  @Test("Pages and versions in any order, again and again, through several writers, cut off at any moment")
  func equalsOnePass() async throws {
    try await forEachSeed(15) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: random.number(in: 120...300))
      let plan = IntakePlan(month, random: &random)
      try await PostgresCluster.shared().withDatabase(template: .migrated) { database in
        let pool = database.pool()
        let directory = try await fill(month.directory, on: pool)
        try await commit(plan, on: database)
        var expected = month
        expected.directory = directory
        try await compare(expected, on: pool)
      }
    }
  }

  // Somebody may list a number twice under a workspace only in another spelling.
  private func fill(_ directory: [PhoneRow], on pool: PostgresPool) async throws -> [PhoneRow] {
    try await pool.run(
      "TRUNCATE workspace_phones", "INSERT INTO workspaces (id, name) VALUES (2, 'dos'), (3, 'tres')")
    var kept: [PhoneRow] = []
    for row in directory {
      let result = try await pool.read(
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
    try await pool.run("ALTER TABLE workspace_phones ALTER COLUMN id RESTART WITH 1000")
    return kept
  }
}

// MARK: - Writers

extension IntakePropertyTests {
  private func commit(_ plan: IntakePlan, on database: PostgresTestDatabase) async throws {
    let killer = database.pool { $0.applicationName = "killer" }
    let store = CallStore(pool: database.pool(), defaultWorkspace: WorkspaceID(1))
    var fences: [RunFence] = []
    for kind in RunKind.allCases {
      fences.append(try await store.begin(kind, requestedBy: "test", now: at("12:00")))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, steps) in plan.writers.enumerated() {
        let writer = Writer(
          // Writers four and five share a run with others.
          store: CallStore(pool: database.pool(), defaultWorkspace: WorkspaceID(1)),
          fence: fences[number % fences.count], killer: killer)
        group.addTask { for step in steps { try await writer.commit(step) } }
      }
      try await group.waitForAll()
    }
  }

  private struct Writer: Sendable {
    let store: CallStore
    let fence: RunFence
    let killer: PostgresPool

    // Others may hit this writer's connection, so that any attempt can fail.
    func commit(_ step: IntakePlan.Step) async throws {
      switch step.disturbance {
      case .none: break
      case .termination:
        async let killing: Void = terminate()
        _ = await attempt(step.page)
        try await killing
      case .cancellation(let yields):
        let task = Task { await attempt(step.page) }
        for _ in 0..<yields { await Task.yield() }
        task.cancel()
        _ = await task.value
      }
      var failure: StoreError?
      for _ in 0..<20 {
        failure = await attempt(step.page)
        if failure == nil { return }
        try #require(failure?.kind != .leaseLost)
      }
      if let failure { throw failure }
    }

    private func attempt(_ page: [Call]) async -> StoreError? {
      do throws(StoreError) {
        let readAt = makeTime("2026-04-01T00:00:00Z")
        _ = try await store.commit(IntakePage(calls: page, readAt: readAt), fence: fence)
        return nil
      } catch { return error }
    }

    private func terminate() async throws {
      _ = try await killer.read(
        PostgresStatement(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'twilio-sync' AND state <> 'idle'
          ORDER BY random() LIMIT 1
          """))
    }
  }
}

// MARK: - Comparison

extension IntakePropertyTests {
  private func compare(_ month: GeneratedMonth, on pool: PostgresPool) async throws {
    let outcome = month.expected
    try require(
      try await pool.lines(
        """
        SELECT concat_ws('|', id, coalesce(workspace_id::text, '-'), coalesce(phone_number, '-'),
          coalesce(lead_number, '-')) FROM calls ORDER BY id
        """),
      equals: outcome.rows.map { sid, row in
        [sid.text, "\(row.workspace.number)", row.phoneNumber ?? "-", row.leadNumber ?? "-"]
          .joined(separator: "|")
      })
    let stored = month.calls.filter { $0.attributionCase != nil }
    try require(try await pool.lines(Self.columns), equals: stored.map(line))
    try require(
      try await pool.lines("SELECT call_id FROM unsettled_calls ORDER BY 1"),
      equals: stored.filter(\.isUnsettled).map(\.sid.text))
    try await compareDirectory(month.directory, outcome, on: pool)
  }

  private static let columns =
    """
    SELECT concat_ws('|', id, coalesce(phone_from, '-'), coalesce(phone_to, '-'),
      coalesce(duration::text, '-'), coalesce(cost::text, '-'), coalesce(price_unit, '-'),
      coalesce(status, '-'), direction,
      coalesce((extract(epoch from call_date) * 1000)::bigint::text, '-'),
      coalesce((extract(epoch from ended_at) * 1000)::bigint::text, '-'),
      coalesce((extract(epoch from twilio_updated_at) * 1000)::bigint::text, '-'),
      coalesce(raw_data->>'price', '-'), coalesce(raw_data->>'startTime', '-'))
    FROM calls ORDER BY id
    """

  private func line(_ call: Call) -> String {
    let columns = [
      call.sid.text, call.from, call.to, call.duration.map { "\($0)" }, call.price?.magnitude,
      call.priceUnit, call.status?.text, call.direction?.text,
      call.callDate.map { "\($0.milliseconds)" }, call.endTime.map { "\($0.milliseconds)" },
      call.dateUpdated.map { "\($0.milliseconds)" }, call.price?.text, call.startTime?.iso8601,
    ]
    return columns.map { $0 ?? "-" }.joined(separator: "|")
  }

  private func compareDirectory(
    _ directory: [PhoneRow], _ outcome: PlainModel.Outcome, on pool: PostgresPool
  ) async throws {
    var rows: [String] = []
    for row in directory {
      var workspace = row.workspace
      // Of the rows of one number any one may be taken; the store takes the first.
      if outcome.adoptedRows.contains(where: { $0.first == row.id }) { workspace = WorkspaceID(1) }
      rows.append("\(row.id) \(workspace?.number ?? -1) \(row.number) \(row.isPrimary)")
    }
    rows += outcome.createdPhones.map { "new 1 \($0) false" }
    try require(
      try await pool.lines(
        """
        SELECT CASE WHEN id < 1000 THEN id::text ELSE 'new' END || ' ' || coalesce(workspace_id, -1) || ' '
          || phone_number || ' ' || is_primary
        FROM workspace_phones
        """),
      equals: rows)
  }

  private func require(_ found: [String], equals expected: [String]) throws {
    let extra = Set(found).subtracting(expected).sorted()
    let missing = Set(expected).subtracting(found).sorted()
    try #require(extra.isEmpty && missing.isEmpty, "stored \(extra), expected \(missing)")
    try #require(found.count == expected.count)
  }
}
