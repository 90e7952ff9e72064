import CallDomain
import Postgres
import Synchronization

/// The one transaction by which calls get into the tables: a page with everything it changes and
/// the marks of its progress, or nothing.
///
/// Three round trips: lock and read; write the calls of cases 1 and 2 and read the candidates; write
/// the transfers and commit. One more when a number of ours is new or has no workspace yet. What the last page
/// was like tells a shorter way: see the two extensions below (Architecture.md, "The page commit").
struct PageCommit {
  let page: IntakePage
  let fence: RunFence
  let defaultWorkspace: WorkspaceID
  let lease: LeaseTerms
  /// By which it chooses its way, and which it tells what this page was like.
  let lastPage: LastPage
  private let lost = LostOutcome()

  init(
    page: IntakePage, fence: RunFence, defaultWorkspace: WorkspaceID, lease: LeaseTerms, lastPage: LastPage
  ) {
    self.page = page
    self.fence = fence
    self.defaultWorkspace = defaultWorkspace
    self.lease = lease
    self.lastPage = lastPage
  }

  /// - Throws: `RunFailure` or `PostgresError`; then nothing was committed, except perhaps with
  ///   `commitOutcomeUnknown`, after which the page is simply committed again.
  func run(on database: Database) async throws -> PageOutcome {
    var outcome: PageOutcome
    do {
      outcome = try await commit(on: database)
    } catch let error as PostgresError where error.isRefusalOfValues {
      outcome = try await commitButRefused(on: database)
    }
    if outcome.isIncomplete {
      outcome.missing = try await missing(on: database).subtracting(outcome.refused.map(\.sid))
      for case .slice(let step) in page.marks where !outcome.missing.isEmpty {
        _ = try await database.repeatable(
          SliceRecords.note(missing: outcome.missing, in: step.slice.number, of: fence.run))
      }
    }
    return outcome
  }

  private func commit(on database: Database) async throws -> PageOutcome {
    if page.isRehearsal { return try await rehearse { try await commitMixed(on: database) } }
    switch lastPage.kind {
    case .new(let rows, let directory):
      if let draft = PageDraft(page, run: fence.run, rows: rows, directory: directory),
        let outcome = try await commit(draft, on: database)
      {
        return outcome
      }
      return try await commitMixed(on: database)
    case .unchanged: return try await commitUnlessUnchanged(on: database)
    case .mixed: return try await commitMixed(on: database)
    }
  }

  /// Thrown to roll a rehearsal back.
  private struct Rehearsed: Error {
    let outcome: PageOutcome
  }

  func rehearse(_ commit: () async throws -> PageOutcome) async throws -> PageOutcome {
    do {
      return try await commit()
    } catch let rehearsed as Rehearsed {
      return rehearsed.outcome
    }
  }

  private func commitMixed(on database: Database) async throws -> PageOutcome {
    try await database.withTransaction(limits, opening: lockAndRead) { transaction in
      try await commit(on: transaction, read: transaction.opening)
    }
  }

  /// Takes the lock and reads what the page is merged with.
  var lockAndRead: [PostgresStatement] {
    [
      CommitLock.alone, RunLease.confirm(fence), PhoneDirectoryQuery.statement,
      StoredCallQuery.statement(
        sids: page.calls.map(\.sid), run: fence.run, isWhole: page.isLastWord),
    ]
  }

