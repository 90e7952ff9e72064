import CallDomain
import Postgres

/// Reads what decides transfers: for each transfer of a page, and each stored transfer of a
/// touched lead, the nearest related call on either side in time.
///
/// Two probes of the index `calls_related` a transfer, never all calls to the lead: a number
/// used for testing may have been rung 100,000 times.
enum EvidenceQuery {
  /// - Parameters:
  ///   - transfers: The page's transfers; those without a lead have no evidence.
  ///   - touchedLeads: Leads whose stored transfers are decided anew.
  static func statement(transfers: [Call], touchedLeads: Set<PhoneNumber>) -> PostgresStatement {
    let withLead = transfers.compactMap { call in call.leadNumber.map { (call, $0) } }
    return PostgresStatement(
      sql,
      [
        .textArray(withLead.map { $0.0.sid.text }),
        .textArray(withLead.map { $0.1.canonical }),
        .moments(withLead.map { $0.0.effectiveTime }),
        .textArray(touchedLeads.map(\.canonical).sorted()),
        .textArray(transfers.map(\.sid.text)),
      ])
  }

  // The SID breaks ties in byte order, whatever the database's own collation. The side before the
  // transfer takes two steps, since one that goes back in time and forward in SIDs would have to
  // sort all earlier calls to the lead.
  static let sql = """
    SELECT t.id, t.lead_number, \(SQL.milliseconds("t.effective_at")), t.is_stored, t.workspace_id,
      t.phone_number,
      before.id, before.phone_number, \(SQL.milliseconds("before.effective_at")),
      after.id, after.phone_number, \(SQL.milliseconds("after.effective_at"))
    FROM (
      SELECT p.id, p.lead_number, p.effective_at, false AS is_stored,
        NULL::bigint AS workspace_id, NULL::text AS phone_number
      FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS p(id, lead_number, effective_at)
      UNION ALL
      SELECT s.id, s.lead_number, s.effective_at, true, s.workspace_id, s.phone_number
      FROM calls s
      WHERE s.source = 'twilio' AND s.direction = 'trunking-originating'
        AND s.lead_number = ANY($4::text[]) AND s.lead_number IS NOT NULL
        AND s.effective_at IS NOT NULL AND NOT (s.id = ANY($5::text[]))
    ) t
    LEFT JOIN LATERAL (
      SELECT c.effective_at FROM calls c
      WHERE c.lead_number = t.lead_number AND c.effective_at <= t.effective_at
        AND \(SQL.isRelatedCall("c"))
      ORDER BY c.effective_at DESC LIMIT 1
    ) latest ON true
    LEFT JOIN LATERAL (
      SELECT c.id, c.phone_number, c.effective_at FROM calls c
      WHERE c.lead_number = t.lead_number AND c.effective_at = latest.effective_at
        AND \(SQL.isRelatedCall("c"))
      ORDER BY c.id COLLATE "C" LIMIT 1
    ) before ON true
    LEFT JOIN LATERAL (
      SELECT c.id, c.phone_number, c.effective_at FROM calls c
      WHERE c.lead_number = t.lead_number AND c.effective_at > t.effective_at
        AND \(SQL.isRelatedCall("c"))
      ORDER BY c.effective_at, c.id COLLATE "C" LIMIT 1
    ) after ON true
    """

  static func read(_ result: PostgresResult) throws(PostgresError) -> [TransferEvidence] {
    var evidence: [TransferEvidence] = []
    evidence.reserveCapacity(result.rows.count)
    for row in result.rows {
      guard let sid = try CallSID(row.requiredText(0)), let time = try row.moment(2) else { continue }
      let isStored = try row.requiredBool(3)
      try evidence.append(
        TransferEvidence(
          sid: sid, leadNumber: row.number(1), time: time,
          related: [related(row, at: 6), related(row, at: 9)].compactMap { $0 },
          stored: isStored
            ? TransferEvidence.Stored(workspace: row.workspace(4), phoneNumber: row.number(5)) : nil))
    }
    return evidence
  }

  private static func related(_ row: PostgresRow, at column: Int) throws(PostgresError) -> RelatedCall? {
    guard let sid = try row.text(column).flatMap(CallSID.init), let number = try row.number(column + 1),
      let time = try row.moment(column + 2)
    else { return nil }
    return RelatedCall(sid: sid, ownNumber: number, time: time)
  }
}
