import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("The ledger of moves, applied to what was stored before a run, gives what is stored after it")
struct MovePropertyTests {
  @Test(
    "Over random months, whose directory somebody edits and assigns between runs of every kind; rehearsals foretell it"
  )
  func ledgerIsWhole() async throws {
    var (moved, assigned) = (0, 0)
    try await forEachSeed(6) { random in
      var generator = CallGenerator(random: SeededRandom(seed: random.next()))
      var month = generator.month(calls: random.number(in: 60...120))
      if random.chance(50) { month.correct(&random) }
      let pages = HourlyRuns(month, random: &random).runs.flatMap(\.self)
      let books = try await PostgresCluster.shared().withDatabase(template: .migrated) { database in
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
          for _ in 0..<random.number(in: 0...2) { try await books.assign(&random) }
          if random.chance(60) { try await books.reattribute() }
        }
        return books
      }
      moved += books.moved
      assigned += books.assigned
    }
    print("moves in all months: \(moved), of them by assignments: \(assigned)")
    #expect(moved > 50 && assigned > 0)
  }

  /// What somebody does to a row of the directory, or beside it.
  private static func edit(_ pool: PostgresPool, _ random: inout SeededRandom) async throws {
    let ids = try await pool.lines("SELECT id::text FROM workspace_phones ORDER BY id")
    guard let id = random.element(of: ids) else { return }
    let workspace = random.one(of: "NULL", "1", "2", "3", "4")
    switch random.number(in: 0...5) {
    case 0: try await pool.run("DELETE FROM workspace_phones WHERE id = \(id)")
    case 1: try await pool.run("UPDATE workspace_phones SET is_primary = NOT is_primary WHERE id = \(id)")
    case 2:
      // In a spelling that means the same.
      try await pool.run(
        """
        INSERT INTO workspace_phones (workspace_id, phone_number)
        SELECT \(workspace), ' ' || phone_number FROM workspace_phones WHERE id = \(id) ON CONFLICT DO NOTHING
        """)
    default:
      // A workspace has a spelling of a number once.
      try await pool.run(
        """
        UPDATE workspace_phones p SET workspace_id = \(workspace) WHERE id = \(id) AND NOT EXISTS (
          SELECT FROM workspace_phones q WHERE q.workspace_id = \(workspace) AND q.phone_number = p.phone_number)
        """)
    }
  }
}

/// Holds the ledger against the table, run by run.
private struct Books {
  let pool: PostgresPool
  let store: CallStore
  /// Each stored call's workspace, as the ledger has it.
  private var workspaces: [String: Int64] = [:]
  private(set) var moved = 0
  /// Those of them that assignments moved.
  private(set) var assigned = 0

  init(pool: PostgresPool, store: CallStore) {
    self.pool = pool
    self.store = store
  }

  /// Commits pages in a run of its own.
  @discardableResult
  mutating func run(_ kind: RunKind, _ pages: [IntakePage]) async throws -> SyncRun {
    try await run(kind) { _ in pages }
  }

  /// - Parameter pages: Does what the run does before, and says what its pages are.
  private mutating func run(
    _ kind: RunKind, _ pages: (RunFence) async throws -> [IntakePage]
  ) async throws -> SyncRun {
    let fence = try await store.begin(kind)
    var told: Set<CallSID> = []
    for page in try await pages(fence) {
      told.formUnion(try await store.commit(page, fence: fence).moves.map(\.sid))
    }
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
    let rehearsal = try await rehearse(.reattribute) { fence in
      var moves: [CallSID: CallMove] = [:]
      for var page in pages {
        page.isRehearsal = true
        for move in try await store.commit(page, fence: fence).moves { moves[move.sid] = move }
      }
      return Array(moves.values)
    }
    let run = try await run(.reattribute, pages)
    try requireSame(rehearsal, run)
  }

  /// Gives a number to a workspace, after a rehearsal that says the same, and after the DELETE that is told where a
  /// row is in the way.
  mutating func assign(_ random: inout SeededRandom) async throws {
    // Not of a call whose direction is of no case any more: it keeps its number, which decides nothing.
    let decided = "direction IN ('outbound-api', 'trunking-terminating', 'trunking-originating')"
    let numbers = try await pool.lines(
      "SELECT DISTINCT phone_number FROM calls WHERE phone_number IS NOT NULL AND \(decided) ORDER BY 1")
    guard let number = random.element(of: numbers) else { return }
    let workspace = WorkspaceID(Int64(random.number(in: 1...5)))
    func assignment(isRehearsal: Bool) -> PhoneAssignment {
      PhoneAssignment(
        number: PhoneNumber(stored: number), workspace: workspace, movesPast: true, isRehearsal: isRehearsal)
    }
    let preview = try await store.preview(assignment(isRehearsal: true), now: at("12:00"))
    let rehearsal = try await rehearse(.assign) { _ in preview.moves }
    if let obstacle = preview.obstacle {
      let deletion = try #require(obstacle.message.firstMatch(of: /DELETE[^;]*;/)).output
      try await pool.run(String(deletion))
    }
    let order = assignment(isRehearsal: false)
    try #require(try await store.preview(order, now: at("12:00")).obstacle == nil)
    let size = random.number(in: 1...50)
    let store = store
    let run = try await run(.assign) { fence in
      _ = try await store.assign(order, fence: fence)
      let calls = try await store.storedCalls(store.calls(decidedBy: order))
      return stride(from: 0, to: calls.count, by: size).map { first in
        IntakePage(calls: Array(calls[first...].prefix(size)), readAt: at("12:00"), isReread: true)
      }
    }
    try requireSame(rehearsal, run)
    try #require(run.moves.allSatisfy { $0.to == workspace && $0.number?.canonical == number })
    let causes = try await pool.lines("SELECT DISTINCT cause FROM call_moves WHERE run_id = \(run.id.number)")
    try #require(causes.allSatisfy { $0 == "directory" })
    // Nothing that the rules decide otherwise is left.
    let left = try await pool.lines(
      """
      SELECT id FROM calls WHERE phone_number = '\(number)' AND workspace_id IS DISTINCT FROM \(workspace.number)
        AND \(decided)
      """)
    try #require(left.isEmpty)
    assigned += run.counts.reattributedCalls
  }

  private func rehearse(
    _ kind: RunKind, _ moves: (RunFence) async throws -> [CallMove]
  ) async throws -> SyncRun {
    let fence = try await store.begin(kind, isRehearsal: true)
    let rehearsed = try await moves(fence)
    var run = SyncRun(
      id: fence.run, kind: kind, state: .succeeded, startedAt: at("12:00"), finishedAt: at("12:01"),
      requestedBy: "test")
    run.isRehearsal = true
    return try await store.finish(run, rehearsed: rehearsed, fence: fence)
  }

  private func requireSame(_ rehearsal: SyncRun, _ run: SyncRun) throws {
    try #require(rehearsal.moves == run.moves)
    try #require(rehearsal.counts.reattributedCalls == run.counts.reattributedCalls)
  }
}
