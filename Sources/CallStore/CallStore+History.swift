package import CallDomain
import Postgres

extension CallStore: HistoryLedger {
  package func openHistory(
    _ request: HistoryRequest, restart: Bool, now: Timestamp, fence: RunFence
  ) async throws(RunFailure) -> HistoryProgress {
    try await operation {
      try await PostgresError.repeated { try await open(request, restart: restart, now: now, fence: fence) }
    }
  }

  private func open(
    _ request: HistoryRequest, restart: Bool, now: Timestamp, fence: RunFence
  ) async throws -> HistoryProgress {
    try await database.withTransaction(
      PageCommit.limits(lease),
      opening: [
        RunLease.confirm(fence), SliceRecords.forgetFinished, SliceRecords.identify(fence.run, request),
        SliceRecords.all(of: fence.run),
      ]
    ) { transaction in
      guard !transaction.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
      // There before it was opened: the answer to an earlier attempt was lost.
      let own = try SliceRecords.read(transaction.opening[3])
      if !own.isEmpty { return HistoryProgress(parts: own, isContinued: true) }
      if restart { _ = try await transaction.query(SliceRecords.forget(request)) }
      let found = try await transaction.query(
        SliceRecords.unfinished(request, except: fence.run))
      let progress: HistoryProgress
      if let old = try found.rows.first.map({ row in try RunID(row.requiredInt(0)) }) {
        progress = try await goOn(from: old, request, now: now, fence: fence, on: transaction)
      } else {
        progress = HistoryProgress(
          beginning: Period(start: request.since, end: request.until ?? now))
        _ = try await transaction.query(SliceRecords.insert(progress.parts, of: fence.run))
      }
      try await transaction.commit()
      return progress
    }
  }

  private func goOn(
    from old: RunID, _ request: HistoryRequest, now: Timestamp, fence: RunFence,
    on transaction: PostgresTransaction
  ) async throws(PostgresError) -> HistoryProgress {
    let results = try await transaction.pipeline([
      SliceRecords.takeOver(from: old, to: fence.run), SliceRecords.all(of: fence.run),
    ])
    let stored = HistoryProgress(parts: try SliceRecords.read(results[1]), isContinued: true)
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
      return HistoryProgress(parts: try SliceRecords.read(slices), isContinued: true)
    }
  }

  package func closeHistory(
    _ period: Period, asked: Period, fence: RunFence
  ) async throws(RunFailure) -> Int {
    try await operation {
      try await PostgresError.repeated { try await close(period, asked: asked, fence: fence) }
    }
  }

  private func close(_ period: Period, asked: Period, fence: RunFence) async throws -> Int {
    try await database.withTransaction(
      PageCommit.limits(lease), opening: [RunLease.confirm(fence), SliceRecords.countOpen(of: fence.run)]
    ) { transaction in
      guard !transaction.opening[0].rows.isEmpty else { throw RunFailure.leaseLost }
      guard try transaction.opening[1].rows.first?.int(0) == 0 else { throw RunFailure.progressLost }
      let results = try await transaction.commit(with: [
        PostgresStatement(
          "DELETE FROM sync_holes WHERE period_start >= $1::timestamptz AND period_end <= $2::timestamptz",
          [.moment(asked.start), .moment(asked.end)]),
        PostgresStatement(
          """
          SELECT count(*) FROM calls
          WHERE source = 'twilio' AND direction = 'trunking-originating' AND phone_number IS NULL
            AND call_date >= $1::timestamptz AND call_date < $2::timestamptz
          """,
          [.moment(period.start), .moment(period.end)]),
      ])
      return try results[1].rows.first.map { row in try row.count(0) } ?? 0
    }
  }
}
