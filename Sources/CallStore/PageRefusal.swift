import CallDomain
import Postgres

/// What the database refuses of a page.
struct PageRefusal {
  /// Calls that are set aside.
  var calls: [(call: Call, refusal: RefusedCall)] = []
  var phones: [PhoneNumber: String] = [:]
  /// Stored calls whose rows stay as they are.
  private(set) var kept: Set<CallSID> = []
  /// Stored calls that stay in their workspaces, and of which the rest is written.
  private(set) var placed: Set<CallSID> = []
  /// Why one of them does.
  private var reason: String?

  /// What is told of stored calls that do not change as they should.
  var untouched: KeptCalls? { reason.map { KeptCalls(sids: kept.union(placed), reason: $0) } }

  mutating func keep(_ sids: some Sequence<CallSID>, _ error: PostgresError) {
    kept.formUnion(sids)
    reason = reason ?? error.shortReason
  }

  mutating func place(_ sids: some Sequence<CallSID>, _ error: PostgresError) {
    placed.formUnion(sids)
    reason = reason ?? error.shortReason
  }
}

/// The way of a page of which something was refused: finds out what, and commits the rest.
extension PageCommit {
  func commitButRefused(on database: Database) async throws -> PageOutcome {
    if page.isRehearsal { return try await rehearse { try await setAsideAndCommit(on: database) } }
    return try await setAsideAndCommit(on: database)
  }

  private func setAsideAndCommit(on database: Database) async throws -> PageOutcome {
    try await database.withTransaction(limits, opening: lockAndRead) { transaction in
      let read = transaction.opening
      // Else every call that it is given to would seem to be at fault.
      let workspaces = try await transaction.query(Preflight.exists(defaultWorkspace))
      guard !workspaces.rows.isEmpty else { throw RunFailure.noDefaultWorkspace(defaultWorkspace) }
      let search = RefusalSearch(transaction: transaction)
      try await search.begin()
      let refusal = try await refusal(
        directory: try PhoneDirectoryQuery.read(read[2], defaultWorkspace: defaultWorkspace),
        stored: try StoredCallQuery.read(read[3]), search)
      try await search.takeBack()
      return try await without(refusal.calls).commit(on: transaction, read: read, refusal: refusal)
    }
  }

  /// The same of the rest of the page.
  private func without(_ calls: [(call: Call, refusal: RefusedCall)]) -> PageCommit {
    let refused = Set(calls.map(\.call.sid))
    var rest = page
    rest.calls.removeAll { refused.contains($0.sid) }
    return PageCommit(
      page: rest, fence: fence, defaultWorkspace: defaultWorkspace, lease: lease, lastPage: lastPage)
  }

  /// Writes the page as its commit does, with what is decided by then, and looks for what is refused at each step.
  private func refusal(
    directory: PhoneDirectory, stored: [CallSID: StoredCall], _ search: RefusalSearch
  ) async throws -> PageRefusal {
    let whole = merged(stored, directory)
    var refusal = PageRefusal()
    let phones = try await search.write(
      whole.newPhones, by: { PhoneDirectoryQuery.create($0, workspace: defaultWorkspace) })
    for (number, error) in phones.refused { refusal.phones[number] = error.shortReason }
    try await write(whole.outboundRows, stored, of: whole.calls.count, &refusal, search)
    // Who rang a lead cannot be asked where the server cannot even read its number; so what is new of transfers is
    // tried before they are decided, in the workspace that they have.
    var merged = rest(after: refusal, stored, directory)
    let changed = merged.transfers.filter { stored[$0.sid]?.call != $0 }.map { call in
      let row = CallRow(
        call: call, attribution: Attribution(workspace: defaultWorkspace, decidingNumber: nil),
        leadNumber: call.leadNumber)
      return stored[call.sid].map(row.placed) ?? row
    }
    try await search.begin()
    try await write(changed, stored, of: whole.calls.count, &refusal, search)
    try await search.takeBack()
    merged = rest(after: refusal, stored, directory)
    let candidates =
      merged.transfers.isEmpty && merged.touched.isEmpty
      ? []
      : try CandidateQuery.read(
        await search.transaction.query(
          CandidateQuery.statement(transfers: merged.transfers, touched: merged.touched, run: fence.run)))
    let decided = DecidedPage(
      merged: merged, stored: stored, candidates: candidates, directory: directory, createdPhones: 0,
      isLastWord: page.isLastWord)
    try await write(decided.transferRows, stored, of: whole.calls.count, &refusal, search)
    let newestFirst = decided.reattributions.sorted {
      decided.outcome.redecided[$0.sid] ?? .epoch > decided.outcome.redecided[$1.sid] ?? .epoch
    }
    try await writeOrKeep(newestFirst, sid: \.sid, by: AttributionUpdate.statement, &refusal, search)
    return refusal
  }