  /// - Parameters:
  ///   - read: The answers to `lockAndRead`.
  ///   - refusal: What the database is known to refuse; its calls are left out of the page here.
  func commit(
    on transaction: PostgresTransaction, read: [PostgresResult], refusal: PageRefusal = PageRefusal()
  ) async throws -> PageOutcome {
    guard let lease = read[1].rows.first else { throw RunFailure.leaseLost }
    let rows = try PhoneDirectoryQuery.rows(read[2])
    let stored = try StoredCallQuery.read(read[3])
    var createdPhones = 0
    var refusedPhones = refusal.phones
    var directory = PhoneDirectory(rows: rows, defaultWorkspace: defaultWorkspace)
    var merged = merged(stored, directory, but: refusal)
    let extendsDirectory = !merged.newPhones.isEmpty || !merged.unclaimedRows.isEmpty
    if extendsDirectory {
      (directory, createdPhones) = try await extend(
        directory, with: merged, but: &refusedPhones, on: transaction)
      merged = self.merged(stored, directory, but: refusal)
    }
    let writes = OutboundWrites(merged, run: fence.run, isLastWord: page.isLastWord)
    let written = writes.statements.isEmpty ? [] : try await transaction.pipeline(writes.statements)
    var decided = DecidedPage(
      merged: merged, stored: stored, candidates: try writes.candidates(in: written),
      directory: directory, createdPhones: createdPhones, isLastWord: page.isLastWord)
    decided.outcome.isIncomplete = !writes.areWritten(written)
    decided.outcome.refused = refusal.calls.map(\.refusal)
    decided.outcome.kept = refusal.untouched
    for number in merged.newPhones { decided.outcome.refusedPhones[number] = refusedPhones[number] }
    let transfers =
      decided.transferRows.isEmpty
      ? nil : CallUpsert.statement(decided.transferRows, isLastWord: page.isLastWord)
    if page.isRehearsal {
      // What is refused shows only so, where it is checked at the end, too.
      _ = try await transaction.pipeline(
        [RefusalSearch.atOnce] + rowWrites(transfers: transfers, decided: decided))
      throw Rehearsed(outcome: decided.outcome)
    }
    var last = UnsettledListUpdate.statements(of: page, merged: merged, stored: stored)
    if try lease.requiredBool(0) { last.append(RefusedCallRecords.forget(page.calls.map(\.sid))) }
    if !refusal.calls.isEmpty { last.append(RefusedCallRecords.setAside(refusal.calls, readAt: page.readAt)) }
    let outcome = try await end(transaction, transfers: transfers, decided: decided, last: last)
    // An empty one says nothing of the next.
    if !page.calls.isEmpty {
      let isNew = stored.isEmpty && !extendsDirectory
      let isUnchanged = !stored.isEmpty && decided.outcome.changed.isEmpty
      lastPage.note(isNew ? .new(rows, directory) : isUnchanged ? .unchanged : .mixed)
    }
    return outcome
  }

  func merged(
    _ stored: [CallSID: StoredCall], _ directory: PhoneDirectory, but refusal: PageRefusal = PageRefusal()
  ) -> MergedPage {
    MergedPage(
      page: page.calls, stored: stored, directory: directory, isLastWord: page.isLastWord,
      kept: refusal.kept, placed: refusal.placed)
  }

  /// Creates the numbers that the directory does not know. That may meet one that somebody else created meanwhile,
  /// under a workspace of theirs; so the directory is read again.
  ///
  /// - Parameter refused: Numbers that are known to be refused; those that are not created either are added.
  private func extend(
    _ directory: PhoneDirectory, with merged: MergedPage, but refused: inout [PhoneNumber: String],
    on transaction: PostgresTransaction
  ) async throws(PostgresError) -> (PhoneDirectory, created: Int) {
    var directory = directory
    var created = 0
    var unlisted = merged.newPhones.filter { refused[$0] == nil }
    func create(after first: PostgresStatement) async throws(PostgresError) {
      let results = try await transaction.pipeline([
        first, PhoneDirectoryQuery.create(unlisted, workspace: defaultWorkspace),
        PhoneDirectoryQuery.statement,
      ])
      directory = try PhoneDirectoryQuery.read(results[2], defaultWorkspace: defaultWorkspace)
      created += results[1].affectedRows
      unlisted = unlisted.filter { directory.workspace(of: $0) == nil }
    }
    try await create(
      after: PhoneDirectoryQuery.claim(merged.unclaimedRows, defaultWorkspace: defaultWorkspace))
    // The sequence gave ids that are taken, most often.
    if !unlisted.isEmpty { try await create(after: SQL.moveSequence(of: "workspace_phones")) }
    guard !unlisted.isEmpty else { return (directory, created) }
    // Written so that a conflict is an error, which tells what is in the way.
    let search = RefusalSearch(transaction: transaction)
    try await search.begin()
    let findings = try await search.write(
      unlisted,
      by: { PhoneDirectoryQuery.create($0, workspace: defaultWorkspace, passesOverConflicts: false) })
    try await search.takeBack()
    for (number, error) in findings.refused { refused[number] = PageRefusal.reason(error) }
    unlisted = unlisted.filter { refused[$0] == nil }
    // The search may have used up ids that were in the way.
    if !unlisted.isEmpty { try await create(after: SQL.moveSequence(of: "workspace_phones")) }
    for number in unlisted { refused[number] = PageRefusal.reason(nil) }
    return (directory, created)
  }

  /// Writes the last rows and the marks, and commits.
  func end(
    _ transaction: PostgresTransaction, transfers: PostgresStatement?, decided: DecidedPage,
    last: [PostgresStatement]
  ) async throws(PostgresError) -> PageOutcome {
    do throws(PostgresError) {
      let results = try await transaction.commit(
        with: lastWrites(transfers: transfers, decided: decided, last: last))
      var outcome = decided.outcome
      if transfers != nil, results.first?.affectedRows != decided.transferRows.count {
        outcome.isIncomplete = true
      }
      return lost.outcome(ofRepetition: outcome)
    } catch {
      if error.kind == .commitOutcomeUnknown { lost.note(decided.outcome) }
      throw error
    }
  }

