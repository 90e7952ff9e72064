import CallDomain
import Postgres

/// Fills the columns of older rows from their `raw_data`, in batches: each is one short
/// transaction, so nobody waits for it, and an attempt that was cut off goes on where it was.
/// The canonical form of numbers lives in Swift only, so the rows come here.
struct CallBackfill {
  let fence: MigrationFence
  let now: Timestamp
  let sleep: @Sendable (_ milliseconds: Int64) async throws -> Void

  private static let batch = 1000
  private static let attempts = 300

  /// - Parameter onBatch: Told how many rows are done.
  func run(_ onBatch: (Int) -> Void) async throws {
    var last = ""
    var done = 0
    while let end = try await endOfBatch(after: last) {
      let range = (after: last, through: end)
      done += try await fence.patiently(attempts: Self.attempts, sleep: sleep) { try await convert(range) }
      onBatch(done)
      last = end
    }
  }

  // The rows are locked before they are read: a price that the older program writes meanwhile is
  // not taken for unknown.
  private func convert(_ range: (after: String, through: String)) async throws -> Int {
    try await fence.withTransaction(Self.limits, opening: [Self.rows(range)]) { transaction in
      var older: [OlderRow] = []
      for row in transaction.opening[0].rows { try older.append(OlderRow(row)) }
      if older.isEmpty { return 0 }
      try await transaction.commit(with: [Self.conversion(older), watch(older)])
      return older.count
    }
  }

  /// Gives way before the server looks for deadlocks (`deadlock_timeout`, one second): somebody who
  /// writes the same rows in another order is never the one who is told to go.
  private static let limits = PostgresSettings(
    statementMilliseconds: LeaseTerms.statementSeconds * 1000, lockMilliseconds: 500)

  // By the key alone: of a column that was just added the server has no statistics, and would read
  // and sort the whole table for every batch of rows that lack it.
  private func endOfBatch(after last: String) async throws -> String? {
    let end = try await fence.database.repeatable(
      PostgresStatement(
        "SELECT max(id) FROM (SELECT id FROM calls WHERE id > $1 ORDER BY id LIMIT \(Self.batch)) ids",
        [.text(last)]))
    return try end.rows.first?.text(0)
  }

  private static func rows(_ range: (after: String, through: String)) -> PostgresStatement {
    PostgresStatement(
      """
      \(OlderRow.selection)
      FROM calls WHERE id > $1 AND id <= $2 AND source = 'twilio' AND effective_at IS NULL
      ORDER BY id FOR UPDATE
      """,
      [.text(range.after), .text(range.through)])
  }

  // A transfer's deciding number is nowhere in an older row: it stays NULL, and the workspace as
  // it is, until the row is decided again. A row of no case gets no time, so that it is never taken for one that
  // was of a case (`StoredCall.wasAttributed`).
  private static func conversion(_ rows: [OlderRow]) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE calls c SET direction = coalesce(c.direction, n.direction),
        ended_at = coalesce(c.ended_at, n.ended_at), price_unit = coalesce(c.price_unit, n.price_unit),
        phone_number = n.phone_number, lead_number = n.lead_number, effective_at = n.effective_at,
        cost = CASE WHEN n.is_unpriced THEN NULL ELSE c.cost END
      FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
        $7::timestamptz[], $8::boolean[])
        AS n(id, direction, ended_at, price_unit, phone_number, lead_number, effective_at, is_unpriced)
      WHERE c.id = n.id AND c.effective_at IS NULL
      """,
      [
        .textArray(rows.map(\.id)), .textArray(rows.map(\.call.direction?.text)),
        .moments(rows.map(\.call.endTime)), .textArray(rows.map(\.call.priceUnit)),
        .textArray(rows.map(\.call.ownNumber?.canonical)),
        .textArray(rows.map(\.call.leadNumber?.canonical)),
        .moments(rows.map { $0.call.attributionCase == nil ? nil : $0.call.effectiveTime }),
        .boolArray(rows.map(\.isUnpriced)),
      ])
  }

  private func watch(_ rows: [OlderRow]) -> PostgresStatement {
    let young = rows.filter { row in
      row.call.attributionCase != nil && row.call.isUnsettled
        && UnsettledList.isYoung(row.callDate, now: now)
    }
    return PostgresStatement(
      """
      INSERT INTO unsettled_calls (call_id, call_date, asked_at)
      SELECT n.id, n.call_date, n.call_date FROM unnest($1::text[], $2::timestamptz[]) AS n(id, call_date)
      ON CONFLICT DO NOTHING
      """,
      [.textArray(young.map(\.id)), .moments(young.map(\.callDate))])
  }
}

/// A row as an older program wrote it.
struct OlderRow {
  let id: String
  let call: Call
  let callDate: Timestamp?
  /// A cost of 0 without a price is how the older program wrote "unknown".
  let isUnpriced: Bool

  /// The columns that `init` reads, of `calls`.
  static let selection = """
    SELECT id, phone_from, phone_to, raw_data->>'direction', raw_data->>'startTime',
      raw_data->>'endTime', raw_data->>'priceUnit', raw_data->>'price', cost = 0, status,
      \(SQL.seconds("duration")), raw_data->>'status', \(SQL.milliseconds("call_date"))
    """

  /// Whether an hourly run is to take it in, as the index `calls_unconverted` has them.
  static let isNotTakenIn = """
    source = 'twilio' AND effective_at IS NULL
    AND raw_data->>'direction' IN ('outbound-api', 'trunking-terminating', 'trunking-originating')
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.requiredText(0)
    let price = try row.text(7)
    let isZero = try row.bool(8) ?? false
    isUnpriced = isZero && (price ?? "").isEmpty
    callDate = try row.moment(12)
    let direction = try row.text(3)
    let statuses = try [row.text(9), row.text(11)]
    call = try Call(
      sid: CallSID(id) ?? .absent, from: row.text(1), to: row.text(2),
      direction: direction.map(CallDirection.init),
      status: statuses.compactMap { $0 }.first.map(CallStatus.init),
      duration: row.int(10).map(Int.init(counted:)), startTime: Self.moment(row.text(4)),
      endTime: Self.moment(row.text(5)), price: price.flatMap(Price.init), priceUnit: row.text(6))
  }

  private static func moment(_ text: String?) -> Timestamp? {
    text.flatMap { Timestamp(iso8601: $0) }
  }
}
