package import CallDomain
import Postgres

extension CallStore {
  /// What the database knows about how the service stands.
  ///
  /// - Parameter now: The end of the last 24 hours, by the process's clock.
  package func status(now: Timestamp) async throws(StoreError) -> StatusFacts {
    try await translated {
      let facts = try await pool.read(StatusQuery.facts(defaultWorkspace, now: now))
      return try StatusQuery.read(facts, runs: await pool.read(StatusQuery.runs))
    }
  }

  /// What the status page adds up.
  ///
  /// - Parameter now: The end of its days and hours, by the process's clock.
  package func pageFigures(now: Timestamp) async throws(StoreError) -> PageFigures {
    try await translated {
      var figures = PageFigures()
      try PageQuery.readTotals(await pool.read(PageQuery.totals(now: now)), into: &figures)
      figures.defaultNumbers = try PageQuery.readNumbers(
        await pool.read(PageQuery.defaultNumbers(defaultWorkspace, now: now)))
      try PageQuery.readWorkspaces(await pool.read(PageQuery.workspaces(now: now)), into: &figures)
      figures.runs = try RunRecords.read(
        await pool.read(RunRecords.list(limit: 10, before: nil, kind: nil)))
      return figures
    }
  }

  /// Notes which alerts fire, for `StatusFacts.firingSince`.
  ///
  /// - Returns: Those that began or ceased to fire since anybody looked last; whoever gets one may tell of it.
  package func record(_ alerts: [Alert], now: Timestamp) async throws(StoreError) -> [Alert] {
    try await translated {
      let result = try await pool.read(AlertRecords.update(alerts, now: now))
      let changed = try Set(result.rows.map { row in try row.requiredText(0) })
      return alerts.filter { changed.contains($0.name.rawValue) }
    }
  }
}
