import CallDomain
import Postgres
import SyncEngine
import Terminal

/// `twilio-sync hourly`: one run, then the end, for schedulers.
struct RunCommand {
  let service: Service
  let order: RunOrder

  func run(json: Bool) async -> ExitStatus {
    let signals = Signals()
    let listener = Task { () -> ExitStatus? in
      guard let signal = await signals.next() else { return nil }
      await service.conductor.stop()
      return signal
    }
    var status = await work(json: json)
    if status == .terminated { status = await listener.value ?? .terminated }
    listener.cancel()
    await service.pool.close()
    return status
  }

  private func work(json: Bool) async -> ExitStatus {
    do throws(RunFailure) {
      let live = try await service.start(order, requestedBy: "cli")
      switch await live.outcome() {
      case .success(let run):
        if json { Output.out(run.answer.json + "\n") }
        return .done
      case .failure(let failure): throw failure
      }
    } catch {
      if json {
        Output.out(error.answer.json + "\n")
      } else {
        for line in RunSummary.lines(for: error) { Output.error(line + "\n") }
      }
      return ExitStatus(error.code)
    }
  }
}
