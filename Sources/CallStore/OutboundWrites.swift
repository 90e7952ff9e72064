import CallDomain
import Postgres

/// The calls of cases 1 and 2 written, and with them in the table the evidence for transfers read: one
/// round trip.
struct OutboundWrites: Sendable {
  private var upsert: PostgresStatement?
  private var evidence: PostgresStatement?

  init(_ merged: MergedPage) {
    if !merged.outboundRows.isEmpty { upsert = CallUpsert.statement(merged.outboundRows) }
    if !merged.transfers.isEmpty || !merged.touchedLeads.isEmpty {
      evidence = EvidenceQuery.statement(transfers: merged.transfers, touchedLeads: merged.touchedLeads)
    }
  }

  /// The same, laid out for sending.
  func prepared() -> OutboundWrites {
    var writes = self
    writes.upsert = upsert?.prepared()
    writes.evidence = evidence?.prepared()
    return writes
  }

  func run(on transaction: PostgresTransaction) async throws(PostgresError) -> [TransferEvidence] {
    let statements = [upsert, evidence].compactMap(\.self)
    guard !statements.isEmpty else { return [] }
    let results = try await transaction.pipeline(statements)
    guard evidence != nil, let last = results.last else { return [] }
    return try EvidenceQuery.read(last)
  }
}
