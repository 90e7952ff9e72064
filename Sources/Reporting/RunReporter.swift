package import CallDomain
package import SyncEngine
package import Telemetry

/// Tells operators of one run as it happens: each event becomes a log line that carries the
/// run's id and that of the request that started it, and counts where there is something to count.
package struct RunReporter: Sendable {
  private let logger: Logger
  private let runID: RunID?
  private let requestID: String?
  private let isRehearsal: Bool
  private let metrics: SyncMetrics?

  /// - Parameters:
  ///   - runID: nil only for what happens before a run has a record.
  ///   - requestID: the request that started the run; nil where none did.
  ///   - isRehearsal: whether the run changes nothing.
  ///   - metrics: where retries are counted as they happen; nil counts nothing.
  package init(
    logger: Logger, runID: RunID?, requestID: String? = nil, isRehearsal: Bool = false,
    metrics: SyncMetrics? = nil
  ) {
    self.isRehearsal = isRehearsal
    self.logger = logger
    self.runID = runID
    self.requestID = requestID
    self.metrics = metrics
  }

  /// Reports one event; from any thread.
  package func report(_ event: SyncEvent) {
    metrics?.count(event)
    let event = event.cleaned(by: logger.redaction)
    let run = runID.map { [LogField("runId", .integer($0.number))] } ?? []
    let request = requestID.map { [LogField("requestId", .text($0))] } ?? []
    let rehearsal = isRehearsal ? [LogField("dryRun", .bool(true))] : []
    logger.log(
      JSONEvents.level(of: event), JSONEvents.name(of: event),
      text: SpanishLines.lines(for: event, isRehearsal: isRehearsal),
      fields: run + request + rehearsal + JSONEvents.fields(of: event), cause: JSONEvents.cause(of: event))
  }

  /// `report` as the closure that an engine takes.
  package var handler: @Sendable (SyncEvent) -> Void {
    { report($0) }
  }
}

extension SyncEvent {
  /// The same without secrets and phone numbers in what is said of a failure.
  fileprivate func cleaned(by redaction: Redaction) -> SyncEvent {
    switch self {
    case .failed(let kind, let failure): .failed(kind, failure.cleaned(by: redaction))
    case .retrying(let attempt, let delay, let failure):
      .retrying(attempt: attempt, delay: delay, failure.cleaned(by: redaction))
    case .databaseAway(let delay, let failure): .databaseAway(delay: delay, failure.cleaned(by: redaction))
    case .callNotGiven(let sid, let failure): .callNotGiven(sid, failure.cleaned(by: redaction))
    case .callNotCompared(let sid, let failure): .callNotCompared(sid, failure.cleaned(by: redaction))
    case .listNotGiven(let failure): .listNotGiven(failure.cleaned(by: redaction))
    case .goneNotNoted(let calls, let failure):
      .goneNotNoted(calls: calls, failure.cleaned(by: redaction))
    default: self
    }
  }
}

extension RunFailure {
  // A masked secret is not found any more, so secrets go first. The cause is cleaned where it is written.
  fileprivate func cleaned(by redaction: Redaction) -> RunFailure {
    var failure = self
    failure.whatFailed = PhoneMask.applied(to: redaction.applied(to: whatFailed))
    failure.whatToDo = whatToDo.map { PhoneMask.applied(to: redaction.applied(to: $0)) }
    return failure
  }
}
