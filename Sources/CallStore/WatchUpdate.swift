import CallDomain
import Postgres

/// Keeps the list of unsettled calls in step with a page.
enum WatchUpdate {
  /// The statements for a page; none when nothing changes, and none for calls that Twilio was not asked for.
  static func statements(
    of page: IntakePage, merged: MergedPage, stored: [CallSID: StoredCall]
  ) -> [PostgresStatement] {
    page.isReread ? [] : statements(calls: merged.calls, stored: stored, readAt: page.readAt)
  }

  private static func statements(
    calls: [Call], stored: [CallSID: StoredCall], readAt: Timestamp
  ) -> [PostgresStatement] {
    var settled: [CallSID] = []
    var asked: [(call: Call, givenUp: Bool)] = []
    for call in calls {
      switch Watch.change(for: call, stored: stored[call.sid], readAt: readAt) {
      case .none: continue
      case .remove: settled.append(call.sid)
      case .asked(let givenUp): asked.append((call, givenUp))
      }
    }
    var statements: [PostgresStatement] = []
    if !settled.isEmpty {
      statements.append(
        PostgresStatement(
          "DELETE FROM unsettled_calls WHERE call_id = ANY($1::text[])",
          [.textArray(settled.map(\.text))]))
    }
    if !asked.isEmpty {
      statements.append(
        PostgresStatement(
          """
          INSERT INTO unsettled_calls AS u (call_id, call_date, asked_at, given_up_at)
          SELECT n.id, n.call_date, $3::timestamptz, CASE WHEN n.given_up THEN $3::timestamptz END
          FROM unnest($1::text[], $2::timestamptz[], $4::boolean[]) AS n(id, call_date, given_up)
          ON CONFLICT (call_id) DO UPDATE SET call_date = excluded.call_date,
            asked_at = greatest(\(SQL.time("u.asked_at")), excluded.asked_at),
            given_up_at = excluded.given_up_at
          WHERE u.asked_at < excluded.asked_at OR NOT \(SQL.isTime("u.asked_at")) OR u.call_date IS DISTINCT FROM excluded.call_date
            OR u.given_up_at IS DISTINCT FROM excluded.given_up_at
          """,
          [
            .textArray(asked.map(\.call.sid.text)), .moments(asked.map(\.call.callDate)),
            .moment(readAt), .boolArray(asked.map(\.givenUp)),
          ]))
    }
    return statements
  }

  /// Marks calls that Twilio no longer knows; their rows in `calls` stay.
  static func gone(_ sids: [CallSID], readAt: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE unsettled_calls SET asked_at = $2::timestamptz, gone_at = $2::timestamptz,
        given_up_at = $2::timestamptz
      WHERE call_id = ANY($1::text[])
      """,
      [.textArray(sids.map(\.text)), .moment(readAt)])
  }
}
