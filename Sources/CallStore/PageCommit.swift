import CallDomain
import Postgres

/// The one transaction by which calls get into the tables: a page with everything it changes and
/// the marks of its progress, or nothing.
///
/// Three round trips: lock and read; write the calls of cases 1 and 2 and read the evidence; write
/// the transfers and commit. One more when a number of ours is new; one less with a draft, whose new calls
/// go in before the commit has its turn.
struct PageCommit {
  let page: IntakePage
  let fence: RunFence
  let defaultWorkspace: WorkspaceID
  let lease: LeaseTerms
  /// The page as it is if nothing of it is stored and the directory is as it was last.
  var draft: PageDraft?
  /// Told the directory that the commit worked with; nil where a draft would have been no use.
  let onDirectory: @Sendable ((rows: [PhoneRow], directory: PhoneDirectory)?) -> Void

  /// - Throws: `StoreError` or `PostgresError`; then nothing was committed, except perhaps with
  ///   `commitOutcomeUnknown`, after which the page is simply committed again.
  func run(on pool: PostgresPool) async throws -> PageOutcome {
    if let draft, !page.isRehearsal, let outcome = try await commit(draft, on: pool) { return outcome }
    do {
      return try await commit(on: pool)
    } catch let rehearsed as Rehearsed {
      return rehearsed.outcome
    }
  }

  /// Thrown to roll a rehearsal back.
  private struct Rehearsed: Error {
    let outcome: PageOutcome
  }

  /// - Returns: Nil when the draft was not right; then nothing was committed.
  private func commit(_ draft: PageDraft, on pool: PostgresPool) async throws -> PageOutcome? {
    let outcome: PageOutcome?
    do {
      let writes = draft.writes
      let beforeTurn = [limits, CommitLock.shared] + [writes.insertion].compactMap(\.self)
      let turn = [CommitLock.turn, RunLease.confirm(fence), PhoneDirectoryQuery.statement, draft.leftOut]
      outcome = try await pool.withTransaction(
        opening: beforeTurn + turn + [writes.evidence].compactMap(\.self)
      ) { transaction in
        let answers = Array(transaction.opening.dropFirst(beforeTurn.count))
        guard !answers[1].rows.isEmpty else { throw RunLease.lost }
        guard try PhoneDirectoryQuery.rows(answers[2]) == draft.rows,
          try answers[3].rows.first?.int(0) == 0
        else { throw OldDraft() }
        let decided = DecidedPage(
          merged: draft.merged, stored: [:],
          evidence: try writes.evidence(in: answers.dropFirst(turn.count)),
          directory: draft.directory, createdPhones: 0)
        try await transaction.commit(
          with: lastWrites(
            transfers: decided.transferRows.isEmpty ? nil : CallUpsert.insertion(decided.transferRows),
            decided: decided, watch: draft.watch))
        return decided.outcome
      }
    } catch is OldDraft {
      outcome = nil
    } catch let error as PostgresError where error.kind == .uniqueViolation {
      outcome = nil
    }
    if outcome == nil { onDirectory(nil) }
    return outcome
  }

  private struct OldDraft: Error {}

  private func commit(on pool: PostgresPool) async throws -> PageOutcome {
    let sids = page.calls.map(\.sid)
    return try await pool.withTransaction(
      opening: [
        limits, CommitLock.alone, RunLease.confirm(fence), PhoneDirectoryQuery.statement,
        StoredCallQuery.statement(sids: sids),
      ]
    ) { transaction in
      guard !transaction.opening[2].rows.isEmpty else { throw RunLease.lost }
      let rows = try PhoneDirectoryQuery.rows(transaction.opening[3])
      let stored = try StoredCallQuery.read(transaction.opening[4])
      var createdPhones = 0
      var directory = PhoneDirectory(rows: rows, defaultWorkspace: defaultWorkspace)
      var merged = MergedPage(page: page.calls, stored: stored, directory: directory)
      if !merged.newPhones.isEmpty || !merged.unclaimedRows.isEmpty {
        (directory, createdPhones) = try await extend(directory, with: merged, on: transaction)
        merged = MergedPage(page: page.calls, stored: stored, directory: directory)
      } else {
        onDirectory(stored.isEmpty ? (rows, directory) : nil)
      }
      let decided = DecidedPage(
        merged: merged, stored: stored, evidence: try await OutboundWrites(merged).run(on: transaction),
        directory: directory, createdPhones: createdPhones)
      if page.isRehearsal { throw Rehearsed(outcome: decided.outcome) }
      try await transaction.commit(
        with: lastWrites(
          transfers: decided.transferRows.isEmpty ? nil : CallUpsert.statement(decided.transferRows),
          decided: decided,
          watch: WatchUpdate.statements(of: page, merged: merged, stored: stored)))
      return decided.outcome
    }
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
  private var limits: PostgresStatement {
    Self.limits(lockMilliseconds: lease.lockMilliseconds, waitsForDisk: fence.kind != .historical)
  }

  /// Who freezes in the middle of a commit loses the connection after ten seconds, and with it
  /// the lock.
  static func limits(_ lease: LeaseTerms) -> PostgresStatement {
    limits(lockMilliseconds: lease.lockMilliseconds)
  }

  static func limits(lockMilliseconds: Int, waitsForDisk: Bool = true) -> PostgresStatement {
    let commits = waitsForDisk ? "" : ", set_config('synchronous_commit', 'off', true)"
    return PostgresStatement(
      """
      SELECT set_config('idle_in_transaction_session_timeout', '10s', true),
        set_config('lock_timeout', $1, true), set_config('statement_timeout', '60s', true)\(commits)
      """,
      [.text("\(lockMilliseconds)ms")])
  }
}
