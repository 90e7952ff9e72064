import CallDomain
import Postgres

/// Reads the stored rows of a page's SIDs, so that the page can be merged with them.
enum StoredCallQuery {
  /// - Parameters:
  ///   - run: The run that reads them; nil where none does.
  ///   - isWhole: Whether a row is to say what contradicts the rest of it.
  //
  // One probe of the primary key a call, whatever the planner takes the size of the table for: a table that
  // grew a minute ago has no statistics, and reading it whole for every page is quadratic.
  static func statement(sids: [CallSID], run: RunID? = nil, isWhole: Bool = false) -> PostgresStatement {
    PostgresStatement(
      """
      \(selection(from: "unnest($1::text[]) n(id) \(probe)", precedesRun: SQL.precedes(run: "$2", "c"), isWhole: isWhole))
      WHERE c.source = 'twilio'
      """,
      [.textArray(sids.map(\.text)), run.map { .int($0.number) } ?? .null])
  }

  private static let probe = "CROSS JOIN LATERAL (SELECT * FROM calls WHERE calls.id = n.id LIMIT 1) c"

  /// Those calls, and what else began in a span, each with what contradicts the rest of it.
  static func audited(sids: [CallSID], span: Period) -> PostgresStatement {
    let ids = """
      (SELECT unnest($1::text[]) AS id UNION SELECT id FROM calls
        WHERE source = 'twilio' AND call_date >= $2::timestamptz AND call_date < $3::timestamptz) n
      """
    return PostgresStatement(
      "\(selection(from: "\(ids) \(probe)", isWhole: true)) WHERE c.source = 'twilio'",
      [.textArray(sids.map(\.text)), .moment(span.start), .moment(span.end)])
  }

