package import CallDomain
import Postgres

extension CallStore {
  /// What the database knows about how the service stands.
  ///
  /// - Parameter now: The end of the last 24 hours, by the process's clock.
  package func status(now: Timestamp) async throws(RunFailure) -> StatusFacts {
    var unusable: RunFailure?
    do throws(RunFailure) {
      try await check(within: nil)
    } catch {
      // Nothing could be read, or not all.
      if [.database(.unreachable), .database(.busy), .database(.hiddenRows)].contains(error.kind) {
        throw error
      }
      unusable = error
    }
    do throws(RunFailure) {
      return try await operation {
        let facts = try await database.repeatable(StatusQuery.facts(defaultWorkspace, now: now))
        var status = try StatusQuery.read(facts, runs: await database.repeatable(StatusQuery.runs))
        status.audits = try AuditRecords.read(await database.repeatable(AuditRecords.newest(now: now)))
        status.unusable = unusable
        return status
      }
    } catch {
      throw unusable ?? error
    }
  }

  /// What the status page adds up, all of one moment and in one round trip.
  ///
  /// - Parameters:
  ///   - scope: Which days and workspaces; the last 30 days of all where it is nil.
  ///   - now: By the process's clock.
  package func pageFigures(
    _ scope: PageScope? = nil, now: Timestamp
  ) async throws(RunFailure) -> PageFigures {
    try await operation {
      try await PostgresError.repeated { try await figures(scope ?? PageScope(now: now), now: now) }
    }
  }

  private func figures(_ scope: PageScope, now: Timestamp) async throws -> PageFigures {
    try await database.withTransaction(
      PostgresSettings(isSnapshot: true),
      opening: [
        PageQuery.totals(scope),
        PageQuery.defaultShares(defaultWorkspace, now: now),
        PageQuery.workspaces(defaultWorkspace, scope),
        RunRecords.list(limit: 10, before: nil, kind: nil, rehearsals: false),
      ]
    ) { transaction in
      let results = transaction.opening
      var figures = PageFigures()
      figures.defaultWorkspace = defaultWorkspace
      try PageQuery.readTotals(results[0], into: &figures)
      figures.defaultShares = try PageQuery.readShares(results[1])
      try PageQuery.readWorkspaces(results[2], into: &figures)
      figures.runs = try RunRecords.read(results[3])
      return figures
    }
  }

  /// Notes alerts that began or ceased to fire, for `StatusFacts.firingSince`.
  ///
  /// - Parameter tell: Given those that nobody noted before, within the transaction: what it tells is told again
  ///   rather than lost where the connection ends before the answer.
  package func record(
    _ changes: [Alert], now: Timestamp, tell: @escaping @Sendable ([Alert]) -> Void = { _ in }
  ) async throws(RunFailure) {
    guard !changes.isEmpty else { return }
    try await operation {
      try await database.withTransaction(opening: [AlertRecords.update(changes, now: now)]) { transaction in
        let names = try Set(transaction.opening[0].rows.map { row in try row.requiredText(0) })
        tell(changes.filter { names.contains($0.name.rawValue) })
      }
    }
  }

  /// What was told of the alerts, and who is telling it.
  package func alertRecords() async throws(RunFailure) -> [Alert.Name: AlertRecord] {
    try await operation { try AlertRecords.read(await database.repeatable(AlertRecords.list)) }
  }

  /// Takes the telling of an alert, for so long as one attempt may last.
  ///
  /// - Parameter claim: The one that was read before.
  /// - Returns: The new claim; nil where another process was quicker, or nothing is left to tell.
  package func claim(_ alert: Alert, after claim: Int64) async throws(RunFailure) -> Int64? {
    try await operation {
      try await database.withTransaction(opening: [AlertRecords.claim(alert, after: claim)]) { transaction in
        try transaction.opening[0].rows.first?.requiredInt(0)
      }
    }
  }

  /// Ends a claim; nothing happens where another has followed it.
  ///
  /// - Parameter isToldFiring: What was told of the alert now; nil where that is unknown.
  package func settle(
    _ name: Alert.Name, claim: Int64, isToldFiring: Bool?
  ) async throws(RunFailure) {
    try await operation {
      _ = try await database.repeatable(AlertRecords.settle(name, claim: claim, isToldFiring: isToldFiring))
    }
  }
}

