/// Which calls the status page adds up.
package struct PageScope: Hashable, Sendable {
  /// From 00:00 UTC of its first day; of the last 30 days without another wish, at most of 366.
  package let period: Period
  /// Nil for all.
  package let workspace: WorkspaceID?
  /// Whether it ends now, as it does where no end was asked for.
  package let endsNow: Bool

  package init(
    since: Timestamp? = nil, until: Timestamp? = nil, workspace: WorkspaceID? = nil, now: Timestamp
  ) {
    let end = until.map { min($0, now) } ?? now
    let lastDay = Self.moment(before: end).startOfDay
    let first = since?.startOfDay ?? lastDay.adding(hours: -24 * (PageFigures.dayCount - 1))
    let earliest = lastDay.adding(hours: -24 * (Self.mostDays - 1))
    period = Period(start: max(earliest, min(first, lastDay)), end: end)
    self.workspace = workspace
    endsNow = end == now
  }

  /// The last moment that counts: now, or the one before the end, which is no part of the period.
  package var last: Timestamp { endsNow ? period.end : Self.moment(before: period.end) }

  private static func moment(before end: Timestamp) -> Timestamp {
    Timestamp(milliseconds: end.milliseconds - 1)
  }

  /// The days' beginnings, oldest first.
  package var days: [Timestamp] {
    let count = period.end.milliseconds(since: period.start) / 86_400_000 + 1
    return (0..<Int(clamping: min(count, Int64(Self.mostDays))))
      .map { period.start.adding(hours: 24 * $0) }.filter { $0 < period.end }
  }

  private static let mostDays = 366
}

/// What the status page shows besides `ServiceStatus`.
package struct PageFigures: Hashable, Sendable {
  /// How many hours are shown, the present one included.
  package static let hourCount = 24
  /// How many days are shown, today included.
  package static let dayCount = 30

  /// The calls of one workspace in one hour or day that began at `start`.
  package struct Bucket: Hashable, Sendable {
    package let start: Timestamp
    package let workspace: WorkspaceID?
    package let calls: Int

    package init(start: Timestamp, workspace: WorkspaceID?, calls: Int) {
      self.start = start
      self.workspace = workspace
      self.calls = calls
    }
  }

  /// What the calls of one workspace came to in the last 30 days, by the unit of their price.
  package struct Total: Hashable, Sendable {
    package let workspace: WorkspaceID?
    /// `USD`; nil for calls without a price.
    package let unit: String?
    package let calls: Int
    /// Each call's duration rounded up to the minute.
    package let minutes: Int
    /// A decimal with every digit that the sum has; nil without a priced call.
    package let cost: String?
    /// Those of them that lasted and whose price is not known yet.
    package let unpriced: Int

    package init(
      workspace: WorkspaceID?, unit: String?, calls: Int, minutes: Int, cost: String?, unpriced: Int = 0
    ) {
      self.workspace = workspace
      self.unit = unit
      self.calls = calls
      self.minutes = minutes
      self.cost = cost
      self.unpriced = unpriced
    }
  }

  /// How many of the last 24 hours' calls stand in the default workspace for one reason, such as a list can show.
  package struct DefaultShare: Hashable, Sendable {
    /// Why they stand there.
    package enum Reason: Hashable, Sendable {
      /// Calls of case 1 or 2 from a number.
      case number(String, AttributionCase)
      /// Transfers that a number decided.
      case relatedTransfers
      /// Transfers without a related call.
      case unmatched
      /// Calls of case 1 or 2 whose caller is withheld.
      case withheld
    }

    package let reason: Reason
    package let calls: Int

    package init(_ reason: Reason, calls: Int) {
      self.reason = reason
      self.calls = calls
    }
  }

  /// How far the newest resync of the history has come.
  package struct Resync: Hashable, Sendable {
    package let doneSlices: Int
    package let slices: Int
    /// How much of the period the slices that are done cover.
    package let doneMilliseconds: Int64
    /// How long the period is.
    package let milliseconds: Int64

    package init(doneSlices: Int, slices: Int, doneMilliseconds: Int64, milliseconds: Int64) {
      self.doneSlices = doneSlices
      self.slices = slices
      self.doneMilliseconds = doneMilliseconds
      self.milliseconds = milliseconds
    }

    /// The share of the period that is read, from 0 to 100.
    package var percent: Int {
      guard milliseconds > 0 else { return 0 }
      return Int(clamping: min(max(0, doneMilliseconds).multipliedClamped(by: 100) / milliseconds, 100))
    }
  }

  /// The last 24 hours, the present one included, by hour and workspace, without empty ones; none where the scope
  /// ends earlier.
  package var hours: [Bucket] = []
  /// The days of the scope, in UTC, by day and workspace; without empty ones.
  package var days: [Bucket] = []
  /// By workspace and unit, over the same days.
  package var totals: [Total] = []
  /// `DEFAULT_WORKSPACE_ID`.
  package var defaultWorkspace: WorkspaceID?
  /// What is behind the default workspace's share, the most calls first, ten at most.
  package var defaultShares: [DefaultShare] = []
  /// Whether anybody has given a number a workspace: without, every call goes to the default one.
  package var hasAssignedNumbers = true
  /// Transfers of those days without a related call.
  package var unmatchedTransfers = 0
  /// What workspaces are called.
  package var names: [WorkspaceID: String] = [:]
  /// The newest runs of all kinds, newest first, ten at most.
  package var runs: [SyncRun] = []
  /// Of the newest historical run; nil where it keeps no slices.
  package var resync: Resync?

  package init() {}
}
