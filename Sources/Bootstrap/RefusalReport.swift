import CallDomain
import Telemetry

/// Words that a run was asked for and not started.
enum RefusalReport {
  /// - Parameter requestID: Nil where no request asked for it.
  static func report(_ failure: RunFailure, of kind: RunKind, requestID: String?, to logger: Logger) {
    let isOurs = failure.code == .database || failure.code == .internal
    let request = requestID.map { [LogField("requestId", .text($0))] } ?? []
    let running = failure.runID.map { [LogField("runId", .integer($0.number))] } ?? []
    logger.log(
      isOurs ? .error : .warning, "run_refused",
      text: ["\(isOurs ? "❌" : "⚠️") No se inicia la ejecución pedida (\(kind.rawValue)): \(failure.message)"],
      fields: request + [
        LogField("kind", .text(kind.rawValue)), LogField("code", .text(failure.code.rawValue)),
        LogField("error", .text(failure.message)),
      ] + running, cause: failure.cause)
  }
}
