import CallDomain
import Postgres

/// Reads the stored rows of a page's SIDs, so that the page can be merged with them.
enum StoredCallQuery {
  // One probe of the primary key a call, whatever the planner takes the size of the table for: a table that
  // grew a minute ago has no statistics, and reading it whole for every page is quadratic.
  static func statement(sids: [CallSID]) -> PostgresStatement {
    PostgresStatement(
      """
      \(selection(from: "unnest($1::text[]) n(id) CROSS JOIN LATERAL "
        + "(SELECT * FROM calls WHERE calls.id = n.id LIMIT 1) c"))
      WHERE c.source = 'twilio'
      """,
      [.textArray(sids.map(\.text))])
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

  private static func selection(from calls: String) -> String {
    """
    SELECT c.id, c.phone_from, c.phone_to, c.direction, c.status, \(SQL.seconds("c.duration")),
      c.raw_data->>'startTime', \(SQL.milliseconds("c.ended_at")), c.raw_data->>'dateCreated',
      \(SQL.milliseconds("c.twilio_updated_at")), c.raw_data->>'price', c.price_unit,
      c.workspace_id, c.phone_number, c.lead_number, c.cost::text,
      \(SQL.milliseconds("c.effective_at")), u.call_id IS NOT NULL, u.given_up_at IS NOT NULL,
      (SELECT atttypmod <> -1 FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'cost')
    FROM \(calls) LEFT JOIN unsettled_calls u ON u.call_id = c.id
    """
  }

  static func read(_ result: PostgresResult) throws(PostgresError) -> [CallSID: StoredCall] {
    var stored: [CallSID: StoredCall] = [:]
    stored.reserveCapacity(result.rows.count)
    for row in result.rows {
      guard let sid = try CallSID(row.requiredText(0)) else { continue }
      let isListed = try row.requiredBool(17)
      let isGivenUp = try row.requiredBool(18)
      let call = try call(sid, row)
      stored[sid] = try StoredCall(
        call: call, workspace: row.workspace(12), phoneNumber: row.number(13),
        leadNumber: row.number(14), cost: cost(row, of: call), effectiveTime: row.moment(16),
        isOnWatch: isListed && !isGivenUp, isGivenUp: isGivenUp)
    }
    return stored
  }

  // Where a view keeps the column narrow it holds a price rounded, and never more: such a row would be
  // written again for ever.
  private static func cost(_ row: PostgresRow, of call: Call) throws(PostgresError) -> String? {
    let cost = try row.text(15)
    let isNarrow = try row.bool(19) ?? false
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