  /// How many of the calls are stored.
  static func count(sids: [CallSID]) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT count(*) FROM unnest($1::text[]) n(id)
      CROSS JOIN LATERAL (SELECT FROM calls WHERE calls.id = n.id LIMIT 1) c
      """,
      [.textArray(sids.map(\.text))])
  }

  /// Which of the calls are not stored.
  static func missing(sids: [CallSID]) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT n.id FROM unnest($1::text[]) n(id)
      WHERE NOT EXISTS (SELECT FROM calls WHERE calls.id = n.id AND calls.source = 'twilio')
      """,
      [.textArray(sids.map(\.text))])
  }

  /// The next calls in the order of their ids.
  ///
  /// - Parameters:
  ///   - last: The id after which to go on, nil to begin.
  ///   - since: Only calls that began at this moment or later.
  static func next(after last: CallSID?, since: Timestamp?, limit: Int) -> PostgresStatement {
    PostgresStatement(
      """
      \(selection(from: "calls c"))
      WHERE c.id > $1 AND ($2::timestamptz IS NULL OR c.call_date >= $2::timestamptz)
        AND c.source = 'twilio' AND c.effective_at IS NOT NULL
      ORDER BY c.id LIMIT $3::bigint
      """,
      [.text(last?.text ?? ""), .moment(since), .int(Int64(limit))])
  }

  private static func selection(
    from calls: String, precedesRun: String = "true", isWhole: Bool = false
  ) -> String {
    """
    SELECT c.id, c.phone_from, c.phone_to, c.direction, c.status, \(SQL.seconds("c.duration")),
      c.raw_data->>'startTime', \(SQL.milliseconds("c.ended_at")), c.raw_data->>'dateCreated',
      \(SQL.milliseconds("c.twilio_updated_at")), c.raw_data->>'price', c.price_unit,
      c.workspace_id, c.phone_number, c.lead_number, c.cost::text,
      \(SQL.milliseconds("c.effective_at")), u.call_id IS NOT NULL, u.given_up_at IS NOT NULL, u.gone_at IS NOT NULL,
      (SELECT atttypmod <> -1 FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost'),
      \(precedesRun), \(isWhole ? contradiction : "NULL::text")
    FROM \(calls) LEFT JOIN unsettled_calls u ON u.call_id = c.id
    """
  }

  // Times are compared as text: others may have written anything into `raw_data`.
  private static let contradiction = """
    CASE WHEN \(SQL.iso("c.call_date")) IS DISTINCT FROM coalesce(c.raw_data->>'startTime', c.raw_data->>'dateCreated')
      THEN 'callDate'
    WHEN (c.raw_data->>'sid', c.raw_data->>'from', c.raw_data->>'to', c.raw_data->>'duration', c.raw_data->>'status',
        c.raw_data->>'direction', c.raw_data->>'endTime', c.raw_data->>'priceUnit', c.raw_data->>'dateUpdated')
      IS DISTINCT FROM (c.id::text, c.phone_from::text, c.phone_to::text, (\(SQL.seconds("c.duration")))::text,
        c.status::text, c.direction::text, \(SQL.iso("c.ended_at")), c.price_unit::text,
        \(SQL.iso("c.twilio_updated_at")))
      THEN 'rawData' END
    """

  static func read(_ result: PostgresResult) throws(PostgresError) -> [CallSID: StoredCall] {
    var stored: [CallSID: StoredCall] = [:]
    stored.reserveCapacity(result.rows.count)
    for row in result.rows {
      guard let sid = try CallSID(row.requiredText(0)) else { continue }
      let call = try call(sid, row)
      stored[sid] = try StoredCall(
        call: call, workspace: row.workspace(12), phoneNumber: row.number(13),
        leadNumber: row.number(14), cost: cost(row, of: call), effectiveTime: row.moment(16),
        listing: listing(row), precedesRun: row.requiredBool(21))
      stored[sid]?.contradiction = try row.text(22)
    }
    return stored
  }

  private static func listing(_ row: PostgresRow) throws(PostgresError) -> UnsettledList.Place? {
    guard try row.requiredBool(17) else { return nil }
    guard try row.requiredBool(18) else { return .waiting }
    return try row.requiredBool(19) ? .gone : .givenUp
  }

  // Where a view keeps the column narrow it holds a price rounded, and never more: such a row would be
  // written again for ever.
  private static func cost(_ row: PostgresRow, of call: Call) throws(PostgresError) -> String? {
    let cost = try row.text(15)
    let isNarrow = try row.bool(20) ?? false
    return isNarrow && cost != nil ? call.price?.magnitude ?? cost : cost
  }

  private static func call(_ sid: CallSID, _ row: PostgresRow) throws(PostgresError) -> Call {
    try Call(
      sid: sid, from: row.text(1), to: row.text(2), direction: row.text(3).map(CallDirection.init),
      status: row.text(4).map(CallStatus.init), duration: row.int(5).map(Int.init(counted:)),
      startTime: row.text(6).flatMap(Timestamp.init(iso8601:)), endTime: row.moment(7),
      dateCreated: row.text(8).flatMap(Timestamp.init(iso8601:)), dateUpdated: row.moment(9),
      price: row.text(10).flatMap(Price.init), priceUnit: row.text(11))
  }
}

/// Reads what decides transfers: for each transfer of a page, and each stored transfer next to a
/// touched moment, the nearest candidate on either side in time.
///
/// A few probes of the index `calls_related` a transfer or moment, never all calls to the lead nor all
/// its transfers: a number used for testing may have been rung 100,000 times.
enum CandidateQuery {
  /// - Parameters:
  ///   - transfers: The page's transfers; those without a lead have no evidence.
  ///   - touched: Where stored transfers are decided anew.
  ///   - run: The run that reads them; nil where none does.
  ///   - passedOver: Calls that are no candidates for this once.
  static func statement(
    transfers: [Call], touched: Set<TouchedMoment>, run: RunID?, but passedOver: [String] = []
  ) -> PostgresStatement {
    // In the order of the index, so that neighbours are looked up one after the other.
    let touched = touched.sorted { ($0.lead.canonical, $0.time) < ($1.lead.canonical, $1.time) }
    let withLead = transfers.compactMap { call in call.leadNumber.map { (call, $0) } }
    return PostgresStatement(
      passedOver.isEmpty ? sql : sqlWithExceptions,
      [
        .textArray(withLead.map { $0.0.sid.text }),
        .textArray(withLead.map { $0.1.canonical }),
        .moments(withLead.map { $0.0.effectiveTime }),
        .textArray(transfers.map(\.sid.text)),
        .textArray(touched.map(\.lead.canonical)),
        .intArray(touched.map(\.time.milliseconds)),
        run.map { .int($0.number) } ?? .null,
      ] + (passedOver.isEmpty ? [] : [.textArray(passedOver)]))
  }

