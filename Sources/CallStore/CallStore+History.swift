package import CallDomain
import Postgres

extension CallStore: HistoryLedger {
  package func openHistory(
    _ request: HistoryRequest, restart: Bool, now: Timestamp, fence: RunFence
  ) async throws(RunFailure) -> HistoryProgress {
    try await operation {
      var progress = try await PostgresError.repeated {
        try await open(request, restart: restart, now: now, fence: fence)
      }
      if progress.isContinued { progress.moved = try await moved(by: fence.run) }
      return progress
    }
  }

  private func open(
    _ request: HistoryRequest, restart: Bool, now: Timestamp, fence: RunFence
  ) async throws -> HistoryProgress {
    try await database.withTransaction(
      PageCommit.limits(lease),
      opening: [
        RunLease.confirm(fence), SliceRecords.forgetFinished,
        SliceRecords.identify(fence.run, request, restart: restart),
        SliceRecords.all(of: fence.run),
      ]
    ) { transaction in
      guard !transaction.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
      // There before it was opened: the answer to an earlier attempt was lost.
      let isRestart = try transaction.opening[2].rows.first?.requiredBool(0) ?? restart
      let own = try SliceRecords.read(transaction.opening[3])
      if !own.isEmpty { return HistoryProgress(parts: own, isContinued: true, isRestart: isRestart) }
      if restart { _ = try await transaction.query(SliceRecords.forget(request)) }
      let found = try await transaction.query(
        SliceRecords.unfinished(request, except: fence.run))
      let progress: HistoryProgress
      if let old = found.rows.first {
        progress = try await goOn(
          from: RunID(old.requiredInt(0)), isRestart: old.requiredBool(1), request, now: now, fence: fence,
          on: transaction)
      } else {
        progress = HistoryProgress(
          beginning: Period(start: request.since, end: request.until ?? now), isRestart: restart)
        _ = try await transaction.query(SliceRecords.insert(progress.parts, of: fence.run))
      }
      try await transaction.commit()
      return progress
    }
  }

  private func goOn(
    from old: RunID, isRestart: Bool, _ request: HistoryRequest, now: Timestamp, fence: RunFence,
    on transaction: PostgresTransaction
  ) async throws(PostgresError) -> HistoryProgress {
    let results = try await transaction.pipeline([
      SliceRecords.takeOver(from: old, to: fence.run), SliceRecords.all(of: fence.run),
      SliceRecords.identify(fence.run, request, restart: isRestart), RunRecords.goOn(fence.run, from: old),
    ])
    let stored = HistoryProgress(
      parts: try SliceRecords.read(results[1]), isContinued: true, isRestart: isRestart)
    guard request.until == nil else { return stored }
    let extended = stored.extended(to: now)
    let numbers = Set(extended.parts.map(\.slice.number))
    let gone = stored.parts.map(\.slice.number).filter { !numbers.contains($0) }
    let known = Set(stored.parts.map(\.slice.number))
    _ = try await transaction.pipeline([
      SliceRecords.delete(gone, of: fence.run),
      SliceRecords.insert(extended.parts.filter { !known.contains($0.slice.number) }, of: fence.run),
    ])
    return extended
  }

  /// How far the resync of a run has come, as the database knows it.
  package func historyProgress(of fence: RunFence) async throws(RunFailure) -> HistoryProgress {
    try await operation {
      let slices = try await database.repeatable(SliceRecords.all(of: fence.run))
      var progress = HistoryProgress(parts: try SliceRecords.read(slices), isContinued: true)
      progress.moved = try await moved(by: fence.run)
      return progress
    }
  }

  private func moved(by run: RunID) async throws -> Set<CallSID> {
    let result = try await database.repeatable(CallMoveRecords.calls(of: run))
    return Set(try result.rows.compactMap { row in try CallSID(row.requiredText(0)) })
  }

  package func closeHistory(
    _ period: Period, asked: Period, fence: RunFence
  ) async throws(RunFailure) -> HistoryEnd {
    try await operation {
      try await PostgresError.repeated { try await close(period, asked: asked, fence: fence) }
    }
  }

