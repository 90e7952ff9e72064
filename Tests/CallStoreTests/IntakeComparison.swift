import CallDomain
import Postgres
import TestSupport
import Testing

/// What stands in the tables, held against one plain pass over all calls of a month, column by column. What is
/// not as Twilio told it last was refused, and stands in `refused_calls`.
struct IntakeComparison {
  private let month: GeneratedMonth
  /// The calls as they are to be stored.
  private let stored: [Call]
  private let refused: [CallSID]
  private let outcome: PlainModel.Outcome
  private let coveredUntil: Timestamp?

  init(_ month: GeneratedMonth, _ plan: IntakePlan) {
    self.month = month
    let versions = plan.versions
    stored = month.lives.compactMap { life in
      let taken = life.filter { versions[$0.sid]?.contains($0) == true && !plan.refuses($0) }
      return taken.contains { $0.attributionCase != nil } ? taken.last : nil
    }
    refused = month.calls.filter(plan.refuses).map(\.sid)
    outcome = PlainModel(
      calls: stored, directory: month.directory, defaultWorkspace: month.defaultWorkspace,
      former: month.former
    ).outcome()
    coveredUntil = plan.coveredUntil
  }

  /// - Throws: The failed expectation, after it was recorded.
  func requireEqual(on pool: PostgresPool) async throws {
    try require(
      try await pool.lines(
        """
        SELECT concat_ws('|', id, coalesce(workspace_id::text, '-'), coalesce(phone_number, '-'),
          coalesce(lead_number, '-')) FROM calls ORDER BY id
        """),
      equals: outcome.rows.map { sid, row in
        [sid.text, "\(row.workspace.number)", row.phoneNumber ?? "-", row.leadNumber ?? "-"]
          .joined(separator: "|")
      })
    try require(try await pool.lines(Self.columns), equals: stored.map(line))
    try require(try await pool.lines(Self.rawData), equals: stored.map(rawData))
    try require(
      try await pool.lines("SELECT call_id FROM unsettled_calls ORDER BY 1"),
      equals: stored.filter { $0.isUnsettled && $0.attributionCase != nil }.map(\.sid.text))
    try require(try await pool.lines("SELECT call_id FROM refused_calls"), equals: refused.map(\.text))
    try require(
      try await pool.lines("SELECT (extract(epoch FROM covered_until) * 1000)::bigint FROM sync_state"),
      equals: [coveredUntil.map { "\($0.milliseconds)" } ?? "NULL"])
    try requireDirectory(try await pool.lines(Self.directory))
  }

  private static let columns =
    """
    SELECT concat_ws('|', id, source, coalesce(phone_from, '-'), coalesce(phone_to, '-'),
      coalesce(duration::text, '-'), coalesce(cost::text, '-'), coalesce(price_unit, '-'),
      coalesce(status, '-'), direction,
      coalesce((extract(epoch from call_date) * 1000)::bigint::text, '-'),
      coalesce((extract(epoch from ended_at) * 1000)::bigint::text, '-'),
      coalesce((extract(epoch from twilio_updated_at) * 1000)::bigint::text, '-'))
    FROM calls ORDER BY id
    """

  private func line(_ call: Call) -> String {
    let columns = [
      call.sid.text, "twilio", call.from, call.to, call.duration.map { "\($0)" }, call.price?.magnitude,
      call.priceUnit, call.status?.text, call.direction?.text,
      call.callDate.map { "\($0.milliseconds)" }, call.endTime.map { "\($0.milliseconds)" },
      call.dateUpdated.map { "\($0.milliseconds)" },
    ]
    return columns.map { $0 ?? "-" }.joined(separator: "|")
  }

  private static let rawData =
    """
    SELECT (SELECT string_agg(key || '=' || coalesce(value, '-'), '|' ORDER BY key COLLATE "C")
      FROM jsonb_each_text(raw_data)) FROM calls
    """

  private func rawData(_ call: Call) -> String {
    let values: [String: String?] = [
      "sid": call.sid.text, "from": call.from, "to": call.to, "duration": call.duration.map { "\($0)" },
      "status": call.status?.text, "direction": call.direction?.text, "startTime": call.startTime?.iso8601,
      "endTime": call.endTime?.iso8601, "price": call.price?.text, "priceUnit": call.priceUnit,
      "dateCreated": call.dateCreated?.iso8601, "dateUpdated": call.dateUpdated?.iso8601,
    ]
    return values.sorted { $0.key < $1.key }.map { "\($0)=\($1 ?? "-")" }.joined(separator: "|")
  }

  private static let directory =
    """
    SELECT CASE WHEN id < 1000 THEN id::text ELSE 'new' END || ' ' || coalesce(workspace_id, -1) || ' '
      || phone_number || ' ' || is_primary
    FROM workspace_phones
    """

  /// Numbers are created and rows claimed for what stands in the table, and perhaps for what did so at some time.
  private func requireDirectory(_ found: [String]) throws {
    let everything = PlainModel(
      calls: month.lives.flatMap(\.self).filter { $0.attributionCase != .transfer },
      directory: month.directory, defaultWorkspace: month.defaultWorkspace
    ).outcome()
    let (now, ever) = (Set(directory(outcome)), Set(directory(everything)))
    let extra = Set(found).subtracting(now.union(ever))
    let missing = now.intersection(ever).subtracting(found)
    try #require(extra.isEmpty && missing.isEmpty, "stored \(extra), expected \(missing)")
    let listed = found.count { !$0.hasPrefix("new") }
    try #require(Set(found).count == found.count && listed == month.directory.count)
  }

  private func directory(_ outcome: PlainModel.Outcome) -> [String] {
    var rows: [String] = []
    for row in month.directory {
      var workspace = row.workspace
      // Of the rows of one number any one may be taken; the store takes the first.
      if outcome.adoptedRows.contains(where: { $0.first == row.id }) { workspace = WorkspaceID(1) }
      rows.append("\(row.id) \(workspace?.number ?? -1) \(row.number) \(row.isPrimary)")
    }
    return rows + outcome.createdPhones.map { "new 1 \($0) false" }
  }

  private func require(_ found: [String], equals expected: [String]) throws {
    let extra = Set(found).subtracting(expected).sorted()
    let missing = Set(expected).subtracting(found).sorted()
    try #require(extra.isEmpty && missing.isEmpty, "stored \(extra), expected \(missing)")
    try #require(found.count == expected.count)
  }
}
