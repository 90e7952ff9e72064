import CallDomain
import WebServer

/// The two probes that need no secret.
enum HealthRoutes {
  /// `/health`: the process lives; touches nothing else.
  static let health = Route("/health", [.get, .head], .open) { _ in alive }

  /// What `/health` answers, made once.
  static let alive = HTTPResponse.answer(#"{"status":"ok"}"#).protected

  /// `/ready`: whether a run could start now, in one word a check.
  static func ready(_ readiness: SharedReadiness) -> Route {
    Route("/ready", [.get, .head], .open) { _ in
      let current = await readiness.current()
      let fields = [
        AnswerField("status", .text(current.isReady ? "ready" : "unready")),
        AnswerField("database", .text(current.database.rawValue)),
        AnswerField("schema", .text(current.schema.rawValue)),
      ]
      return .answer(
        AnswerValue.object(fields).json, status: current.isReady ? .ok : .serviceUnavailable)
    }
  }
}
