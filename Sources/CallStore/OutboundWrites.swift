import CallDomain
import Postgres

/// The calls of cases 1 and 2 written, and with them in the table the evidence for transfers read: one
/// round trip.
struct OutboundWrites: Sendable {
  private(set) var insertion: PostgresStatement?
  private(set) var evidence: PostgresStatement?

  /// - Parameter areNew: Whether none of the rows is stored. They are then inserted beside those of other
  ///   commits, in the order of their SIDs, so that two commits of one call never wait for one another.
  init(_ merged: MergedPage, areNew: Bool = false) {
    if !merged.outboundRows.isEmpty {
      insertion =
        areNew
        ? CallUpsert.insertion(merged.outboundRows.sorted { $0.call.sid < $1.call.sid })
        : CallUpsert.statement(merged.outboundRows)
    }
    if !merged.transfers.isEmpty || !merged.touched.isEmpty {
      evidence = EvidenceQuery.statement(transfers: merged.transfers, touched: merged.touched)
    }
  }

  /// The same, laid out for sending.
  func prepared() -> OutboundWrites {
    var writes = self
    writes.insertion = insertion?.prepared()
    writes.evidence = evidence?.prepared()
    return writes
  }

  var statements: [PostgresStatement] { [insertion, evidence].compactMap(\.self) }

  /// The evidence among the answers to `statements`.
  func evidence(in results: some BidirectionalCollection<PostgresResult>) throws(PostgresError)
    -> [TransferEvidence]
  {
    guard evidence != nil, let last = results.last else { return [] }
    return try EvidenceQuery.read(last)
  }

  func run(on transaction: PostgresTransaction) async throws(PostgresError) -> [TransferEvidence] {
    statements.isEmpty ? [] : try evidence(in: try await transaction.pipeline(statements))
  }
}