  private func rest(
    after refusal: PageRefusal, _ stored: [CallSID: StoredCall], _ directory: PhoneDirectory
  ) -> MergedPage {
    without(refusal.calls).merged(stored, directory, but: refusal)
  }

  /// Writes rows of the page's calls. Of those that are refused, calls of which Twilio says something new stay in their
  /// workspaces where that is enough, and are set aside where it is not; the others stay as they are stored.
  ///
  /// - Parameter calls: How many calls of a case the page has.
  private func write(
    _ rows: [CallRow], _ stored: [CallSID: StoredCall], of calls: Int, _ refusal: inout PageRefusal,
    _ search: RefusalSearch
  ) async throws {
    let isKnown = { (row: CallRow) in
      stored[row.call.sid].map { page.isReread || $0.call == row.call } ?? false
    }
    let statement = { (rows: [CallRow]) in CallUpsert.statement(rows, isLastWord: page.isLastWord) }
    let before = refusal.calls.map(\.call.sid)
    func isTooMuch(_ rows: [CallRow]) -> Bool {
      RefusalLimits.isTooMuch(
        refused: before + rows.map(\.call.sid), of: calls, before: page.refusedBefore)
    }
    let moving = rows.filter { row in
      guard !isKnown(row), let old = stored[row.call.sid]?.workspace else { return false }
      return old != row.attribution.workspace
    }
    let moved = try await search.write(moving, by: statement, isTooMuch: isEnough(refusal))
    let staying = (moved.refused.map(\.item) + moved.untried).map { row in
      stored[row.call.sid].map(row.placed) ?? row
    }
    let tried = Set(moving.map(\.call.sid))
    let new = try await search.write(
      rows.filter { !isKnown($0) && !tried.contains($0.call.sid) } + staying, by: statement,
      isTooMuch: isTooMuch)
    if let error = new.refused.last?.error, isTooMuch(new.refused.map(\.item)) {
      throw RunFailure.tooManyRefused(error)
    }
    refusal.calls += new.refused.map { row, error in
      (
        row.call,
        RefusedCall(
          sid: row.call.sid, attributionCase: row.call.attributionCase, reason: error.shortReason)
      )
    }
    if let error = moved.refused.first?.error {
      refusal.place(
        Set(staying.map(\.call.sid)).subtracting(new.refused.map(\.item.call.sid)), error)
    }
    let newestFirst = rows.filter(isKnown).sorted {
      $0.call.effectiveTime > $1.call.effectiveTime
    }
    try await writeOrKeep(newestFirst, sid: \.call.sid, by: statement, &refusal, search)
  }

  /// When to stop looking for stored calls that do not change: after a hundred of a run one tells that there are more.
  private func isEnough<Item>(_ refusal: PageRefusal) -> ([Item]) -> Bool {
    let before = page.keptBefore + (refusal.untouched?.sids.count ?? 0)
    let most = max(1, RefusalLimits.mostOfRun - before)
    return { $0.count >= most }
  }

  /// Writes what is to change of stored calls. Those that are refused stay as they are; so do those that were not tried
  /// when many had been refused, which would take too long under the lock. They are given with the newest first, which
  /// lie in no closed month.
  private func writeOrKeep<Item>(
    _ items: [Item], sid: KeyPath<Item, CallSID>, by statement: ([Item]) -> PostgresStatement,
    _ refusal: inout PageRefusal, _ search: RefusalSearch
  ) async throws {
    let findings = try await search.write(items, by: statement, isTooMuch: isEnough(refusal))
    guard let error = findings.refused.first?.error else { return }
    refusal.keep((findings.refused.map(\.item) + findings.untried).map { $0[keyPath: sid] }, error)
  }
}
