import CallDomain
import Synchronization
import WebServer

/// The routes about the service itself: whether it lives, whether it is ready, its metrics, its description.
enum ServiceRoutes {
  /// `/health`: the process lives; touches nothing else.
  static let health = Route("/health", [.get, .head], .open) { _ in alive }

  /// What `/health` answers, made once.
  static let alive = HTTPResponse.answer(#"{"status":"ok"}"#).protected

  /// Milliseconds for which an answer of `/ready` is used.
  private static let readyLifetime: Int64 = 2000

  /// `/ready`: whether a run could start now, in one word a check; all who ask share one check.
  static func ready(
    _ check: @escaping @Sendable () async -> Readiness, milliseconds: @escaping @Sendable () -> Int64
  ) -> Route {
    let readiness = SharedAnswer(lifetime: readyLifetime, milliseconds: milliseconds, look: check)
    return Route("/ready", [.get, .head], .open) { _ in
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

  /// `/metrics`, for Prometheus.
  static func metrics(_ service: any SyncService) -> Route {
    Route(reading: "/metrics", .figures, parameters: nil) { _ in
      // Prometheus documentation: Exposition formats, text-based format.
      .text(await service.metricsText(), type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  /// `/openapi.json`, made once, when it is first asked for: who only serves runs starts without it.
  static func description(version: String) -> Route {
    let made = MadeText()
    return Route("/openapi.json", [.get, .head], .open) { _ in
      .answer(made.text { APIDescription.text(version: version) })
    }
  }
}

/// A text that is made once.
private final class MadeText: Sendable {
  private let kept = Mutex<String?>(nil)

  func text(_ make: () -> String) -> String {
    kept.withLock { kept in
      let text = kept ?? make()
      kept = text
      return text
    }
  }
}