  private func rowWrites(transfers: PostgresStatement?, decided: DecidedPage) -> [PostgresStatement] {
    let reattributions = decided.reattributions
    return [transfers, reattributions.isEmpty ? nil : AttributionUpdate.statement(reattributions)]
      .compactMap(\.self)
  }

  private func lastWrites(
    transfers: PostgresStatement?, decided: DecidedPage, last: [PostgresStatement]
  ) -> [PostgresStatement] {
    var statements = rowWrites(transfers: transfers, decided: decided)
    if !decided.outcome.moves.isEmpty {
      statements.append(CallMoveRecords.insert(decided.outcome.moves, by: fence.run))
    }
    statements += last
    for mark in page.marks {
      statements += MarkUpdate.statements(
        mark, readAt: page.readAt, outcome: decided.outcome, run: fence.run)
    }
    return statements
  }

  /// A historical run need not wait until each page is on the disk: a server that crashes loses the last
  /// pages and the progress that goes with them together, and the run reads at its end what was lost.
  var limits: PostgresSettings {
    Self.limits(lockMilliseconds: lease.lockMilliseconds, waitsForDisk: fence.kind != .historical)
  }

  static func limits(_ lease: LeaseTerms) -> PostgresSettings {
    limits(lockMilliseconds: lease.lockMilliseconds)
  }

  static func limits(lockMilliseconds: Int, waitsForDisk: Bool = true) -> PostgresSettings {
    PostgresSettings(
      statementMilliseconds: LeaseTerms.statementSeconds * 1000, lockMilliseconds: lockMilliseconds,
      waitsForDisk: waitsForDisk)
  }
}

/// The way of a page of which nothing is stored, as in a first resync: its new calls go in beside those of
/// other pages, before the commit has its turn. Two round trips.
extension PageCommit {
  /// - Returns: Nil when the draft was not right; then nothing was committed.
  func commit(_ draft: PageDraft, on database: Database) async throws -> PageOutcome? {
    let outcome: PageOutcome?
    do {
      let writes = draft.writes
      let beforeTurn = [CommitLock.shared] + [writes.insertion].compactMap(\.self)
      let turn = [CommitLock.turn, RunLease.confirm(fence), PhoneDirectoryQuery.statement, draft.leftOut]
      outcome = try await database.withTransaction(
        limits, opening: beforeTurn + turn + [writes.candidates].compactMap(\.self)
      ) { transaction in
        let answers = Array(transaction.opening.dropFirst(beforeTurn.count))
        guard let lease = answers[1].rows.first else { throw RunFailure.leaseLost }
        guard try PhoneDirectoryQuery.rows(answers[2]) == draft.rows,
          try answers[3].rows.first?.int(0) == 0, writes.areWritten(transaction.opening.dropFirst()),
          try !lease.requiredBool(0)
        else { throw OldDraft() }
        let decided = DecidedPage(
          merged: draft.merged, stored: [:],
          candidates: try writes.candidates(in: answers.dropFirst(turn.count)),
          directory: draft.directory, createdPhones: 0)
        return try await end(
          transaction,
          transfers: decided.transferRows.isEmpty ? nil : CallUpsert.insertion(decided.transferRows),
          decided: decided, last: draft.watch)
      }
    } catch is OldDraft {
      outcome = nil
    } catch let error as PostgresError where error.kind == .uniqueViolation {
      outcome = nil
    }
    if outcome == nil { lastPage.note(.mixed) }
    return outcome
  }

  private struct OldDraft: Error {}
}

/// A page made ready before its transaction, while another one holds the commit lock: all of it is right
/// if nothing of the page is stored and the directory has not changed since, as in a first resync. Then
/// the commit takes two round trips and asks for no stored rows; else it is made again in the usual way.
struct PageDraft: Sendable {
  /// The directory that it was made with, as the database held it.
  let rows: [PhoneRow]
  let directory: PhoneDirectory
  let merged: MergedPage
  let writes: OutboundWrites
  /// Asks whether any of the calls that the draft leaves out is stored: its direction may be unknown here
  /// and known there.
  let leftOut: PostgresStatement
  let watch: [PostgresStatement]

