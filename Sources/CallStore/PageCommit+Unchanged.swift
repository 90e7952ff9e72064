import CallDomain
import Postgres

/// The way of a page that is stored as it came, as in a resync that is repeated: it writes nothing but its
/// marks, and needs no lock. Three round trips, or one more than usual where it is not so.
///
/// Whoever changes one of its calls meanwhile, or one that explains its transfers, decides for himself: what
/// the page says is already part of what he finds.
extension PageCommit {
  func commitUnlessUnchanged(on database: Database) async throws -> PageOutcome {
    let transfers = page.calls.filter { $0.attributionCase == .transfer }
    let opening = [
      PhoneDirectoryQuery.statement, StoredCallQuery.statement(sids: page.calls.map(\.sid)),
      EvidenceQuery.statement(transfers: transfers, touched: []),
    ]
    return try await database.withTransaction(limits, opening: opening) { transaction in
      guard let decided = try unchanged(transfers, transaction.opening) else {
        return try await commit(on: transaction, read: try await transaction.pipeline(lockAndRead))
      }
      guard try await !transaction.query(RunLease.confirm(fence)).rows.isEmpty else {
        throw RunFailure.leaseLost
      }
      return try await end(transaction, transfers: nil, decided: decided, watch: [])
    }
  }

  /// Nil when the page changes anything. The evidence was asked for the transfers as they came, which is right
  /// only if what is stored says no more about them.
  private func unchanged(_ transfers: [Call], _ answers: [PostgresResult]) throws -> DecidedPage? {
    let directory = try PhoneDirectoryQuery.read(answers[0], defaultWorkspace: defaultWorkspace)
    let stored = try StoredCallQuery.read(answers[1])
    let merged = MergedPage(page: page.calls, stored: stored, directory: directory)
    guard merged.outboundRows.isEmpty, merged.touched.isEmpty, merged.newPhones.isEmpty,
      merged.unclaimedRows.isEmpty, merged.transfers == transfers,
      WatchUpdate.statements(of: page, merged: merged, stored: stored).isEmpty
    else { return nil }
    let decided = DecidedPage(
      merged: merged, stored: stored, evidence: try EvidenceQuery.read(answers[2]), directory: directory,
      createdPhones: 0)
    return decided.transferRows.isEmpty && decided.reattributions.isEmpty ? decided : nil
  }
}
