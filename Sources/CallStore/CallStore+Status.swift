package import CallDomain
import Postgres

extension CallStore {
  /// What the database knows about how the service stands.
  ///
  /// - Parameter now: The end of the last 24 hours, by the process's clock.
  package func status(now: Timestamp) async throws(StoreError) -> StatusFacts {
    try await translated {
      let facts = try await pool.repeatable(StatusQuery.facts(defaultWorkspace, now: now))
      return try StatusQuery.read(facts, runs: await pool.repeatable(StatusQuery.runs))
    }
  }

  /// What the status page adds up, all of one moment and in one round trip.
  ///
  /// - Parameter now: The end of its days and hours, by the process's clock.
  package func pageFigures(now: Timestamp) async throws(StoreError) -> PageFigures {
    try await translated {
      try await PostgresError.repeated { try await figures(now: now) }
    }
  }

  private func figures(now: Timestamp) async throws -> PageFigures {
    try await pool.withTransaction(
      opening: [
        PageQuery.moment, PageQuery.uncompiled, PageQuery.totals(now: now),
        PageQuery.defaultNumbers(defaultWorkspace, now: now), PageQuery.workspaces(now: now),
        RunRecords.list(limit: 10, before: nil, kind: nil),
      ]
    ) { transaction in
      let results = transaction.opening
      var figures = PageFigures()
      figures.defaultWorkspace = defaultWorkspace
      try PageQuery.readTotals(results[2], into: &figures)
      figures.defaultNumbers = try PageQuery.readNumbers(results[3])
      try PageQuery.readWorkspaces(results[4], into: &figures)
      figures.runs = try RunRecords.read(results[5])
      return figures
    }
  }

  /// Notes which alerts fire, for `StatusFacts.firingSince`.
  ///
  /// - Returns: Those that began or ceased to fire since anybody looked last; whoever gets one may tell of it.
  package func record(_ alerts: [Alert], now: Timestamp) async throws(StoreError) -> [Alert] {
    try await translated {
      let result = try await pool.repeatable(AlertRecords.update(alerts, now: now))
      let changed = try Set(result.rows.map { row in try row.requiredText(0) })
      return alerts.filter { changed.contains($0.name.rawValue) }
    }
  }
}
