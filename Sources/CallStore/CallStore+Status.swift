package import CallDomain
import Postgres

extension CallStore {
  /// What the database knows about how the service stands.
  ///
  /// - Parameter now: The end of the last 24 hours, by the process's clock.
  package func status(now: Timestamp) async throws(RunFailure) -> StatusFacts {
    try await operation {
      let facts = try await database.repeatable(StatusQuery.facts(defaultWorkspace, now: now))
      return try StatusQuery.read(facts, runs: await database.repeatable(StatusQuery.runs))
    }
  }

  /// What the status page adds up, all of one moment and in one round trip.
  ///
  /// - Parameter now: The end of its days and hours, by the process's clock.
  package func pageFigures(now: Timestamp) async throws(RunFailure) -> PageFigures {
    try await operation {
      try await PostgresError.repeated { try await figures(now: now) }
    }
  }

  private func figures(now: Timestamp) async throws -> PageFigures {
    try await database.withTransaction(
      PostgresSettings(isSnapshot: true),
      opening: [
        PageQuery.uncompiled, PageQuery.totals(now: now),
        PageQuery.defaultNumbers(defaultWorkspace, now: now), PageQuery.workspaces(now: now),
        RunRecords.list(limit: 10, before: nil, kind: nil),
      ]
    ) { transaction in
      let results = transaction.opening
      var figures = PageFigures()
      figures.defaultWorkspace = defaultWorkspace
      try PageQuery.readTotals(results[1], into: &figures)
      figures.defaultNumbers = try PageQuery.readNumbers(results[2])
      try PageQuery.readWorkspaces(results[3], into: &figures)
      figures.runs = try RunRecords.read(results[4])
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
