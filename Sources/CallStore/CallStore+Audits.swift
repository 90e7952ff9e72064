package import CallDomain
import Foundation
import Postgres

extension CallStore: AuditLedger {
  package func openAudit(_ period: Period, fence: RunFence) async throws(RunFailure) -> AuditProgress {
    try await operation {
      let row = try await database.repeatable(AuditRecords.unfinished(period, before: fence.run)).rows.first
      return try AuditRecords.decode(row?.text(0)) ?? AuditProgress()
    }
  }

  package func keep(
    _ audit: AuditProgress, verdicts: [AuditDay], gone: Set<String>?, fence: RunFence
  ) async throws(RunFailure) {
    try await operation {
      // The day that has come to its end is the last.
      let statements =
        try [AuditRecords.keep(audit, of: fence.run)]
        + verdicts.map { try AuditRecords.verdict($0, gone: $0 == verdicts.last ? gone : nil, of: fence.run) }
      try await PostgresError.repeated {
        try await database.withTransaction(PageCommit.limits(lease), opening: [RunLease.confirm(fence)]) {
          guard !$0.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
          try await $0.commit(with: statements)
        }
      }
    }
  }

  package func compare(_ page: AuditPage) async throws(RunFailure) -> AuditComparison {
    try await operation { try await PostgresError.repeated { try await compared(page) } }
  }

  private func compared(_ page: AuditPage) async throws -> AuditComparison {
    let sids = page.calls.map(\.sid)
    let opening = [
      PhoneDirectoryQuery.statement, StoredCallQuery.audited(sids: sids, span: page.span),
      RefusedCallRecords.known(sids),
    ]
    return try await database.withTransaction(PostgresSettings(isSnapshot: true), opening: opening) {
      transaction in
      let results = transaction.opening
      let draft = AuditDraft(
        page, stored: try StoredCallQuery.read(results[1]),
        others: try results[1].rows.map { try $0.requiredText(0) }.filter { CallSID($0) == nil },
        refused: Set(try results[2].rows.compactMap { try CallSID($0.requiredText(0)) }),
        directory: try PhoneDirectoryQuery.read(results[0], defaultWorkspace: defaultWorkspace))
      let (transfers, touched) = (draft.merged.transfers, draft.merged.touched)
      guard !transfers.isEmpty || !touched.isEmpty else { return draft.compared([], rows: [:]) }
      let candidates = try CandidateQuery.read(
        await transaction.query(
          CandidateQuery.statement(transfers: transfers, touched: touched, run: nil, but: draft.passedOver)))
      let others = candidates.filter { $0.stored != nil }.map(\.sid)
      let rows =
        others.isEmpty
        ? [:]
        : try StoredCallQuery.read(
          await transaction.query(StoredCallQuery.statement(sids: others, isWhole: true)))
      return draft.compared(candidates, rows: rows)
    }
  }

  package func noteGone(fence: RunFence) async throws(RunFailure) -> GoneNotes {
    try await operation {
      try await PostgresError.repeated {
        do {
          return try await noteGone(fence, opening: AuditRecords.noteGone()) { $0.opening[1] }
        } catch let error as PostgresError where error.isRefusalOfValues {
          return try await noteGoneButRefused(fence)
        }
      }
    }
  }

  private func noteGoneButRefused(_ fence: RunFence) async throws -> GoneNotes {
    var reason: PostgresError?
    var notes = try await noteGone(fence, opening: AuditRecords.goneToNote) { transaction in
      let ids = try transaction.opening[1].rows.map { try $0.requiredText(0) }
      let search = RefusalSearch(transaction: transaction)
      try await search.begin()
      // The newest first, so that a hundred old ones, of months that are closed, do not keep them from their turn.
      let findings = try await search.write(
        ids, by: AuditRecords.note, isTooMuch: { $0.count >= RefusalLimits.mostOfRun })
      try await search.takeBack()
      reason = findings.refused.first?.error
      return try await transaction.query(
        AuditRecords.noteGone(but: findings.refused.map(\.item) + findings.untried))
    }
    if let reason { notes.obstacle = .rowsNotTaken(reason) }
    return notes
  }

