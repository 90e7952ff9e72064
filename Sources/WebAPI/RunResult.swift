import CallDomain

/// How a started run ended, as it is answered.
struct RunResult: Sendable {
  /// The keys of contract section 4, or `success`, `error` and `runId`.
  let json: String
  /// Nil when the run succeeded.
  let failure: RunFailure?

  init(of started: StartedRun) async {
    switch await started.outcome() {
    case .success(let run) where run.state == .succeeded:
      self.init(json: run.answer.json, failure: nil)
    case .success(let run):
      self.init(RunFailure(.internal, run.error ?? "La ejecución no ha terminado.", runID: run.id))
    case .failure(var failure):
      failure.runID = failure.runID ?? started.run.id
      self.init(failure)
    }
  }

  private init(_ failure: RunFailure) {
    self.init(json: failure.answer.json, failure: failure)
  }

  private init(json: String, failure: RunFailure?) {
    self.json = json
    self.failure = failure
  }
}
