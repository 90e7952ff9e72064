package import CallDomain
import Postgres

extension CallStore {
  /// The directory of numbers with their activity, all of one moment.
  ///
  /// - Parameter now: The end of the last days, by the process's clock.
  package func phones(now: Timestamp) async throws(RunFailure) -> [ListedPhone] {
    try await operation {
      try await Preflight.confirmAllIsSeen(database)
      let facts = try await PostgresError.repeated {
        try await database.withTransaction(
          PostgresSettings(isSnapshot: true),
          opening: [
            PhoneDirectoryQuery.statement, ListedCallQuery.workspaces, DirectoryQuery.decided(now: now),
          ]
        ) { transaction in
          let results = transaction.opening
          var facts = try DirectoryQuery.facts(PhoneDirectoryQuery.rows(results[0]), results[1])
          try DirectoryQuery.readDecided(results[2], into: &facts)
          let spans = try await transaction.query(DirectoryQuery.spans(of: facts.numbers))
          try DirectoryQuery.readSpans(spans, into: &facts)
          return facts
        }
      }
      return facts.phones(defaultWorkspace: defaultWorkspace)
    }
  }
}

extension CallStore: PhoneLedger {
  package func preview(
    _ assignment: PhoneAssignment, now: Timestamp
  ) async throws(RunFailure) -> AssignmentPreview {
    try await operation {
      if let fault = assignment.fault, try await brought([assignment.number]).isEmpty { throw fault }
      if try await database.repeatable(Preflight.exists(assignment.workspace)).rows.isEmpty {
        throw RunFailure.unknownWorkspace(assignment.workspace)
      }
      var preview = AssignmentPreview()
      let change: DirectoryChange
      (change, preview.obstacle) = try await rehearse(assignment)
      // Of what will be done in any case nobody asks.
      if !assignment.isRehearsal, assignment.movesPast || preview.obstacle != nil { return preview }
      let directory = PhoneDirectory(rows: change.rows, defaultWorkspace: defaultWorkspace)
      var sids = try await decidedCalls(assignment)[...]
      while !sids.isEmpty {
        preview.moves += try await moves(of: Array(sids.prefix(IntakePage.mostCalls)), directory)
        sids = sids.dropFirst(IntakePage.mostCalls)
      }
      // What leaves the default workspace was nobody's bill.
      guard !assignment.movesPast, preview.obstacle == nil,
        preview.moves.contains(where: { $0.from != nil && $0.from != defaultWorkspace })
      else { return preview }
      let result = try await database.repeatable(CallMoveRecords.sums(of: preview.moves))
      let sums = try result.rows.first.map { try CallMoveRecords.readSums($0.requiredText(0)) } ?? []
      if sums.changesPast(now: now, defaultWorkspace: defaultWorkspace) {
        preview.obstacle = .changesPast(sums)
      }
      return preview
    }
  }

  /// Thrown to roll a rehearsal back.
  private struct Rehearsed: Error {}

  /// Changes the row and rolls it back: only so a key or a trigger shows that forbids it.
  private func rehearse(
    _ assignment: PhoneAssignment
  ) async throws -> (change: DirectoryChange, obstacle: RunFailure?) {
    var change: DirectoryChange?
    var obstacle: RunFailure?
    do {
      try await database.withTransaction(
        PageCommit.limits(lease), opening: [PhoneDirectoryQuery.statement]
      ) { transaction in
        let rows = try PhoneDirectoryQuery.rows(transaction.opening[0])
        let planned = DirectoryChange(assignment, rows: rows, defaultWorkspace: defaultWorkspace)
        change = planned
        _ = try await make(planned, of: assignment, on: transaction)
        throw Rehearsed()
      }
    } catch is Rehearsed {
    } catch let failure as RunFailure where failure.kind == .conflict {
      obstacle = failure
    }
    guard let change else { throw RunFailure(fault: "a transaction ended before it began") }
    return (change, obstacle)
  }

