package import Telemetry

/// The metrics of the way to the database and of the connections to it.
package struct DatabaseMetrics: Sendable {
  /// Why statements failed, as far as it matters to an operator.
  package enum Reason: String, Sendable, CaseIterable {
    /// The database was out of reach, too slow or going down.
    case unavailable
    /// The server said no.
    case refused
    /// This program gave up, such as when it stops.
    case cancelled
  }

  private let statements: CounterSeries
  private let duration: HistogramSeries
  private let failures: Counter
  private let maximum: Gauge
  private let connections: Gauge
  private let waiting: Gauge

  /// Registers the names; a registry takes them once.
  package init(registry: MetricRegistry) throws(TelemetryError) {
    statements = try registry.counter(
      "twilio_sync_database_statements_total", help: "SQL statements sent, BEGIN and COMMIT included."
    ).series()
    duration = try registry.histogram(
      "twilio_sync_database_round_trip_duration_seconds",
      help: "How long the database took to answer what was sent at once: one statement or several.",
      bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
    ).series()
    failures = try registry.counter(
      "twilio_sync_database_failures_total",
      help: "Attempts to connect and round trips that failed, by reason.", labels: ["reason"],
      starting: Reason.allCases.map { [$0.rawValue] })
    maximum = try registry.gauge(
      "twilio_sync_database_pool_maximum_connections", help: "Connections that may be open at once.")
    connections = try registry.gauge(
      "twilio_sync_database_pool_connections", help: "Connections of the pool, by state.", labels: ["state"])
    waiting = try registry.gauge(
      "twilio_sync_database_pool_waiting_callers", help: "Callers that wait for a connection.")
  }

  /// Counts what was sent at once and answered.
  package func countRoundTrip(statements: Int, seconds: Double) {
    self.statements.add(statements)
    duration.observe(seconds)
  }

  /// Counts an attempt to connect or a round trip that failed.
  package func countFailure(_ reason: Reason) {
    failures.add(1, reason.rawValue)
  }

  /// Shows how the pool is used at this moment.
  package func showPool(maximum: Int, inUse: Int, idle: Int, waiting: Int) {
    self.maximum.set(Double(maximum))
    connections.replace(with: [["in_use"]: Double(inUse), ["idle"]: Double(idle)])
    self.waiting.set(Double(waiting))
  }
}
