import CallDomain
import Postgres

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