  private func close(_ period: Period, asked: Period, fence: RunFence) async throws -> HistoryEnd {
    try await database.withTransaction(
      PageCommit.limits(lease),
      opening: [
        RunLease.confirm(fence), SliceRecords.countOpen(of: fence.run), HoleRecords.all, HoleRecords.takenIn,
      ]
    ) { transaction in
      guard !transaction.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
      guard try transaction.opening[1].rows.first?.int(0) == 0 else { throw RunFailure.progressLost }
      let change = HoleChange(
        try HoleRecords.read(transaction.opening[2]), asked: asked, read: period,
        takenIn: try HoleRecords.readPeriods(transaction.opening[3]))
      let results = try await transaction.commit(with: [
        HoleRecords.remove(change.removed), HoleRecords.add(change.added),
        UnsettledListUpdate.askedAgain(asked, by: fence.run),
        PostgresStatement(
          """
          SELECT count(*) FROM calls
          WHERE source = 'twilio' AND direction = 'trunking-originating' AND phone_number IS NULL
            AND call_date >= $1::timestamptz AND call_date < $2::timestamptz
          """,
          [.moment(period.start), .moment(period.end)]),
      ])
      return HistoryEnd(
        unmatchedCalls: try results.last?.rows.first.map { row in try row.count(0) } ?? 0, lost: change.lost)
    }
  }
}

/// The rows of `sync_holes`.
enum HoleRecords {
  // Others write holes to the microsecond. They are told, and filled, from the millisecond in which they begin to the
  // one in which they end: in a smaller one a call could be left out.
  static let start = SQL.milliseconds("date_trunc('milliseconds', period_start)")
  static let end = SQL.milliseconds(
    "date_trunc('milliseconds', \(SQL.past("period_end")) + INTERVAL '999 microseconds')")

  /// Whether a row is a hole: nothing fills one that is empty, or that has not come to its end.
  static let isHole = "\(start) < \(end)"

  static let all = PostgresStatement("SELECT \(start), \(end), is_lost FROM sync_holes WHERE \(isHole)")

  /// What hourly runs and resyncs have taken in, holes and all: hourly runs go on where the one before ended.
  static let takenIn = PostgresStatement(
    """
    SELECT (SELECT \(SQL.milliseconds("min(\(SQL.time("period_start")))")) FROM sync_runs WHERE kind = 'hourly'),
      (SELECT \(SQL.milliseconds(CoverageQuery.believed)) FROM sync_state)
    UNION ALL
    SELECT \(SQL.milliseconds("period_start")), \(SQL.milliseconds("period_end")) FROM sync_runs
    WHERE kind = 'historical' AND state = 'succeeded'
    """)

  static func read(_ result: PostgresResult) throws(PostgresError) -> [Hole] {
    var holes: [Hole] = []
    for (period, row) in zip(try periods(result), result.rows) {
      if let period { holes.append(try Hole(period, isLost: row.requiredBool(2))) }
    }
    return holes
  }

  static func readPeriods(_ result: PostgresResult) throws(PostgresError) -> [Period] {
    try periods(result).compactMap(\.self)
  }

  private static func periods(_ result: PostgresResult) throws(PostgresError) -> [Period?] {
    var periods: [Period?] = []
    for row in result.rows {
      guard let start = try row.moment(0), let end = try row.moment(1) else {
        periods.append(nil)
        continue
      }
      periods.append(Period(start: start, end: end))
    }
    return periods
  }

  static func remove(_ holes: [Hole]) -> PostgresStatement {
    PostgresStatement(
      """
      DELETE FROM sync_holes USING unnest($1::bigint[], $2::bigint[]) AS gone (first, last)
      WHERE \(start) = gone.first AND \(end) = gone.last
      """,
      [
        .intArray(holes.map(\.period.start.milliseconds)), .intArray(holes.map(\.period.end.milliseconds)),
      ])
  }

