/// How the service stands: what `/api/sync-status` answers, and what the page shows first.
package struct ServiceStatus: Hashable, Sendable {
  /// When it was asked, by the process's clock.
  package let asOf: Timestamp
  /// What is stored about the service and its calls.
  package let facts: StatusFacts
  /// All four alerts, in the order of `Alert.Name`.
  package let alerts: [Alert]

  /// Judges the stored facts.
  package init(_ facts: StatusFacts, rules: AlertRules, now: Timestamp) {
    asOf = now
    self.facts = facts
    alerts = rules.alerts(facts, now: now)
  }

  /// No alert fires.
  package var isHealthy: Bool { !alerts.contains(where: \.isFiring) }

  /// Seconds from the end of what hourly runs have taken in until now, at least 0; nil before the first run.
  package var lagSeconds: Int64? {
    facts.coveredUntil.map { max(0, asOf.milliseconds(since: $0)) / 1000 }
  }
}
