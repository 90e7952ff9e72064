import CallDomain
import Postgres

/// Has calls taken in anew whose own number or lead has another canonical form than what is stored: such a row
/// becomes one without an effective time, as older programs leave them, which the next run takes in like a page
/// of Twilio's (`OlderCalls`). That decides its workspace and its lead's transfers.
///
/// All calls whose forms were the same before, and so may decide one another, change together: a form that
/// changes was the text as Twilio sent it.
struct CanonicalNumbers {
  let fence: MigrationFence

  private static let batch = 5000

  func run() async throws {
    var last = ""
    while let end = try await convert(after: last) { last = end }
  }

  /// - Returns: The last id that was looked at; nil when there is none.
  private func convert(after last: String) async throws -> String? {
    try await PostgresError.repeated {
      // Where a call comes between the two, it is looked at twice.
      try await fence.withTransaction(opening: [Self.rows(after: last), Self.end(after: last)]) {
        transaction in
        var changed: [String] = []
        for row in transaction.opening[0].rows {
          let call = try Call(
            sid: .absent, from: row.text(1), to: row.text(2), direction: row.text(3).map(CallDirection.init))
          // A transfer's number is another call's, which is converted itself.
          let own = try call.attributionCase == .transfer ? row.number(4) : call.ownNumber
          if try own != row.number(4) || call.leadNumber != row.number(5) {
            try changed.append(row.requiredText(0))
          }
        }
        let end = try transaction.opening[1].rows.first?.text(0)
        try await transaction.commit(with: [Self.reset(changed)])
        return end
      }
    }
  }

  // Digits with or without a plus have had the same form in every version.
  private static func rows(after last: String) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT id, phone_from, phone_to, direction, phone_number, lead_number
      FROM (SELECT * FROM calls WHERE id > $1 ORDER BY id LIMIT \(batch)) c
      WHERE source = 'twilio' AND effective_at IS NOT NULL
        AND direction IN ('outbound-api', 'trunking-terminating', 'trunking-originating')
        AND (phone_from ~ '[^+0-9]' OR direction <> 'trunking-originating' AND phone_to ~ '[^+0-9]')
      """,
      [.text(last)])
  }

  private static func end(after last: String) -> PostgresStatement {
    PostgresStatement(
      "SELECT max(id) FROM (SELECT id FROM calls WHERE id > $1 ORDER BY id LIMIT \(batch)) ids", [.text(last)]
    )
  }

  private static func reset(_ ids: [String]) -> PostgresStatement {
    PostgresStatement("UPDATE calls SET effective_at = NULL WHERE id = ANY($1::text[])", [.textArray(ids)])
  }
}
