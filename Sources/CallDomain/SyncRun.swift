/// What a run does.
package enum RunKind: String, Sendable, CaseIterable {
  case hourly
  case historical
  case reattribute
  /// Gives a number to a workspace.
  case assign
  /// Compares what is stored with Twilio.
  case audit
}

/// How far a run has come.
package enum RunState: String, Sendable, CaseIterable {
  case running
  case succeeded
  case failed
  /// Its process was told to stop, died or froze.
  case interrupted
}

/// A run's number in `sync_runs`; later runs have larger numbers.
package struct RunID: Hashable, Comparable, Codable, Sendable {
  package let number: Int64

  package init(_ number: Int64) {
    self.number = number
  }

  package static func < (left: RunID, right: RunID) -> Bool {
    left.number < right.number
  }
}

/// What someone asked for when they started a run.
package enum RunOrder: Hashable, Sendable {
  case hourly
  /// Since is inclusive, until exclusive; nil stands for the configured start and for now.
  case historical(since: Timestamp?, until: Timestamp?, restart: Bool)
  case reattribute(since: Timestamp?, dryRun: Bool)
  case assign(PhoneAssignment)
  /// Since is inclusive, until exclusive, nil stands for the usual days; a daily one ends early where it takes long.
  case audit(since: Timestamp?, until: Timestamp?, isDaily: Bool = false)

  /// Whether it only works out what it would do (Reference.md, "Rehearsals").
  package var isRehearsal: Bool {
    switch self {
    case .hourly, .historical, .audit: false
    case .reattribute(_, let dryRun): dryRun
    case .assign(let assignment): assignment.isRehearsal
    }
  }

  package var kind: RunKind {
    switch self {
    case .hourly: .hourly
    case .historical: .historical
    case .reattribute: .reattribute
    case .assign: .assign
    case .audit: .audit
    }
  }
}

/// What a run counted (Reference.md, "The answer of a run"). Every SID counts once.
package struct RunCounts: Hashable, Sendable {
  /// Calls that started in the period: cases 1, 2 and 3, the skipped and the refused ones.
  package var totalCalls = 0
  /// Those of cases 1 to 3 that are stored now, whether rewritten or not.
  package var savedCalls = 0
  package var createdPhones = 0
  package var case1Count = 0
  package var case2Count = 0
  package var case3Count = 0
  /// Calls of the period whose direction is not stored.
  package var skippedCalls = 0
  /// Transfers of the period for which no related call is known.
  package var unmatchedCalls = 0
  /// Rows outside the period that were added or changed.
  package var refreshedCalls = 0
  /// Calls of any case, stored before the run began, that went to another workspace: each once.
  package var reattributedCalls = 0
  package var twilioRequests = 0
  /// Calls of cases 1 to 3 of the period that the database does not take, and that are set aside.
  package var refusedCalls = 0

  package init() {}

  /// What was done to the tables: it stays done when the calls are read, and counted, again.
  package var effects: RunCounts {
    var effects = RunCounts()
    for count in Self.effects { effects[keyPath: count] = self[keyPath: count] }
    return effects
  }

  private static var effects: [WritableKeyPath<RunCounts, Int>] {
    [\.createdPhones, \.refreshedCalls, \.reattributedCalls]
  }

  /// Calls of cases 1 to 3: those that are stored.
  package var storable: Int { case1Count.addingClamped(case2Count).addingClamped(case3Count) }

  /// Counts one call of the period by its case.
  package mutating func count(_ call: Call) {
    totalCalls += 1
    self[keyPath: Self.count(of: call.attributionCase)] += 1
  }

  /// Counts a call among the refused ones that was counted by its case.
  package mutating func refuse(_ call: RefusedCall) {
    self[keyPath: Self.count(of: call.attributionCase)] -= 1
    refusedCalls += 1
  }

  private static func count(of attributionCase: AttributionCase?) -> WritableKeyPath<RunCounts, Int> {
    switch attributionCase {
    case .outboundAPI: \.case1Count
    case .trunkingTerminating: \.case2Count
    case .transfer: \.case3Count
    case nil: \.skippedCalls
    }
  }

  package static func + (left: RunCounts, right: RunCounts) -> RunCounts {
    var sum = left
    for (_, count) in named { sum[keyPath: count] = sum[keyPath: count].addingClamped(right[keyPath: count]) }
    return sum
  }

  package static func - (left: RunCounts, right: RunCounts) -> RunCounts {
    var difference = left
    for (_, count) in named { difference[keyPath: count] -= right[keyPath: count] }
    return difference
  }

  /// Every count with its name. In this order they stand in answers, in records and in the log; the columns of
  /// `sync_runs` have the same names with underscores. A new count is added here and to the schema.
  package static var named: [(name: String, path: WritableKeyPath<RunCounts, Int>)] {
    [
      ("totalCalls", \.totalCalls), ("savedCalls", \.savedCalls), ("createdPhones", \.createdPhones),
      ("case1Count", \.case1Count), ("case2Count", \.case2Count), ("case3Count", \.case3Count),
      ("skippedCalls", \.skippedCalls), ("unmatchedCalls", \.unmatchedCalls),
      ("refreshedCalls", \.refreshedCalls), ("reattributedCalls", \.reattributedCalls),
      ("twilioRequests", \.twilioRequests), ("refusedCalls", \.refusedCalls),
    ]
  }
}

/// A run as it is recorded and answered.
package struct SyncRun: Hashable, Sendable {
  package var id: RunID
  package var kind: RunKind
  package var state: RunState
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?
  /// What the run read or is reading; nil until it is known.
  package var period: Period?
  package var counts: RunCounts
  /// Whether it changed nothing and only says what it would change.
  package var isRehearsal = false
  /// What it moved, or would move, the most first; known at its end.
  package var moves: [MoveSum] = []
  /// What an `assign` was asked for; known to its own process alone.
  package var assignment: PhoneAssignment?
  /// Why the rehearsal of an `assign` would be refused as more than one; known as above.
  package var obstacle: RunFailure?
  /// Of an audit, the days that it has done.
  package var days: [AuditDay] = []
  /// The sentence that says why it did not succeed.
  package var error: String?
  /// Who asked: `http`, `vercel-cron/1.0`, `cli`; a name, never an address or a secret.
  package var requestedBy: String

  package init(
    id: RunID, kind: RunKind, state: RunState, startedAt: Timestamp, finishedAt: Timestamp? = nil,
    period: Period? = nil, counts: RunCounts = RunCounts(), error: String? = nil, requestedBy: String
  ) {
    self.id = id
    self.kind = kind
    self.state = state
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.period = period
    self.counts = counts
    self.error = error
    self.requestedBy = requestedBy
  }

  /// Who asks for an audit after an hourly run (`AUDIT_DAILY`).
  package static let dailyRequester = "daily"

  /// How long the run took, in milliseconds; nil while it is running.
  package var durationMilliseconds: Int64? {
    finishedAt.map { max(0, $0.milliseconds(since: startedAt)) }
  }
}