  /// - Returns: How many rows were made.
  private func make(
    _ change: DirectoryChange, of assignment: PhoneAssignment, on transaction: PostgresTransaction
  ) async throws -> Int {
    if case .update(let row) = change.step {
      do {
        let result = try await transaction.query(PhoneDirectoryQuery.assign(row, to: assignment.workspace))
        guard result.affectedRows == 1 else {
          throw RunFailure.rowNotTaken(PageRefusal.reason(nil))
        }
      } catch let error as PostgresError where error.kind == .uniqueViolation {
        // With those that would count before it: one DELETE is to be enough.
        throw RunFailure.rowsInTheWay((change.rowsOfKey + change.rowsInTheWay).sorted())
      }
    }
    guard change.rowsInTheWay.isEmpty else { throw RunFailure.rowsInTheWay(change.rowsInTheWay) }
    guard change.step == .insert else { return 0 }
    let (number, workspace) = ([assignment.number], assignment.workspace)
    let created = try await transaction.query(PhoneDirectoryQuery.create(number, workspace: workspace))
    if created.affectedRows == 1 { return 1 }
    // The sequence gave an id that is taken, most often. Written so that a conflict is an error, which tells what
    // is in the way.
    do {
      let again = try await transaction.pipeline([
        SQL.moveSequence(of: "workspace_phones"),
        PhoneDirectoryQuery.create(number, workspace: workspace, passesOverConflicts: false),
      ])
      if again[1].affectedRows == 1 { return 1 }
    } catch  where error.kind == .uniqueViolation {
      throw RunFailure.rowNotTaken(PageRefusal.reason(error))
    }
    throw RunFailure.rowNotTaken(PageRefusal.reason(nil))
  }

  /// What a page of stored calls would move under a directory.
  private func moves(of sids: [CallSID], _ directory: PhoneDirectory) async throws -> [CallMove] {
    let stored = try StoredCallQuery.read(await database.repeatable(StoredCallQuery.statement(sids: sids)))
    let merged = MergedPage(page: stored.values.map(\.call), stored: stored, directory: directory)
    let candidates = try CandidateQuery.read(
      await database.repeatable(
        CandidateQuery.statement(transfers: merged.transfers, touched: [], run: nil)))
    return DecidedPage(
      merged: merged, stored: stored, candidates: candidates, directory: directory, createdPhones: 0
    ).outcome.moves
  }

  /// Under the lock of the page commits: those before it used the directory as it was, and their calls are in the
  /// table now; those after it use it as it is.
  package func assign(_ assignment: PhoneAssignment, fence: RunFence) async throws(RunFailure) -> Int {
    try await operation {
      try await CommitLockRescue.attempt(on: database, lease: lease) {
        try await PostgresError.repeated {
          try await database.withTransaction(
            PageCommit.limits(lease),
            opening: [CommitLock.alone, RunLease.confirm(fence), PhoneDirectoryQuery.statement]
          ) { transaction in
            let read = transaction.opening
            guard !read[1].rows.isEmpty else { throw RunFailure.leaseLost }
            let change = DirectoryChange(
              assignment, rows: try PhoneDirectoryQuery.rows(read[2]), defaultWorkspace: defaultWorkspace)
            return try await make(change, of: assignment, on: transaction)
          }
        }
      }
    }
  }

  package func calls(decidedBy assignment: PhoneAssignment) async throws(RunFailure) -> [CallSID] {
    try await operation { try await decidedCalls(assignment) }
  }

  private func decidedCalls(_ assignment: PhoneAssignment) async throws -> [CallSID] {
    let result = try await database.repeatable(
      DirectoryQuery.calls(decidedBy: assignment), within: .seconds(120))
    return try result.rows.compactMap { row in try CallSID(row.requiredText(0)) }.sorted()
  }

  package func storedCalls(_ sids: [CallSID]) async throws(RunFailure) -> [Call] {
    try await operation {
      let result = try await database.repeatable(StoredCallQuery.statement(sids: sids))
      return try StoredCallQuery.read(result).values.map(\.call).sorted { $0.sid < $1.sid }
    }
  }
}

