package import CallDomain
import Postgres

extension CallStore {
  /// Stored calls in the order of their ids, to be attributed anew.
  ///
  /// - Parameters:
  ///   - last: The SID after which to go on, nil to begin.
  ///   - since: Only calls that began at this moment or later.
  package func storedCalls(
    after last: CallSID?, since: Timestamp?, limit: Int
  ) async throws(StoreError) -> [Call] {
    try await translated {
      let result = try await database.repeatable(
        StoredCallQuery.next(after: last, since: since, limit: limit))
      return try StoredCallQuery.read(result).values.map(\.call).sorted { $0.sid < $1.sid }
    }
  }

  /// Unsettled calls that are still asked for, the longest waiting first.
  package func unsettled(limit: Int) async throws(StoreError) -> [UnsettledCall] {
    try await translated {
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
