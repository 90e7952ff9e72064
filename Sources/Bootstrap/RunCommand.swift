import CallDomain
import Postgres
import Reporting
import SyncEngine
import Telemetry
import Terminal

/// `twilio-sync hourly`, `historical`, `reattribute`, `phones assign` and `audit`: one run, then the end, but for the
/// audit that follows a day's first hourly one.
struct RunCommand {
  let service: Service
  let order: RunOrder
  let screen: ProgressScreen?
  let signals: Signals

  func run(json: Bool) async -> ExitStatus {
    let listener = listen()
    let ticker = Task { await screen?.keepCurrent() }
    let (end, begun) = await work()
    // From here on a signal ends the program at once: what is left is to tell, and perhaps to try once more to record
    // the end, which the next run makes up for.
    listener.cancel()
    let signal = await listener.value
    let (status, result) = tell(end, stoppedBy: signal, json: json, begun: begun)
    // Beside all that follows: whoever is to read the result may stand still.
    let written = Task { if let result { await Output.result(result, status) } else { status } }
    let failure = end.failure
    if signal == nil, leavesAnythingToSee(failure) { await follow(failure) }
    var auditStopper: ExitStatus?
    if signal == nil, failure == nil, order.kind == .hourly, service.configuration.auditsDaily {
      auditStopper = await audit()
    }
    ticker.cancel()
    await record(isStopping: signal != nil || auditStopper != nil)
    await service.pool.close()
    // Whoever stopped the audit waits for no reader either.
    return auditStopper == nil ? await written.value : status
  }

  /// Has the first signal stop what runs; that is awaited.
  private func listen() -> Task<ExitStatus?, Never> {
    signals.expect()
    return Task {
      guard let signal = await signals.first() else { return nil }
      await service.conductor.stop()
      return signal
    }
  }

  /// Waits until the end of the run is recorded where the database was away: without that the lease would keep the next
  /// run out until it has run out. Who is stopped waits for no longer than a server.
  private func record(isStopping: Bool) async {
    let conductor = service.conductor
    let grace = Int64(service.configuration.shutdownGrace).multipliedClamped(by: 1000)
    let limit = isStopping ? grace : Self.recordLimit
    if await within(limit, { await conductor.recorded() }) != true {
      RunEndReport.reportUnrecorded(to: service.logger)
    }
  }

  private static let recordLimit: Int64 = 60_000

  /// The audit that is due after the run (`AUDIT_DAILY`): neither the run's result nor its heartbeat waits for it.
  ///
  /// - Returns: What the signal that stopped it asks for; nil where none did.
  private func audit() async -> ExitStatus? {
    let listener = listen()
    _ = await service.startDailyAudit(now: Clocks.now())?.outcome()
    listener.cancel()
    return await listener.value
  }

  /// Whether the alerts may have changed, and can be read and noted: also where no run can begin, for that may go on
  /// for days.
  private func leavesAnythingToSee(_ failure: RunFailure?) -> Bool {
    switch failure?.kind {
    case nil, .twilio, .leaseLost, .internal: true
    case .alreadyRunning, .conflict, .badParameter, .stopping: false
    case .database(let fault): fault.leavesAlertsUsable
    }
  }

  /// Looks at the alerts and tells who wants to know, for so long as whoever waits for the command may have to.
  private func follow(_ failure: RunFailure?) async {
    let watch = AlertWatch(service)
    let kind = order.kind
    _ = await within(Self.followLimit) { await watch.follow(kind, isSuccess: failure == nil, told: failure) }
  }

  private static let followLimit: Int64 = 30_000

  /// - Returns: How the run ended, and the run if it had begun.
  private func work() async -> (end: Result<SyncRun, RunFailure>, begun: (any LiveRun)?) {
    do throws(RunFailure) {
      let run = try await service.start(order, requestedBy: "cli")
      return (await run.outcome(), run)
    } catch {
      return (.failure(error), nil)
    }
  }

  /// What would have moved.
  private static func preview(_ failure: RunFailure) -> [String] {
    failure.moves.flatMap { SpanishLines.lines(for: .moved($0), isRehearsal: true) }
  }

  /// - Returns: How the command ends, and its result, where it has one, for standard output.
  private func tell(
    _ end: Result<SyncRun, RunFailure>, stoppedBy signal: ExitStatus?, json: Bool, begun: (any LiveRun)?
  ) -> (status: ExitStatus, result: String?) {
    let hasBegun = begun != nil
    let failure: RunFailure
    switch end {
    case .success(let run):
      let status: ExitStatus = run.days.allSatisfy { $0.differences == 0 } ? .done : .failed
      return (status, json ? run.answer.json + "\n" : nil)
    case .failure(let reason): failure = reason
    }
    var status = ExitStatus(failure.kind)
    if status == .terminated { status = signal ?? status }
    // Of a run that was stopped the log has told; whoever stopped it needs no other reason.
    let isStopped = hasBegun && failure.code == .stopping
    // A run that had begun has told its end, and its cause with it.
    let untold = hasBegun ? nil : failure.cause
    if json {
      if untold != nil { RefusalReport.report(failure, of: order.kind, requestID: nil, to: service.logger) }
    } else if service.configuration.logFormat == .json {
      // What reads the log finds no line in it that is no JSON.
      if !hasBegun { RefusalReport.report(failure, of: order.kind, requestID: nil, to: service.logger) }
      return (status, nil)
    } else if !isStopped {
      service.logger.writing(to: Output.error).log(
        .error, "run_failed", text: RunSummary.lines(for: failure) + Self.preview(failure), cause: untold)
    }
    // The next hourly run comes by itself.
    if let begun, order.kind != .hourly {
      Output.error(RunSummary.continuation(of: order, isOpen: begun.progress.period != nil) + "\n")
    }
    return (status, json ? failure.answer.json + "\n" : nil)
  }
}

extension DatabaseFault {
  /// Whether the alerts can be read and noted all the same; where they cannot, the look says so.
  fileprivate var leavesAlertsUsable: Bool {
    switch self {
    case .unreachable, .busy, .readOnly, .full, .hiddenRows: false
    case .forbidden, .noDefaultWorkspace, .unclearSchema, .oldSchema, .incompleteSchema, .newSchema, .refused:
      true
    }
  }
}

extension Result {
  /// Why it is none; nil for a success.
  fileprivate var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