/// What the alerts are judged by, in statements whose cost does not grow with the table of calls.
enum StatusQuery {
  static func read(_ facts: PostgresResult, runs: PostgresResult) throws(PostgresError) -> StatusFacts {
    guard let row = facts.rows.first else { return StatusFacts() }
    var facts = StatusFacts()
    facts.coveredUntil = try row.moment(0)
    facts.newestCall = try row.moment(1)
    facts.callsOfDay = try row.count(2)
    facts.defaultCallsOfDay = try row.count(3)
    facts.installedAt = try row.moment(4)
    facts.unsettledCalls = try row.count(5)
    facts.givenUpCalls = try row.count(6)
    facts.givenUpPeriod = Period(days: try row.moment(11), try row.moment(12))
    facts.refusedCalls = try row.count(9)
    facts.refusedPeriod = Period(
      days: try row.text(13).flatMap { Timestamp(iso8601: $0) },
      try row.text(14).flatMap { Timestamp(iso8601: $0) })
    facts.gaps = try periods(row.requiredText(7))
    facts.lost = try periods(row.requiredText(10))
    for (name, since) in try pairs(row.requiredText(8)) {
      guard let name = Alert.Name(rawValue: name), let since = Int64(since) else { continue }
      facts.firingSince[name] = Timestamp(milliseconds: since)
    }
    facts.runs = try readRuns(runs)
    return facts
  }

