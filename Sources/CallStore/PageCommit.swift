import CallDomain
import Postgres

/// The one transaction by which calls get into the tables: a page with everything it changes and
/// the marks of its progress, or nothing.
///
/// Three round trips: lock and read; write the calls of cases 1 and 2 and read the evidence; write
/// the transfers and commit. One more when a number of ours is new. What the last page was like tells a
/// shorter way: see `PageCommit+New` and `PageCommit+Unchanged`.
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
    if page.isRehearsal { return try await rehearse(on: database) }
    switch lastPage.kind {
    case .new(let rows, let directory):
      if let draft = PageDraft(page, rows: rows, directory: directory),
        let outcome = try await commit(draft, on: database)
      {
        return outcome
      }
      return try await commit(on: database)
    case .unchanged: return try await commitUnlessUnchanged(on: database)
    case .mixed: return try await commit(on: database)
    }
  }

  /// Thrown to roll a rehearsal back.
  private struct Rehearsed: Error {
    let outcome: PageOutcome
  }

  private func rehearse(on database: Database) async throws -> PageOutcome {
    do {
      return try await commit(on: database)
    } catch let rehearsed as Rehearsed {
      return rehearsed.outcome
    }
  }

  private func commit(on database: Database) async throws -> PageOutcome {
    try await database.withTransaction(limits, opening: lockAndRead) { transaction in
      try await commit(on: transaction, read: transaction.opening)
    }
  }

  /// Takes the lock and reads what the page is merged with.
  var lockAndRead: [PostgresStatement] {
    [
      CommitLock.alone, RunLease.confirm(fence), PhoneDirectoryQuery.statement,
      StoredCallQuery.statement(sids: page.calls.map(\.sid)),
    ]
  }

  /// - Parameter read: The answers to `lockAndRead`.
  func commit(on transaction: PostgresTransaction, read: [PostgresResult]) async throws -> PageOutcome {
    guard !read[1].rows.isEmpty else { throw RunFailure.leaseLost }
    let rows = try PhoneDirectoryQuery.rows(read[2])
    let stored = try StoredCallQuery.read(read[3])
    var createdPhones = 0
    var directory = PhoneDirectory(rows: rows, defaultWorkspace: defaultWorkspace)
    var merged = MergedPage(page: page.calls, stored: stored, directory: directory)
    let extendsDirectory = !merged.newPhones.isEmpty || !merged.unclaimedRows.isEmpty
    if extendsDirectory {
      (directory, createdPhones) = try await extend(directory, with: merged, on: transaction)
      merged = MergedPage(page: page.calls, stored: stored, directory: directory)
    }
    let decided = DecidedPage(
      merged: merged, stored: stored, evidence: try await OutboundWrites(merged).run(on: transaction),
      directory: directory, createdPhones: createdPhones)
    if page.isRehearsal { throw Rehearsed(outcome: decided.outcome) }
    let outcome = try await end(
      transaction, transfers: decided.transferRows.isEmpty ? nil : CallUpsert.statement(decided.transferRows),
      decided: decided, watch: WatchUpdate.statements(of: page, merged: merged, stored: stored))
    if stored.isEmpty {
      lastPage.note(extendsDirectory ? .mixed : .new(rows, directory))
    } else {
      lastPage.note(decided.outcome.changed.isEmpty ? .unchanged : .mixed)
    }
    return outcome
  }

  // Creating a number may meet one that somebody else created meanwhile, under a workspace of
  // theirs; so the directory is read again.
  private func extend(
    _ directory: PhoneDirectory, with merged: MergedPage, on transaction: PostgresTransaction
  ) async throws(PostgresError) -> (PhoneDirectory, created: Int) {
    let results = try await transaction.pipeline([
      PhoneDirectoryQuery.claim(merged.unclaimedRows, defaultWorkspace: defaultWorkspace),
      PhoneDirectoryQuery.create(merged.newPhones, defaultWorkspace: defaultWorkspace),
      PhoneDirectoryQuery.statement,
    ])
    let directory = try PhoneDirectoryQuery.read(results[2], defaultWorkspace: defaultWorkspace)
    return (directory, results[1].affectedRows)
  }

  /// Writes the last rows and the marks, and commits.
  func end(
    _ transaction: PostgresTransaction, transfers: PostgresStatement?, decided: DecidedPage,
    watch: [PostgresStatement]
  ) async throws(PostgresError) -> PageOutcome {
    do throws(PostgresError) {
      try await transaction.commit(
        with: lastWrites(transfers: transfers, decided: decided, watch: watch))
      return lost.outcome(ofRepetition: decided.outcome)
    } catch {
      if error.kind == .commitOutcomeUnknown { lost.note(decided.outcome) }
      throw error
    }
  }

  private func lastWrites(
    transfers: PostgresStatement?, decided: DecidedPage, watch: [PostgresStatement]
  ) -> [PostgresStatement] {
    var statements = [transfers].compactMap(\.self)
    if !decided.reattributions.isEmpty {
      statements.append(AttributionUpdate.statement(decided.reattributions))
    }
    statements += watch
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
