import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The ledger of moves, applied to what was stored before a run, gives what is stored after it")
struct MovePropertyTests {
  @Test("Over random months, whose directory somebody edits between runs of every kind, with rehearsals")
  func ledgerIsWhole() async throws {
    var moved = 0
    try await forEachSeed(4) { random in
      var generator = CallGenerator(random: SeededRandom(seed: random.next()))
      var month = generator.month(calls: random.number(in: 60...120))
      if random.chance(50) { month.correct(&random) }
      let pages = HourlyRuns(month, random: &random).runs.flatMap(\.self)
      moved += try await PostgresCluster.shared().withDatabase(template: .migrated) { database in
        let pool = database.pool()
        _ = try await pool.fillDirectory(month.directory)
        let store = CallStore(pool: database.servicePool(), defaultWorkspace: WorkspaceID(1))
        var books = Books(pool: pool, store: store)
        var rest = pages[...]
        while !rest.isEmpty {
          let count = random.number(in: 1...max(1, pages.count / 5))
          let kind = random.one(of: RunKind.hourly, .historical)
          try await books.run(kind, Array(rest.prefix(count)))
          rest = rest.dropFirst(count)
          for _ in 0..<random.number(in: 0...2) { try await Self.edit(pool, &random) }
          if random.chance(60) { try await books.reattribute() }
        }
        return books.moved
      }
    }
    print("moves in all months: \(moved)")
    #expect(moved > 50)
  }

  /// What somebody does to a row of the directory.
  private static func edit(_ pool: PostgresPool, _ random: inout SeededRandom) async throws {
    let ids = try await pool.lines("SELECT id::text FROM workspace_phones")
    guard let id = random.element(of: ids) else { return }
    let workspace = random.one(of: "NULL", "1", "2", "3", "4")
    // A workspace has a spelling of a number once.
    try await pool.run(
      """
      UPDATE workspace_phones p SET workspace_id = \(workspace) WHERE id = \(id) AND NOT EXISTS (
        SELECT FROM workspace_phones q WHERE q.workspace_id = \(workspace) AND q.phone_number = p.phone_number)
      """)
  }
}

/// Holds the ledger against the table, run by run.
private struct Books {
  let pool: PostgresPool
  let store: CallStore
  /// Each stored call's workspace, as the ledger has it.
  private var workspaces: [String: Int64] = [:]
  private(set) var moved = 0

  init(pool: PostgresPool, store: CallStore) {
    self.pool = pool
    self.store = store
  }

  /// Commits pages in a run of its own.
  @discardableResult
  mutating func run(_ kind: RunKind, _ pages: [IntakePage]) async throws -> SyncRun {
    let fence = try await store.begin(kind)
    var told: Set<CallSID> = []
    for page in pages { told.formUnion(try await store.commit(page, fence: fence).moves.map(\.sid)) }
    let run = try await store.finish(
      SyncRun(
        id: fence.run, kind: kind, state: .succeeded, startedAt: at("12:00"), finishedAt: at("12:01"),
        requestedBy: "test"), fence: fence)
    let rows = try await pool.repeatable(
      PostgresStatement(
        "SELECT call_id, from_workspace, to_workspace FROM call_moves WHERE run_id = $1 ORDER BY id",
        [.int(fence.run.number)])
    ).rows
    var calls: Set<String> = []
    for row in rows {
      let call = try row.requiredText(0)
      calls.insert(call)
      // A call that was not stored before the run has no place here.
      let from = try row.int(1)
      try #require(workspaces[call] == from)
      workspaces[call] = try row.requiredInt(2)
    }
    try #require(Set(told.map(\.text)) == calls && run.counts.reattributedCalls == calls.count)
    try #require(run.moves.reduce(0) { $0 + $1.calls } == rows.count)
    moved += rows.count
    try await compare()
    return run
  }

  /// What is stored now; calls that are new begin here.
  private mutating func compare() async throws {
    let rows = try await pool.repeatable(
      PostgresStatement("SELECT id, workspace_id::bigint FROM calls WHERE source = 'twilio'")
    ).rows
    for row in rows {
      let (call, workspace) = try (row.requiredText(0), row.requiredInt(1))
      try #require(workspaces[call] == nil || workspaces[call] == workspace, "\(call)")
      workspaces[call] = workspace
    }
  }

  /// Attributes all calls anew, after a rehearsal that says the same.
  mutating func reattribute() async throws {
    var pages: [IntakePage] = []
    var last: CallSID?
    while true {
      let batch = try await store.storedCalls(after: last, since: nil, limit: 50)
      guard let end = batch.last else { break }
      last = end.sid
      pages.append(IntakePage(calls: batch, readAt: at("12:00"), isReread: true))
    }
    let fence = try await store.begin(.reattribute, isRehearsal: true)
    var rehearsed: [CallSID: CallMove] = [:]
    for var page in pages {
      page.isRehearsal = true
      for move in try await store.commit(page, fence: fence).moves { rehearsed[move.sid] = move }
    }
    var rehearsal = SyncRun(
      id: fence.run, kind: .reattribute, state: .succeeded, startedAt: at("12:00"), finishedAt: at("12:01"),
      requestedBy: "test")
    rehearsal.isRehearsal = true
    rehearsal = try await store.finish(rehearsal, rehearsed: Array(rehearsed.values), fence: fence)
    let run = try await run(.reattribute, pages)
    try #require(rehearsal.moves == run.moves)
    try #require(rehearsal.counts.reattributedCalls == run.counts.reattributedCalls)
  }
}
