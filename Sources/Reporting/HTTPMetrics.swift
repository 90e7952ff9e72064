import Synchronization
package import Telemetry

/// The metrics of the HTTP server.
package final class HTTPMetrics: Sendable {
  private struct Answer: Hashable {
    let route: String
    let method: String
    let status: Int
  }

  private struct Series {
    let requests: CounterSeries
    let duration: HistogramSeries
  }

  private let requests: Counter
  private let duration: Histogram
  private let unreadable: Counter
  private let refusedConnections: Counter
  // The server answers tens of thousands of requests a second: each kind of answer is worded once.
  private let known = Mutex<[Answer: Series]>([:])

  /// Registers the names; a registry takes them once.
  package init(registry: MetricRegistry) throws(TelemetryError) {
    requests = try registry.counter(
      "twilio_sync_http_requests_total", help: "HTTP requests answered, by route, method and status.",
      labels: ["route", "method", "status"])
    duration = try registry.histogram(
      "twilio_sync_http_request_duration_seconds",
      help: "How long HTTP requests took, by route; of an answer in lines, until its beginning.",
      labels: ["route"], bounds: [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120])
    unreadable = try registry.counter(
      "twilio_sync_http_unreadable_requests_total",
      help: "HTTP requests that were not understood or not allowed and reached no route, by status.",
      labels: ["status"], starting: [["400"]])
    refusedConnections = try registry.counter(
      "twilio_sync_http_refused_connections_total",
      help: "Connections that were turned away because there were as many as allowed.")
  }

  /// Counts an answered request.
  ///
  /// - Parameters:
  ///   - route: the route's pattern, never the path that was asked for; so the method: both come from small
  ///     fixed sets.
  ///   - milliseconds: from its arrival to its answer.
  package func count(route: String, method: String, status: Int, milliseconds: Int64) {
    let series = series(of: Answer(route: route, method: method, status: status))
    series.requests.add()
    series.duration.observe(Double(milliseconds) / 1000)
  }

  /// Counts a request that reached no route.
  package func countUnreadable(status: Int) {
    unreadable.add(1, String(status))
  }

  /// Counts connections that were turned away.
  package func countRefused(connections: Int) {
    refusedConnections.add(connections)
  }

  private func series(of answer: Answer) -> Series {
    known.withLock { known in
      if let series = known[answer] { return series }
      let series = Series(
        requests: requests.series(answer.route, answer.method, String(answer.status)),
        duration: duration.series(answer.route))
      known[answer] = series
      return series
    }
  }
}