  /// - Parameter note: Gives the answer to `AuditRecords.noteGone`.
  private func noteGone(
    _ fence: RunFence, opening: PostgresStatement,
    _ note: (PostgresTransaction) async throws -> PostgresResult
  ) async throws -> GoneNotes {
    try await database.withTransaction(
      PageCommit.limits(lease), opening: [RunLease.confirm(fence), opening]
    ) { transaction in
      guard !transaction.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
      guard let row = try await note(transaction).rows.first else { return GoneNotes() }
      let (noted, left) = (try row.count(0), try row.count(1))
      try await transaction.commit()
      return GoneNotes(noted: noted, left: left, obstacle: left > 0 ? .rowsLocked : nil)
    }
  }

  /// The day that a daily audit is to look at: one that the last daily audit did not finish, else the one that ended 48
  /// hours ago, if nobody has looked at it since.
  package func dueAudit(now: Timestamp) async throws(RunFailure) -> Period? {
    let end = now.adding(hours: -48).startOfDay
    let day = end.adding(hours: -24)
    return try await operation {
      guard let row = try await database.repeatable(AuditRecords.due(day)).rows.first else { return nil }
      if let open = try row.moment(0), open >= day.adding(hours: -168), open <= day {
        return Period(start: open.startOfDay, end: open.startOfNextDay)
      }
      return try row.requiredBool(1) ? nil : Period(start: day, end: end)
    }
  }
}