  /// Nil when it would create or claim a number, after which the directory is another.
  init?(_ page: IntakePage, run: RunID, rows: [PhoneRow], directory: PhoneDirectory) {
    let merged = MergedPage(page: page.calls, stored: [:], directory: directory)
    guard merged.newPhones.isEmpty, merged.unclaimedRows.isEmpty else { return nil }
    self.rows = rows
    self.directory = directory
    self.merged = merged
    watch = UnsettledListUpdate.statements(of: page, merged: merged, stored: [:]).map { $0.prepared() }
    leftOut = StoredCallQuery.count(
      sids: page.calls.filter { $0.attributionCase == nil }.map(\.sid)
    ).prepared()
    writes = OutboundWrites(merged, run: run, areNew: true).prepared()
  }
}

/// The way of a page that is stored as it came, as in a resync that is repeated: it writes nothing but its
/// marks, and needs no lock. Three round trips, or one more than usual where it is not so.
///
/// Whoever changes one of its calls meanwhile, or one that explains its transfers, decides for himself: what
/// the page says is already part of what he finds.
extension PageCommit {
  func commitUnlessUnchanged(on database: Database) async throws -> PageOutcome {
    let transfers = page.calls.filter { $0.attributionCase == .transfer }
    let opening = [
      PhoneDirectoryQuery.statement,
      StoredCallQuery.statement(sids: page.calls.map(\.sid), isWhole: page.isLastWord),
      CandidateQuery.statement(transfers: transfers, touched: [], run: fence.run),
    ]
    return try await database.withTransaction(limits, opening: opening) { transaction in
      guard let decided = try unchanged(transfers, transaction.opening) else {
        return try await commit(on: transaction, read: try await transaction.pipeline(lockAndRead))
      }
      guard let lease = try await transaction.query(RunLease.confirm(fence)).rows.first else {
        throw RunFailure.leaseLost
      }
      let last = try lease.requiredBool(0) ? [RefusedCallRecords.forget(page.calls.map(\.sid))] : []
      return try await end(transaction, transfers: nil, decided: decided, last: last)
    }
  }

  /// Nil when the page changes anything. The evidence was asked for the transfers as they came, which is right
  /// only if what is stored says no more about them.
  private func unchanged(_ transfers: [Call], _ answers: [PostgresResult]) throws -> DecidedPage? {
    let directory = try PhoneDirectoryQuery.read(answers[0], defaultWorkspace: defaultWorkspace)
    let stored = try StoredCallQuery.read(answers[1])
    let merged = merged(stored, directory)
    guard merged.outboundRows.isEmpty, merged.touched.isEmpty, merged.newPhones.isEmpty,
      merged.unclaimedRows.isEmpty, merged.transfers == transfers,
      UnsettledListUpdate.statements(of: page, merged: merged, stored: stored).isEmpty
    else { return nil }
    let decided = DecidedPage(
      merged: merged, stored: stored, candidates: try CandidateQuery.read(answers[2]), directory: directory,
      createdPhones: 0, isLastWord: page.isLastWord)
    return decided.transferRows.isEmpty && decided.reattributions.isEmpty ? decided : nil
  }
}

extension PageCommit {
  /// Calls of the page that are of a case and not in the table.
  private func missing(on database: Database) async throws -> Set<CallSID> {
    let sids = page.calls.filter { $0.attributionCase != nil }.map(\.sid)
    let result = try await database.repeatable(StoredCallQuery.missing(sids: sids))
    return Set(try result.rows.compactMap { row in try CallSID(row.requiredText(0)) })
  }
}

/// What the last page was like: the next one is mostly of the same kind.
final class LastPage: Sendable {
  enum Kind: Sendable {
    /// Nothing of it was stored; the directory as the database held it.
    case new([PhoneRow], PhoneDirectory)
    /// Stored as it came.
    case unchanged
    case mixed
  }

  private let state = Mutex(Kind.mixed)

  var kind: Kind { state.withLock(\.self) }

  func note(_ kind: Kind) {
    state.withLock { $0 = kind }
  }
}

/// What a page's commit did whose answer was lost: where it was done after all, whoever commits the page again
/// finds nothing left to do, and would count nothing.
final class LostOutcome: Sendable {
  private let lost = Mutex<PageOutcome?>(nil)

  func note(_ outcome: PageOutcome) {
    lost.withLock { $0 = outcome }
  }

  /// - Returns: What the page did, the attempt before this one counted.
  func outcome(ofRepetition outcome: PageOutcome) -> PageOutcome {
    guard outcome.changed.isEmpty, outcome.createdPhones == 0, let lost = lost.withLock(\.self) else {
      return outcome
    }
    return lost
  }
}
