package import CallDomain
import Postgres

extension CallStore {
  package func olderCalls(after last: CallSID?, limit: Int) async throws(RunFailure) -> [Call] {
    try await operation {
      let result = try await database.repeatable(Self.olderCalls(after: last, limit: limit))
      return try result.rows.map { try OlderRow($0).call }
    }
  }

  // As the index `calls_unconverted` has them; in most runs there is none.
  private static func olderCalls(after last: CallSID?, limit: Int) -> PostgresStatement {
    PostgresStatement(
      """
      \(OlderRow.selection)
      FROM calls WHERE id > $1 AND id ~ '^CA[0-9A-Fa-f]{32}$' AND source = 'twilio' AND effective_at IS NULL
        AND raw_data->>'direction' IN ('outbound-api', 'trunking-terminating', 'trunking-originating')
      ORDER BY id LIMIT $2::bigint
      """,
      [.text(last?.text ?? ""), .int(Int64(limit))])
  }
}
