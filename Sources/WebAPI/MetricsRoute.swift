import WebServer

/// `/metrics`, for Prometheus.
enum MetricsRoute {
  /// Nil without the action.
  static func route(_ actions: ServiceActions) -> Route? {
    guard let render = actions.metrics else { return nil }
    return Route("/metrics", [.get, .head], .bearerOrBasic) { _ in
      // Prometheus documentation: Exposition formats, text-based format.
      .text(await render(), type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }
}