/// The rows of `sync_audits`, and the column `audit` of `sync_runs`.
enum AuditRecords {
  static func unfinished(_ period: Period, before run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT CASE WHEN r.state <> 'succeeded' AND NOT EXISTS (SELECT FROM sync_runs o
        WHERE o.id > r.id AND o.kind IN ('historical', 'reattribute', 'assign') AND NOT o.dry_run)
        THEN r.audit::text END
      FROM sync_runs r WHERE r.kind = 'audit' AND r.id < $1::bigint
        AND r.period_start = $2::timestamptz AND r.period_end = $3::timestamptz
      ORDER BY r.id DESC LIMIT 1
      """,
      [.int(run.number), .moment(period.start), .moment(period.end)])
  }

  /// - Returns: Nil also for what somebody else wrote.
  static func decode(_ json: String?) -> AuditProgress? {
    json.flatMap { try? JSONDecoder().decode(AuditProgress.self, from: Data($0.utf8)) }
  }

  /// The days of an audit; none where somebody else wrote something else there.
  static func days(_ json: String?) -> [AuditDay] {
    json.flatMap { try? JSONDecoder().decode([AuditDay].self, from: Data($0.utf8)) } ?? []
  }

  private static func encoded(_ value: some Encodable) throws -> PostgresValue {
    .text(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
  }

  static func keep(_ audit: AuditProgress, of run: RunID) throws -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_runs SET audit = $2::jsonb WHERE id = $1::bigint", [.int(run.number), try encoded(audit)])
  }

  static func verdict(_ day: AuditDay, gone: Set<String>?, of run: RunID) throws -> PostgresStatement {
    let columns = figures + ["run_id", "kept", "examples", "audited_at"]
    let values =
      zip(6..., figures).map { position, _ in "$\(position)::bigint" }
      + ["$2::bigint", "$3::boolean", "$4::jsonb", "now()"]
    return PostgresStatement(
      """
      INSERT INTO sync_audits AS a (day, gone_calls, \(columns.joined(separator: ", ")))
      VALUES ($1::date, coalesce($5::text[], '{}'), \(values.joined(separator: ", ")))
      ON CONFLICT (day) DO UPDATE SET \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")),
        gone_calls = coalesce($5::text[], a.gone_calls)
      """,
      [
        .text(day.day.isoDate), .int(run.number), .bool(day.isKept), try encoded(day.examples),
        gone.map { .textArray($0.sorted()) } ?? .null,
      ]
        + AuditDay.figures.map { day.isKept ? .int(Int64(day[keyPath: $0.path])) : .null })
  }

  private static let figures = AuditDay.figures.map { SQL.column($0.name) }

  /// Writes into the rows of calls that are gone that they are, and keeps the others for the next time: a row that
  /// somebody has locked is not waited for.
  ///
  /// - Parameter refused: Those whose rows do not take it.
  /// - Returns: A row with how many were noted, and how many are left.
  static func noteGone(but refused: [String] = []) -> PostgresStatement {
    PostgresStatement(
      """
      WITH due AS MATERIALIZED (SELECT DISTINCT c.id FROM \(gone)),
      free AS (SELECT c.id FROM calls c JOIN due ON due.id = c.id WHERE NOT (c.id = ANY($1::text[]))
        FOR NO KEY UPDATE OF c SKIP LOCKED),
      noted AS (UPDATE calls c SET gone_at = now() FROM free WHERE c.id = free.id RETURNING c.id),
      rest AS MATERIALIZED (SELECT id FROM due EXCEPT SELECT id FROM noted),
      kept AS (UPDATE sync_audits SET gone_calls = ARRAY(
          SELECT id FROM unnest(gone_calls) g (id) WHERE id NOT IN (SELECT id FROM noted)
            AND EXISTS (SELECT FROM calls c WHERE c.id = g.id AND \(canBeNoted)))
        WHERE gone_calls <> '{}')
      SELECT (SELECT count(*) FROM noted), (SELECT count(*) FROM rest)
      """, [.textArray(refused)])
  }

  /// The calls that are to be noted, the newest first.
  static let goneToNote = PostgresStatement(
    "SELECT c.id FROM \(gone) GROUP BY c.id ORDER BY max(a.day) DESC, c.id")

  /// Writes into the rows of these calls that they are gone, but for those that somebody has locked.
  static func note(_ ids: [String]) -> PostgresStatement {
    PostgresStatement(
      """
      WITH free AS (SELECT id FROM calls WHERE id = ANY($1::text[]) FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE calls c SET gone_at = now() FROM free WHERE c.id = free.id
      """, [.textArray(ids)])
  }

  private static let gone = """
    sync_audits a CROSS JOIN unnest(a.gone_calls) g (id) JOIN calls c ON c.id = g.id
    WHERE a.gone_calls <> '{}' AND \(canBeNoted)
    """
  private static let canBeNoted = "c.source = 'twilio' AND c.gone_at IS NULL"

  static func due(_ day: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT (SELECT CASE WHEN state <> 'succeeded' THEN \(SQL.milliseconds("period_start")) END FROM sync_runs
          WHERE kind = 'audit' AND requested_by = '\(SyncRun.dailyRequester)' ORDER BY id DESC LIMIT 1),
        EXISTS (SELECT FROM sync_audits WHERE day = $1::date
          AND \(SQL.past("audited_at")) >= ($1::date + 3)::timestamp AT TIME ZONE 'UTC')
      """,
      [.text(day.isoDate)])
  }

  /// The verdicts of the last days, and those that differ, the newest first; of a day still to come there is none.
  static func newest(now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT (day - DATE '1970-01-01')::bigint * 86400000, kept, run_id, \(figures.joined(separator: ", "))
      FROM sync_audits WHERE day BETWEEN '0001-01-01' AND $1::date
        AND (day > $1::date - \(StatusFacts.auditDays + 3) OR missing > 0 OR different > 0 OR misattributed > 0)
      ORDER BY day DESC
      """,
      [.text(now.isoDate)])
  }

  static func read(_ result: PostgresResult) throws(PostgresError) -> [AuditDay] {
    var days: [AuditDay] = []
    for row in result.rows {
      var day = try AuditDay(Timestamp(milliseconds: row.requiredInt(0)))
      day.isKept = try row.requiredBool(1)
      day.run = try RunID(row.requiredInt(2))
      for (column, figure) in zip(3..., AuditDay.figures) {
        day[keyPath: figure.path] = try row.int(column).map(Int.init(counted:)) ?? 0
      }
      days.append(day)
    }
    return days
  }
}
