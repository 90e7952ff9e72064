package import CallDomain
import Postgres

extension CallStore {
  package func storedCalls(
    after last: CallSID?, since: Timestamp?, limit: Int
  ) async throws(RunFailure) -> [Call] {
    try await operation {
      let result = try await database.repeatable(
        StoredCallQuery.next(after: last, since: since, limit: limit))
      return try StoredCallQuery.read(result).values.map(\.call).sorted { $0.sid < $1.sid }
    }
  }

  package func unsettled(limit: Int) async throws(RunFailure) -> [UnsettledCall] {
    try await operation {
      let result = try await database.repeatable(
        PostgresStatement(
          """
          SELECT call_id, \(SQL.milliseconds("call_date")), \(SQL.milliseconds("asked_at"))
          FROM unsettled_calls WHERE given_up_at IS NULL ORDER BY asked_at, call_id LIMIT $1::bigint
          """,
          [.int(Int64(limit))]))
      var calls: [UnsettledCall] = []
      for row in result.rows {
        guard let sid = try CallSID(row.requiredText(0)) else { continue }
        try calls.append(
          UnsettledCall(sid: sid, callDate: row.moment(1), askedAt: row.moment(2) ?? .epoch))
      }
      // A time that is none counts as never, wherever the server puts it.
      return calls.sorted { ($0.askedAt, $0.sid) < ($1.askedAt, $1.sid) }
    }
  }
}
