/// How the service stands: the one evaluation behind `/api/sync-status`, the page, `doctor`, `/metrics` and the webhook
/// (Reference.md, "State").
package struct ServiceStatus: Hashable, Sendable {
  /// When it was asked, by the process's clock.
  package let asOf: Timestamp
  /// What is stored about the service and its calls.
  package let facts: StatusFacts
  /// When alerts fire, and how often runs come.
  package let rules: AlertRules
  /// All alerts, in the order of `Alert.Name`.
  package let alerts: [Alert]

  /// Judges the stored facts.
  package init(_ facts: StatusFacts, rules: AlertRules, now: Timestamp) {
    asOf = now
    self.facts = facts
    self.rules = rules
    alerts = rules.alerts(facts, now: now)
  }

  /// No alert fires.
  package var isHealthy: Bool { !alerts.contains(where: \.isFiring) }

  /// When the next hourly run should begin; nil before the first.
  package var nextExpected: Timestamp? {
    facts.runs[.hourly]?.last.map { $0.startedAt.adding(minutes: rules.everyMinutes) }
  }

  /// Seconds from the end of what hourly runs have taken in until now, at least 0; nil before the first run.
  package var lagSeconds: Int64? {
    facts.coveredUntil.map { max(0, asOf.milliseconds(since: $0)) / 1000 }
  }
}

/// What the database knows about how the service stands: what the alerts are judged by.
package struct StatusFacts: Hashable, Sendable {
  /// The runs of one kind.
  package struct Runs: Hashable, Sendable {
    /// The newest run, in progress or ended.
    package var last: SyncRun?
    /// The newest runs that ended, newest first, at most `AlertRules.failuresInARow`.
    package var ended: [SyncRun] = []
    /// When the newest successful run ended.
    package var lastSuccess: Timestamp?
    /// When the first run that failed or died since then ended; nil where none did.
    package var failingSince: Timestamp?

    package init() {}
  }

  /// Up to where hourly runs have taken in the log; nil before the first.
  package var coveredUntil: Timestamp?
  /// The newest `call_date` of a stored Twilio call; nil without one.
  package var newestCall: Timestamp?
  /// Stored Twilio calls of the last 24 hours.
  package var callsOfDay = 0
  /// Those of them that stand in the default workspace.
  package var defaultCallsOfDay = 0
  /// When the schema was first applied: silence cannot be older. The epoch where no time tells it, as after a migration
  /// by a clock that was ahead: a silence of which nobody knows how long it lasts is too long.
  package var installedAt: Timestamp?
  /// By kind; a kind that never ran has an empty entry or none.
  package var runs: [RunKind: Runs] = [:]
  /// Since when alerts that fired at the last look have been firing, as it was recorded then.
  package var firingSince: [Alert.Name: Timestamp] = [:]
  /// Calls that are asked for again, because Twilio may still add to them.
  package var unsettledCalls = 0
  /// Calls without a final status or a price of which nobody asks Twilio any more: given up after 48 hours, or never on
  /// the list of those that are asked for; until a resync has asked for them again.
  package var givenUpCalls = 0
  /// From the first of them to after the last; nil without one, or where none has a date.
  package var givenUpPeriod: Period?
  /// Calls that the database does not take and that are set aside.
  package var refusedCalls = 0
  /// The days of those calls, the same way.
  package var refusedPeriod: Period?
  /// Periods that no hourly run will take in, oldest first, until a historical run fills them.
  package var gaps: [Period] = []
  /// The newest audits of the last days, and those of any day that differ: the newest first.
  package var audits: [AuditDay] = []
  /// Periods that no run has taken in and Twilio no longer keeps, oldest first.
  package var lost: [Period] = []
  /// What keeps every run from the database, which can still be read.
  package var unusable: RunFailure?

  /// Of so many days audits are shown that find nothing.
  package static let auditDays = 30

  package init() {}

  /// The newest audits that differ.
  package var differingAudits: [AuditDay] { audits.filter { $0.differences > 0 } }
}