  // The SID breaks ties in byte order, whatever the database's own collation. The side before the
  // transfer takes two steps, since one that goes back in time and forward in SIDs would have to
  // sort all earlier calls to the lead.
  //
  // Most leads have no transfer, which one probe tells. A history is read from its end, so that most often
  // the first transfer lies after the call that follows the touched moment, which the second one tells.
  // OFFSET 0 keeps the planner from looking further first, and from reading all transfers instead of those
  // of a moment.
  static let sql = sql(isCandidate: SQL.isCandidate("c"))
  private static let sqlWithExceptions = sql(
    isCandidate: SQL.isCandidate("c") + " AND NOT (c.id = ANY($8::text[]))")

  private static func sql(isCandidate: String) -> String {
    """
    SELECT t.id, t.lead_number, \(SQL.milliseconds("t.effective_at")), t.is_stored, t.workspace_id,
      t.phone_number,
      before.id, before.phone_number, \(SQL.milliseconds("before.effective_at")),
      after.id, after.phone_number, \(SQL.milliseconds("after.effective_at")), t.precedes_run
    FROM (
      SELECT p.id, p.lead_number, p.effective_at, false AS is_stored,
        NULL::bigint AS workspace_id, NULL::text AS phone_number, false AS precedes_run
      FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS p(id, lead_number, effective_at)
      UNION ALL
      SELECT s.id, s.lead_number, s.effective_at, true, s.workspace_id::bigint, s.phone_number,
        \(SQL.precedes(run: "$7", "s"))
      FROM (
        SELECT k.lead_number, m.effective_at, first_transfer.effective_at AS first_transfer_at,
          later.effective_at AS later_at
        FROM (SELECT unnest($5::text[]) AS lead_number, unnest($6::bigint[]) AS milliseconds) k
        CROSS JOIN LATERAL (SELECT \(SQL.moment("k.milliseconds")) AS effective_at OFFSET 0) m
        CROSS JOIN LATERAL (
          SELECT x.effective_at FROM calls x
          WHERE x.lead_number = k.lead_number AND \(SQL.isTransfer("x"))
          ORDER BY x.effective_at LIMIT 1
        ) first_transfer
        LEFT JOIN LATERAL (
          SELECT c.effective_at FROM calls c
          WHERE c.lead_number = k.lead_number AND c.effective_at > m.effective_at
            AND \(isCandidate)
          ORDER BY c.effective_at LIMIT 1
        ) later ON true
        OFFSET 0
      ) k
      LEFT JOIN LATERAL (
        SELECT c.effective_at FROM calls c
        WHERE c.lead_number = k.lead_number AND c.effective_at < k.effective_at
          AND \(isCandidate)
        ORDER BY c.effective_at DESC LIMIT 1
      ) earlier ON true
      CROSS JOIN LATERAL (
        SELECT * FROM calls s
        WHERE s.lead_number = k.lead_number AND \(SQL.isTransfer("s"))
          AND s.effective_at >= coalesce(earlier.effective_at, '-infinity')
          AND s.effective_at <= coalesce(k.later_at, 'infinity')
        OFFSET 0
      ) s
      WHERE k.first_transfer_at <= coalesce(k.later_at, 'infinity') AND NOT (s.id = ANY($4::text[]))
    ) t
    LEFT JOIN LATERAL (
      SELECT c.effective_at FROM calls c
      WHERE c.lead_number = t.lead_number AND c.effective_at <= t.effective_at
        AND \(isCandidate)
      ORDER BY c.effective_at DESC LIMIT 1
    ) latest ON true
    LEFT JOIN LATERAL (
      SELECT c.id, c.phone_number, c.effective_at FROM calls c
      WHERE c.lead_number = t.lead_number AND c.effective_at = latest.effective_at
        AND \(isCandidate)
      ORDER BY c.id COLLATE "C" LIMIT 1
    ) before ON true
    LEFT JOIN LATERAL (
      SELECT c.id, c.phone_number, c.effective_at FROM calls c
      WHERE c.lead_number = t.lead_number AND c.effective_at > t.effective_at
        AND \(isCandidate)
      ORDER BY c.effective_at, c.id COLLATE "C" LIMIT 1
    ) after ON true
    """
  }

