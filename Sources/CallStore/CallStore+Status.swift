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