  /// - Parameter now: The end of the last 24 hours, by the process's clock; the newest call is not later.
  static func facts(_ defaultWorkspace: WorkspaceID, now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT (SELECT \(SQL.milliseconds(CoverageQuery.believed)) FROM sync_state),
        (SELECT \(SQL.milliseconds("max(call_date)")) FROM calls
          WHERE source = 'twilio' AND call_date <= $2::timestamptz),
        day.calls, day.default_calls,
        (SELECT \(SQL.milliseconds("coalesce(min(\(SQL.past("applied_at"))), 'epoch')")) FROM schema_migrations),
        (SELECT count(*) FROM unsettled_calls WHERE given_up_at IS NULL), given_up.calls,
        \(holes("NOT is_lost")),
        (SELECT coalesce(string_agg(name || '/' || \(SQL.milliseconds("firing_since")), ' '), '')
          FROM sync_alerts),
        refused.calls, \(holes("is_lost")), given_up.first, given_up.last, refused.first, refused.last
      FROM (SELECT count(*) AS calls, count(*) FILTER (WHERE workspace_id = $1::bigint) AS default_calls
          FROM calls c WHERE \(SQL.mayBeOfCase("c")) AND call_date > $2::timestamptz - INTERVAL '24 hours'
          AND call_date <= $2::timestamptz) day,
        (SELECT count(*) AS calls, \(SQL.milliseconds("min(\(SQL.past("call_date")))")) AS first,
            \(SQL.milliseconds("max(\(SQL.past("call_date")))")) AS last
          FROM \(UnsettledListUpdate.givenUp)) given_up,
        (SELECT count(*) AS calls, min(day) AS first, max(day) AS last
          FROM (SELECT substring(raw FROM '"(?:startTime|dateCreated)":"([0-9]{4}-[0-9]{2}-[0-9]{2})') AS day
            FROM refused_calls) days) refused
      """,
      [.int(defaultWorkspace.number), .moment(now)])
  }

  private static func holes(_ condition: String) -> String {
    """
    (SELECT coalesce(string_agg(\(HoleRecords.start) || '/' || \(HoleRecords.end), ' ' ORDER BY period_start), '')
      FROM sync_holes WHERE \(HoleRecords.isHole) AND \(condition))
    """
  }

  /// Of each kind the newest runs but rehearsals, one more than the alert looks at, since the newest may be in progress.
  /// A success in the future, by a process whose clock was ahead, would keep no_run silent until then.
  static let runs = PostgresStatement(
    """
    SELECT \(RunRecords.columns), \(SQL.milliseconds("success.finished_at")),
      \(SQL.milliseconds("failing.ended_at"))
    FROM (VALUES \(RunKind.allCases.map { "('\($0.rawValue)')" }.joined(separator: ", "))) AS kinds (kind)
    CROSS JOIN LATERAL (SELECT * FROM sync_runs WHERE sync_runs.kind = kinds.kind AND NOT dry_run
      ORDER BY id DESC LIMIT \(AlertRules.failuresInARow + 1)) r
    LEFT JOIN LATERAL (SELECT id,
        CASE WHEN \(SQL.isTime("finished_at")) THEN coalesce(\(SQL.past("finished_at")), \(SQL.past("began_at"))) END
          AS finished_at
      FROM sync_runs
      WHERE sync_runs.kind = kinds.kind AND NOT dry_run AND state = 'succeeded' ORDER BY id DESC LIMIT 1) success ON true
    LEFT JOIN LATERAL (SELECT coalesce(finished_at, started_at) AS ended_at FROM sync_runs
      WHERE sync_runs.kind = kinds.kind AND NOT dry_run AND id > coalesce(success.id, 0) AND state <> 'succeeded'
        AND NOT (kind = 'audit' AND state = 'interrupted')
      ORDER BY id LIMIT 1) failing ON true
    ORDER BY r.kind, r.id DESC
    """)

  private static func readRuns(
    _ result: PostgresResult
  ) throws(PostgresError) -> [RunKind: StatusFacts.Runs] {
    var all: [RunKind: StatusFacts.Runs] = [:]
    for row in result.rows {
      guard let run = try RunRecords.read(row) else { continue }
      var runs = all[run.kind] ?? StatusFacts.Runs()
      runs.last = runs.last ?? run
      // An audit that is interrupted goes on: a daily one ends so where it takes long.
      let isPause = run.kind == .audit && run.state == .interrupted
      if run.state != .running, !isPause, runs.ended.count < AlertRules.failuresInARow {
        runs.ended.append(run)
      }
      runs.lastSuccess = try row.moment(RunRecords.columnCount)
      runs.failingSince = try row.moment(RunRecords.columnCount + 1)
      all[run.kind] = runs
    }
    return all
  }

  private static func periods(_ text: String) -> [Period] {
    pairs(text).compactMap { start, end in
      guard let start = Int64(start), let end = Int64(end) else { return nil }
      return Period(start: Timestamp(milliseconds: start), end: Timestamp(milliseconds: end))
    }
  }

  /// Of `a/b c/d` the pairs.
  private static func pairs(_ text: String) -> [(String, String)] {
    text.split(separator: " ").compactMap { pair in
      let parts = pair.split(separator: "/")
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
  }
}

extension Period {
  /// The days from one moment's to another's; nil where one is not known.
  fileprivate init?(days first: Timestamp?, _ last: Timestamp?) {
    guard let first, let last else { return nil }
    self.init(start: first.startOfDay, end: last.startOfNextDay)
  }
}

/// The rows of `sync_alerts`: which alerts were firing at the last look, what was told of them, and who is
/// telling it.
enum AlertRecords {
  /// Whether an alert was firing at the last look: a time that is none says nothing, here as where it is read. Taken for
  /// one, it would stay when the alert ends, and neither that nor any later change could be told.
  private static func isFiring(_ table: String) -> String {
    "((\(SQL.isTime("\(table).firing_since"))) IS TRUE)"
  }

  /// Writes alerts that changed, and returns the names of those that nobody wrote before: of several processes
  /// one gets each change. A row is made where there is none. It names a column that older schemas lack: what was
  /// noted there untold would count as told once the column is made.
  static func update(_ changes: [Alert], now: Timestamp) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO sync_alerts AS known (name, firing_since)
      SELECT name, since FROM unnest($1::text[], $2::timestamptz[]) AS seen (name, since) ORDER BY name
      ON CONFLICT (name) DO UPDATE SET firing_since = excluded.firing_since
        WHERE \(isFiring("known")) <> \(isFiring("excluded"))
      RETURNING name, claim
      """,
      [
        .textArray(changes.map(\.name.rawValue)),
        .moments(changes.map { $0.isFiring ? $0.since ?? now : nil }),
      ])
  }

  static let list = PostgresStatement(
    """
    SELECT name, told_firing, claim,
      CASE WHEN \(SQL.isHeld(until: "claimed_until"))
        THEN \(SQL.milliseconds("claimed_until")) - \(SQL.milliseconds("clock_timestamp()")) + 1 ELSE 0 END
    FROM sync_alerts
    """)

  static func read(_ result: PostgresResult) throws(PostgresError) -> [Alert.Name: AlertRecord] {
    var records: [Alert.Name: AlertRecord] = [:]
    for row in result.rows {
      guard let name = try Alert.Name(rawValue: row.requiredText(0)) else { continue }
      records[name] = try AlertRecord(
        isToldFiring: row.bool(1), claim: row.requiredInt(2), claimedFor: row.requiredInt(3))
    }
    return records
  }

  /// Takes the telling of an alert for a while, if it is still to be told and nobody took it after `claim`:
  /// the new claim, or no row. Whoever dies loses it when the while is over, and nobody knows what was heard.
  static func claim(_ alert: Alert, after claim: Int64) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_alerts SET claim = claim % 9223372036854775807 + 1, told_firing = NULL,
        claimed_until = clock_timestamp() + make_interval(secs => $4::integer)
      WHERE name = $1 AND claim = $2::bigint AND \(isFiring("sync_alerts")) = $3::boolean
        AND told_firing IS DISTINCT FROM $3::boolean
        AND (claimed_until IS NULL OR NOT (\(SQL.isHeld(until: "claimed_until"))))
      RETURNING claim
      """,
      [.text(alert.name.rawValue), .int(claim), .bool(alert.isFiring), .int(claimSeconds)])
  }

  /// Ends a claim; changes no row where another followed it, and nothing more when it is repeated.
  static func settle(_ name: Alert.Name, claim: Int64, isToldFiring: Bool?) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_alerts SET told_firing = $3::boolean, claimed_until = NULL
      WHERE name = $1 AND claim = $2::bigint
      """,
      [.text(name.rawValue), .int(claim), isToldFiring.map { .bool($0) } ?? .null])
  }

  // More than one delivery may take.
  private static let claimSeconds: Int64 = 30
}