  static func read(_ result: PostgresResult) throws(PostgresError) -> [TransferCandidates] {
    var candidates: [TransferCandidates] = []
    // A transfer between two touched moments is found by both.
    var seen: Set<CallSID> = []
    candidates.reserveCapacity(result.rows.count)
    for row in result.rows {
      guard let sid = try CallSID(row.requiredText(0)), let time = try row.moment(2),
        seen.insert(sid).inserted
      else { continue }
      let isStored = try row.requiredBool(3)
      try candidates.append(
        TransferCandidates(
          sid: sid, leadNumber: row.number(1), time: time,
          candidates: [candidate(row, at: 6), candidate(row, at: 9)].compactMap { $0 },
          stored: isStored
            ? TransferCandidates.Stored(
              workspace: row.workspace(4), phoneNumber: row.number(5), precedesRun: row.requiredBool(12))
            : nil))
    }
    return candidates
  }

  static func candidate(_ row: PostgresRow, at column: Int) throws(PostgresError) -> CandidateCall? {
    guard let sid = try row.text(column).flatMap(CallSID.init), let number = try row.number(column + 1),
      let time = try row.moment(column + 2)
    else { return nil }
    return CandidateCall(sid: sid, ownNumber: number, time: time)
  }
}

/// Reads and extends `workspace_phones`.
enum PhoneDirectoryQuery {
  static let statement = PostgresStatement(
    "SELECT id, workspace_id, phone_number, coalesce(is_primary, false) FROM workspace_phones")

  static func read(
    _ result: PostgresResult, defaultWorkspace: WorkspaceID
  ) throws(PostgresError) -> PhoneDirectory {
    PhoneDirectory(rows: try rows(result), defaultWorkspace: defaultWorkspace)
  }

  static func rows(_ result: PostgresResult) throws(PostgresError) -> [PhoneRow] {
    var rows: [PhoneRow] = []
    rows.reserveCapacity(result.rows.count)
    for row in result.rows {
      try rows.append(
        PhoneRow(
          id: row.requiredInt(0), workspace: row.workspace(1), number: row.requiredText(2),
          isPrimary: row.requiredBool(3)))
    }
    return rows
  }

  /// Creates `phones` with a workspace. Some databases allow a number once, others
  /// once a workspace; a row that somebody else created meanwhile stays.
  ///
  /// - Parameter passesOverConflicts: Whether a row that is in the way is no error.
  static func create(
    _ phones: [PhoneNumber], workspace: WorkspaceID, passesOverConflicts: Bool = true
  ) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO workspace_phones (workspace_id, phone_number, is_primary)
      SELECT $1::bigint, number, false FROM unnest($2::text[]) AS number
      \(passesOverConflicts ? "ON CONFLICT DO NOTHING" : "")
      """,
      [.int(workspace.number), .textArray(phones.map(\.canonical))])
  }

  /// Gives a row a workspace.
  static func assign(_ row: Int64, to workspace: WorkspaceID) -> PostgresStatement {
    PostgresStatement(
      "UPDATE workspace_phones SET workspace_id = $1::bigint WHERE id = $2::bigint",
      [.int(workspace.number), .int(row)])
  }

  /// Gives rows without a workspace the default one.
  static func claim(_ rows: [Int64], defaultWorkspace: WorkspaceID) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE workspace_phones SET workspace_id = $1::bigint
      WHERE id = ANY($2::bigint[]) AND workspace_id IS NULL
      """,
      [.int(defaultWorkspace.number), .intArray(rows)])
  }
}