/// Reads what the numbers of the directory have done, and the calls that one of them decides.
enum DirectoryQuery {
  /// - Parameter workspaces: The answer to `ListedCallQuery.workspaces`.
  static func facts(_ rows: [PhoneRow], _ workspaces: PostgresResult) throws(PostgresError) -> DirectoryFacts
  {
    var facts = DirectoryFacts()
    facts.rows = rows
    for row in workspaces.rows {
      guard let id = try row.workspace(0) else { continue }
      facts.names[id] = try row.text(1)
      guard let text = try row.text(2), !text.hasPrefix("default:"), let number = PhoneNumber(listed: text)
      else { continue }
      facts.numbersOfWorkspaces.append(Inspection.Listing(number: number, workspace: id))
    }
    facts.numbersOfWorkspaces.sort { $0.workspace < $1.workspace }
    return facts
  }

  /// The calls of the last days by the number that decided them, as the status page reads its days.
  static func decided(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT phone_number, price_unit, count(*), sum(cost)::text FROM calls c
      WHERE \(SQL.isOfCase("c")) AND phone_number IS NOT NULL AND call_date > $1::timestamptz
        AND call_date <= $2::timestamptz
      GROUP BY 1, 2 ORDER BY 1, 2
      """,
      [.moment(now.adding(hours: -24 * PhoneActivity.days)), .moment(now)])
  }

  static func readDecided(_ result: PostgresResult, into facts: inout DirectoryFacts) throws(PostgresError) {
    for row in result.rows {
      guard let number = try row.number(0) else { continue }
      let (unit, calls, sum) = (try row.text(1), try row.count(2), try row.text(3))
      var activity = facts.activity[number] ?? PhoneActivity()
      activity.calls = activity.calls.addingClamped(calls)
      if let sum { activity.cost.append(MoveSum.Cost(priceUnit: unit, sum: sum)) }
      facts.activity[number] = activity
    }
  }

  /// When the first and the last call of each number began: two probes of an index.
  static func spans(of numbers: Set<PhoneNumber>) -> PostgresStatement {
    let caller = SQL.Party.caller("c")
    func call(_ order: String) -> String {
      """
      (SELECT \(SQL.milliseconds("c.call_date")) FROM calls c
        WHERE \(caller.isOne("n.number")) AND \(SQL.isTime("c.call_date"))
        ORDER BY \(caller.name) \(order), c.call_date \(order) LIMIT 1)
      """
    }
    return PostgresStatement(
      "SELECT n.number, \(call("ASC")), \(call("DESC")) FROM unnest($1::text[]) AS n (number)",
      [.textArray(numbers.map(\.canonical))])
  }

  static func readSpans(_ result: PostgresResult, into facts: inout DirectoryFacts) throws(PostgresError) {
    for row in result.rows {
      guard let number = try row.number(0), let first = try row.moment(1) else { continue }
      let last = try row.moment(2)
      facts.activity[number, default: PhoneActivity()].firstCall = first
      facts.activity[number, default: PhoneActivity()].lastCall = last
    }
  }

  /// Calls outside a workspace that a number decides: its own, and the transfers of the leads that it rang.
  static func calls(decidedBy assignment: PhoneAssignment) -> PostgresStatement {
    PostgresStatement(
      """
      WITH own AS MATERIALIZED (
        SELECT c.id, c.lead_number, c.workspace_id FROM calls c WHERE \(SQL.Party.caller("c").isOne("$1")))
      SELECT id FROM own WHERE workspace_id IS DISTINCT FROM $2::bigint
      UNION ALL
      SELECT t.id FROM (SELECT DISTINCT lead_number FROM own WHERE lead_number IS NOT NULL) l
      CROSS JOIN LATERAL (
        SELECT t.id, t.phone_number, t.workspace_id FROM calls t
        WHERE t.lead_number = l.lead_number AND \(SQL.isTransfer("t")) OFFSET 0) t
      WHERE t.phone_number = $1 AND t.workspace_id IS DISTINCT FROM $2::bigint
      """,
      [.text(assignment.number.canonical), .int(assignment.workspace.number)])
  }
}
