package import CallDomain

/// What the routes can do, handed over by whoever builds the service. A route whose action is
/// missing is not in the table and answers 404.
package struct ServiceActions: Sendable {
  /// The kinds of run that have a route.
  package var kinds: Set<RunKind>
  /// Takes the lease and writes the run's record; the run then goes on by itself, whatever its
  /// client does. Throws what prevents a start: `badParameter`, `alreadyRunning`, `database`,
  /// `stopping`, `internal`.
  package var start:
    @Sendable (RunOrder, _ requestedBy: String, _ requestID: String) async throws(RunFailure) -> StartedRun
  /// Asks once whether a run could start now; it must bound its own time.
  package var readiness: @Sendable () async -> Readiness
  /// Recorded runs, newest first.
  package var runs: (@Sendable (RunListQuery) async throws(RunFailure) -> [SyncRun])?
  /// One recorded run; nil when there is none of that number.
  package var run: (@Sendable (RunID) async throws(RunFailure) -> SyncRun?)?
  /// How the service stands; of a database out of reach it throws.
  package var status: (@Sendable () async throws(RunFailure) -> ServiceStatus)?
  /// What the status page adds up.
  package var figures: (@Sendable () async throws(RunFailure) -> PageFigures)?
  /// The metrics in the Prometheus text format, version 0.0.4.
  package var metrics: (@Sendable () async -> String)?

  package init(
    kinds: Set<RunKind> = Set(RunKind.allCases),
    start:
      @escaping @Sendable (RunOrder, _ requestedBy: String, _ requestID: String) async throws(RunFailure) ->
      StartedRun,
    readiness: @escaping @Sendable () async -> Readiness,
    runs: (@Sendable (RunListQuery) async throws(RunFailure) -> [SyncRun])? = nil,
    run: (@Sendable (RunID) async throws(RunFailure) -> SyncRun?)? = nil,
    status: (@Sendable () async throws(RunFailure) -> ServiceStatus)? = nil,
    figures: (@Sendable () async throws(RunFailure) -> PageFigures)? = nil,
    metrics: (@Sendable () async -> String)? = nil
  ) {
    self.kinds = kinds
    self.start = start
    self.readiness = readiness
    self.runs = runs
    self.run = run
    self.status = status
    self.figures = figures
    self.metrics = metrics
  }
}

/// A run that holds its lease and has its record.
package struct StartedRun: Sendable {
  /// The run as it was recorded.
  package var run: SyncRun
  /// The run as far as it has come, from memory and without waiting.
  package var progress: @Sendable () -> SyncRun
  /// Waits for the run's end.
  package var outcome: @Sendable () async -> Result<SyncRun, RunFailure>

  /// Without `progress`, the run as it was recorded stands for its progress.
  package init(
    _ run: SyncRun, progress: (@Sendable () -> SyncRun)? = nil,
    outcome: @escaping @Sendable () async -> Result<SyncRun, RunFailure>
  ) {
    self.run = run
    self.progress = progress ?? { run }
    self.outcome = outcome
  }
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
