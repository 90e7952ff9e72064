import CallDomain
import Postgres
import SyncEngine
import Telemetry
import Terminal

/// `twilio-sync hourly`, `historical` and `reattribute`: one run, then the end.
struct RunCommand {
  let service: Service
  let order: RunOrder
  let screen: ProgressScreen?

  func run(json: Bool) async -> ExitStatus {
    let signals = Signals()
    let listener = Task { () -> ExitStatus? in
      guard let signal = await signals.next() else { return nil }
      await service.conductor.stop()
      return signal
    }
    let ticker = Task { await screen?.keepCurrent() }
    let failure = await work(json: json)
    var status = failure.map { ExitStatus($0.code) } ?? .done
    if status == .terminated { status = await listener.value ?? .terminated }
    if leavesAnythingToSee(failure) { await follow(isSuccess: failure == nil) }
    ticker.cancel()
    listener.cancel()
    await service.pool.close()
    return status
  }

  /// Whether the alerts may have changed and can be read.
  private func leavesAnythingToSee(_ failure: RunFailure?) -> Bool {
    switch failure?.code {
    case nil, .twilio, .internal: true
    case .alreadyRunning, .badParameter, .stopping, .database: false
    }
  }

  /// Looks at the alerts and tells who wants to know, for so long as whoever waits for the command may have to.
  private func follow(isSuccess: Bool) async {
    let watch = AlertWatch(service)
    let end = RunEnd(kind: order.kind, isSuccess: isSuccess)
    _ = await within(Self.followLimit) { await watch.follow(end) }
  }

  private static let followLimit: Int64 = 30_000

  /// - Returns: Why the run did not succeed, nil when it did.
  private func work(json: Bool) async -> RunFailure? {
    do throws(RunFailure) {
      let live = try await service.start(order, requestedBy: "cli")
      switch await live.outcome() {
      case .success(let run):
        if json { Output.out(run.answer.json + "\n") }
        return nil
      case .failure(let failure):
        tell(failure, json: json, hasBegun: true)
        return failure
      }
    } catch {
      tell(error, json: json, hasBegun: false)
      return error
    }
  }

  private func tell(_ failure: RunFailure, json: Bool, hasBegun: Bool) {
    // Of a run that was stopped the log has told; whoever stopped it needs no other reason.
    let isStopped = hasBegun && failure.code == .stopping
    if json {
      Output.out(failure.answer.json + "\n")
    } else if service.configuration.logFormat == .json {
      // What reads the log finds no line in it that is no JSON; a run that had begun has told its end.
      if !hasBegun { RefusalReport.report(failure, of: order.kind, requestID: nil, to: service.logger) }
      return
    } else if !isStopped {
      for line in RunSummary.lines(for: failure) { Output.error(line + "\n") }
    }
    // The next hourly run comes by itself.
    if hasBegun, order.kind != .hourly { Output.error(RunSummary.continuation(of: order) + "\n") }
  }
}
