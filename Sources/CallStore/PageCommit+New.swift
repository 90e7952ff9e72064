import CallDomain
import Postgres

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
        limits, opening: beforeTurn + turn + [writes.evidence].compactMap(\.self)
      ) { transaction in
        let answers = Array(transaction.opening.dropFirst(beforeTurn.count))
        guard !answers[1].rows.isEmpty else { throw RunFailure.leaseLost }
        guard try PhoneDirectoryQuery.rows(answers[2]) == draft.rows,
          try answers[3].rows.first?.int(0) == 0
        else { throw OldDraft() }
        let decided = DecidedPage(
          merged: draft.merged, stored: [:],
          evidence: try writes.evidence(in: answers.dropFirst(turn.count)),
          directory: draft.directory, createdPhones: 0)
        return try await end(
          transaction,
          transfers: decided.transferRows.isEmpty ? nil : CallUpsert.insertion(decided.transferRows),
          decided: decided, watch: draft.watch)
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
