import CallDomain
import Postgres

/// The calls of cases 1 and 2 written, and with them in the table the evidence for transfers read: one
/// round trip.
struct OutboundWrites: Sendable {
  private var upsert: PostgresStatement?
  private var evidence: PostgresStatement?

  /// - Parameter areNew: Whether none of the rows is stored.
  init(_ merged: MergedPage, areNew: Bool = false) {
    if !merged.outboundRows.isEmpty {
      upsert =
        areNew ? CallUpsert.insertion(merged.outboundRows) : CallUpsert.statement(merged.outboundRows)
    }
    if !merged.transfers.isEmpty || !merged.touched.isEmpty {
      evidence = EvidenceQuery.statement(transfers: merged.transfers, touched: merged.touched)
    }
  }

  /// The same, laid out for sending.
  func prepared() -> OutboundWrites {
    var writes = self
    writes.upsert = upsert?.prepared()
    writes.evidence = evidence?.prepared()
    return writes
  }

  var statements: [PostgresStatement] { [upsert, evidence].compactMap(\.self) }

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
