/// A run that holds its lease and has its record. It lives by itself: whoever started it may go away.
package protocol LiveRun: Sendable {
  /// The run as it was recorded.
  var run: SyncRun { get }
  /// The run as far as it has come, from memory and without waiting.
  var progress: SyncRun { get }
  /// How the run ended, once it has.
  func outcome() async -> Result<SyncRun, RunFailure>
}

extension LiveRun {
  /// Waits for the run's end.
  ///
  /// - Throws: Why it did not succeed, with its number.
  package func success() async throws(RunFailure) -> SyncRun {
    var failure: RunFailure
    switch await outcome() {
    case .success(let run) where run.state == .succeeded: return run
    case .success(let run): failure = RunFailure(.internal, run.error ?? "La ejecución no ha terminado.")
    case .failure(let reason): failure = reason
    }
    failure.runID = failure.runID ?? run.id
    throw failure
  }
}
