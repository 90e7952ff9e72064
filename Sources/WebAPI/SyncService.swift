package import CallDomain

/// What the routes can do; Bootstrap fills it.
package protocol SyncService: Sendable {
  /// Takes the lease and writes the run's record; the run then goes on by itself, whatever its client does.
  ///
  /// - Throws: What prevents a start.
  func start(
    _ order: RunOrder, requestedBy: String, requestID: String?
  ) async throws(RunFailure) -> any LiveRun

  /// Asks once whether a run could start now; bounds its own time.
  func readiness() async -> Readiness

  /// Recorded runs, newest first.
  func runs(_ query: RunListQuery) async throws(RunFailure) -> [SyncRun]

  /// One recorded run; nil when there is none of that number.
  func run(_ id: RunID) async throws(RunFailure) -> SyncRun?

  /// How the service is.
  func status() async throws(RunFailure) -> ServiceStatus

  /// What the status page adds up.
  func figures(_ scope: PageScope) async throws(RunFailure) -> PageFigures

  /// What workspaces are called.
  func workspaceNames() async throws(RunFailure) -> [WorkspaceID: String]

  /// The stored calls that are asked for, within `CallSearch.within`.
  func calls(_ search: CallSearch) async throws(RunFailure) -> CallList

  /// Why a stored call belongs to its workspace; nil where it is not stored.
  func explanation(of sid: CallSID) async throws(RunFailure) -> Explanation?

  /// Why the database does not take a call that was set aside; nil for one that was not.
  func refusal(of sid: CallSID) async throws(RunFailure) -> String?

  /// The directory of numbers, with their activity and what is odd.
  func phones() async throws(RunFailure) -> [ListedPhone]

  /// The metrics in the Prometheus text format, version 0.0.4, whether the database is there or not.
  func metricsText() async -> String
}

/// Which recorded runs are asked for.
package struct RunListQuery: Hashable, Sendable {
  /// The most runs to return; at least 1.
  package var limit: Int
  /// Only runs with a smaller number.
  package var before: RunID?
  package var kind: RunKind?

  package init(limit: Int, before: RunID? = nil, kind: RunKind? = nil) {
    self.limit = limit
    self.before = before
    self.kind = kind
  }
}