  static func add(_ holes: [Hole]) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO sync_holes (period_start, period_end, is_lost)
      SELECT * FROM unnest($1::timestamptz[], $2::timestamptz[], $3::boolean[])
      ON CONFLICT DO NOTHING
      """,
      [
        .moments(holes.map(\.period.start)), .moments(holes.map(\.period.end)),
        .boolArray(holes.map(\.isLost)),
      ])
  }
}

/// The rows of `sync_slices`: how far a resync of the history has come.
enum SliceRecords {
  /// The newest unfinished run that reads the same history, and whose slices are such as we write.
  static func unfinished(_ request: HistoryRequest, except run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT r.id, r.history_restart FROM sync_runs r
      WHERE r.kind = 'historical' AND r.id <> $1::bigint AND r.state <> 'succeeded'
        AND r.history_since = $2::timestamptz AND r.history_until IS NOT DISTINCT FROM $3::timestamptz
        AND EXISTS (SELECT FROM sync_slices s WHERE s.run_id = r.id)
        AND NOT EXISTS (SELECT FROM sync_slices s WHERE s.run_id = r.id AND NOT (
          \(SQL.isTime("s.slice_start")) AND \(SQL.isTime("s.slice_end"))
          AND s.number > 0
          AND greatest(s.number, \(counts.map { "s.\($0.column)" }.joined(separator: ", "))) <= 1000000000000))
      ORDER BY r.id DESC LIMIT 1
      """,
      [.int(run.number), .moment(request.since), .moment(request.until)])
  }

  /// Says which history a run reads, and whether it was begun anew.
  static func identify(_ run: RunID, _ request: HistoryRequest, restart: Bool) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_runs SET history_since = $2::timestamptz, history_until = $3::timestamptz,
        history_restart = history_restart OR $4::boolean
      WHERE id = $1::bigint RETURNING history_restart
      """,
      [.int(run.number), .moment(request.since), .moment(request.until), .bool(restart)])
  }

  /// Progress of runs that have ended well, of which nobody needs it any more.
  static let forgetFinished = PostgresStatement(
    """
    DELETE FROM sync_slices s USING sync_runs r
    WHERE r.id = s.run_id AND r.state = 'succeeded'
    """)

  /// Progress of every run that reads the same history: it begins anew.
  static func forget(_ request: HistoryRequest) -> PostgresStatement {
    PostgresStatement(
      """
      DELETE FROM sync_slices s USING sync_runs r
      WHERE r.id = s.run_id AND r.history_since = $1::timestamptz
        AND r.history_until IS NOT DISTINCT FROM $2::timestamptz
      """,
      [.moment(request.since), .moment(request.until)])
  }

  static func takeOver(from old: RunID, to new: RunID) -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_slices SET run_id = $2::bigint WHERE run_id = $1::bigint",
      [.int(old.number), .int(new.number)])
  }

  static func all(of run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT number, \(SQL.milliseconds("slice_start")), \(SQL.milliseconds("slice_end")), next_page,
        is_done, \(counts.map(\.column).joined(separator: ", ")), cardinality(missing_calls),
        array_to_string(redecided_calls, ' '), CASE WHEN NOT is_done THEN array_to_string(last_page_calls, ' ') END
      FROM sync_slices WHERE run_id = $1::bigint ORDER BY number
      """,
      [.int(run.number)])
  }

  static func read(_ result: PostgresResult) throws(PostgresError) -> [HistoryProgress.Part] {
    var parts: [HistoryProgress.Part] = []
    for row in result.rows {
      guard let start = try row.moment(1), let end = try row.moment(2) else { continue }
      let (missing, redecided, lastPage) = (5 + counts.count, 6 + counts.count, 7 + counts.count)
      let slice = try HistorySlice(
        number: row.count(0), period: Period(start: start, end: end), next: row.text(3),
        lastPage: calls(row.text(lastPage)))
      var part = try HistoryProgress.Part(slice: slice, isDone: row.requiredBool(4))
      part.redecided = try calls(row.text(redecided))
      for (column, count) in zip(5..., counts) {
        part.counts[keyPath: count.path] = try row.count(column)
      }
      part.counts.savedCalls = try max(0, part.counts.storable - row.count(missing))
      parts.append(part)
    }
    return parts
  }

  private static func calls(_ joined: String?) -> Set<CallSID> {
    Set((joined ?? "").split(separator: " ").compactMap { CallSID(String($0)) })
  }

  static func countOpen(of run: RunID) -> PostgresStatement {
    PostgresStatement(
      "SELECT count(*) FROM sync_slices WHERE run_id = $1::bigint AND NOT is_done",
      [.int(run.number)])
  }

  static func delete(_ numbers: [Int], of run: RunID) -> PostgresStatement {
    PostgresStatement(
      "DELETE FROM sync_slices WHERE run_id = $1::bigint AND number = ANY($2::bigint[])",
      [.int(run.number), .intArray(numbers.map(Int64.init))])
  }

  /// Puts parts in the place of a slice; the first one keeps what was done to the tables.
  static func replace(_ number: Int, by parts: [HistorySlice], of run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      WITH replaced AS (
        DELETE FROM sync_slices WHERE run_id = $1::bigint AND number = $2::bigint
        RETURNING created_phones, redecided_calls
      )
      INSERT INTO sync_slices (run_id, number, slice_start, slice_end, created_phones, redecided_calls)
      SELECT $1::bigint, n.number, n.slice_start, n.slice_end, coalesce(r.created_phones, 0),
        coalesce(r.redecided_calls, '{}')
      FROM unnest($3::bigint[], $4::timestamptz[], $5::timestamptz[])
        WITH ORDINALITY AS n(number, slice_start, slice_end, position)
      LEFT JOIN replaced r ON n.position = 1
      ON CONFLICT DO NOTHING
      """,
      [
        .int(run.number), .int(Int64(number)), .intArray(parts.map { Int64($0.number) }),
        .moments(parts.map(\.period.start)), .moments(parts.map(\.period.end)),
      ])
  }

  /// Adds parts that are not there yet.
  static func insert(_ parts: [HistoryProgress.Part], of run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO sync_slices (run_id, number, slice_start, slice_end, created_phones, redecided_calls)
      SELECT $1::bigint, n.number, n.slice_start, n.slice_end, n.created, string_to_array(n.redecided, ' ')
      FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::text[])
        AS n(number, slice_start, slice_end, created, redecided)
      ON CONFLICT DO NOTHING
      """,
      [
        .int(run.number), .intArray(parts.map { Int64($0.slice.number) }),
        .moments(parts.map(\.slice.period.start)), .moments(parts.map(\.slice.period.end)),
        .intArray(parts.map { Int64($0.counts.createdPhones) }),
        .textArray(parts.map { $0.redecided.map(\.text).joined(separator: " ") }),
      ])
  }

  /// Moves a slice one page on. A page that is committed a second time, because nobody knew whether
  /// the first time had worked, finds the slice moved and changes nothing.
  static func move(_ step: SliceStep, outcome: PageOutcome, of run: RunID) -> PostgresStatement {
    let added = step.counts(outcome)
    let sums = zip(counts, 8...).map { count, position in
      "\(count.column) = \(count.column) + $\(position)"
    }.joined(separator: ", ")
    return PostgresStatement(
      """
      UPDATE sync_slices SET next_page = $4, is_done = $5, last_page_calls = $6::text[],
        redecided_calls = redecided_calls || $7::text[], \(sums)
      WHERE run_id = $1::bigint AND number = $2::bigint AND NOT is_done
        AND next_page IS NOT DISTINCT FROM $3
      """,
      [
        .int(run.number), .int(Int64(step.slice.number)),
        step.slice.next.map(PostgresValue.text) ?? .null, step.next.map(PostgresValue.text) ?? .null,
        .bool(step.next == nil), step.next == nil ? .null : .textArray(step.calls.map(\.text)),
        .textArray(outcome.redecided(outside: step.period).map(\.text)),
      ] + counts.map { .int(Int64(added[keyPath: $0.path])) })
  }

  /// Notes calls of a slice that its commits left out of the table, each once.
  static func note(missing calls: Set<CallSID>, in number: Int, of run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_slices SET missing_calls = ARRAY(SELECT unnest(missing_calls) UNION SELECT unnest($3::text[]))
      WHERE run_id = $1::bigint AND number = $2::bigint
      """,
      [.int(run.number), .int(Int64(number)), .textArray(calls.map(\.text))])
  }

  /// The columns that hold counts.
  private static var counts: [(column: String, path: WritableKeyPath<RunCounts, Int>)] {
    [
      ("total_calls", \.totalCalls), ("case1_count", \.case1Count), ("case2_count", \.case2Count),
      ("case3_count", \.case3Count), ("skipped_calls", \.skippedCalls), ("created_phones", \.createdPhones),
      ("refused_calls", \.refusedCalls),
    ]
  }
}
