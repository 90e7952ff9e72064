package import CallDomain
package import SyncEngine
package import Telemetry

/// Tells operators of one run as it happens: each event becomes a log line that carries the
/// run's id and that of the request that started it, and counts where there is something to count.
package struct RunReporter: Sendable {
  private let logger: Logger
  private let runID: RunID?
  private let requestID: String?
  private let metrics: SyncMetrics?

  /// - Parameters:
  ///   - runID: nil only for what happens before a run has a record.
  ///   - requestID: the request that started the run; nil where none did.
  ///   - metrics: where retries are counted as they happen; nil counts nothing.
  package init(logger: Logger, runID: RunID?, requestID: String? = nil, metrics: SyncMetrics? = nil) {
    self.logger = logger
    self.runID = runID
    self.requestID = requestID
    self.metrics = metrics
  }

  /// Reports one event; from any thread.
  package func report(_ event: SyncEvent) {
    metrics?.count(event)
    let run = runID.map { [LogField("runId", .integer($0.number))] } ?? []
    let request = requestID.map { [LogField("requestId", .text($0))] } ?? []
    logger.log(
      JSONEvents.level(of: event), JSONEvents.name(of: event), text: SpanishLines.lines(for: event),
      fields: run + request + JSONEvents.fields(of: event), cause: JSONEvents.cause(of: event))
  }

  /// `report` as the closure that an engine takes.
  package var handler: @Sendable (SyncEvent) -> Void {
    { report($0) }
  }
}
