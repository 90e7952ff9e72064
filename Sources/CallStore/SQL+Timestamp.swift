import CallDomain
import Postgres

extension PostgresValue {
  /// A moment, to be cast to `timestamptz`; ISO 8601 is read alike under every `DateStyle`.
  static func moment(_ moment: Timestamp?) -> PostgresValue {
    moment.map { .text($0.iso8601) } ?? .null
  }

  /// An array of moments, to be cast to `timestamptz[]`.
  static func moments(_ moments: [Timestamp?]) -> PostgresValue {
    .textArray(moments.map { $0?.iso8601 })
  }
}

extension PostgresRow {
  /// A moment that the statement selected through `SQL.milliseconds`.
  func moment(_ column: Int) throws(PostgresError) -> Timestamp? {
    try int(column).map(Timestamp.init(milliseconds:))
  }

  /// A canonical number as the store wrote it.
  func number(_ column: Int) throws(PostgresError) -> PhoneNumber? {
    try text(column).map(PhoneNumber.init(stored:))
  }

  func workspace(_ column: Int) throws(PostgresError) -> WorkspaceID? {
    try int(column).map(WorkspaceID.init)
  }
}

/// Pieces of SQL that several statements share.
enum SQL {
  /// A `timestamptz` as milliseconds since 1970, which no session setting can change.
  static func milliseconds(_ expression: String) -> String {
    "(extract(epoch from \(expression)) * 1000)::bigint"
  }

  /// Milliseconds since 1970 as a `timestamptz`; exact, since a double holds them to a fraction of a
  /// microsecond.
  static func moment(_ expression: String) -> String {
    "to_timestamp(\(expression) / 1000.0::float8)"
  }

  /// Transfers with a lead, as the index `calls_transfers_by_time` has them.
  static func isTransfer(_ table: String) -> String {
    """
    \(table).source = 'twilio' AND \(table).lead_number IS NOT NULL
    AND \(table).direction = 'trunking-originating'
    """
  }

  /// Calls of cases 1 and 2 with a usable caller, as the index `calls_related` has it.
  static func isRelatedCall(_ table: String) -> String {
    """
    \(table).source = 'twilio' AND \(table).phone_number IS NOT NULL
    AND \(table).direction IN ('outbound-api', 'trunking-terminating')
    """
  }
}
