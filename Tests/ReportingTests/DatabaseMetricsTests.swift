import Reporting
import Telemetry
import TestSupport
import Testing

struct DatabaseMetricsTests {
  private let registry = MetricRegistry()

  @Test("Statements, round trips and failures are counted from zero")
  func traffic() throws {
    let metrics = try DatabaseMetrics(registry: registry)
    metrics.countRoundTrip(statements: 3, seconds: 0.002)
    metrics.countRoundTrip(statements: 1, seconds: 40)
    metrics.countFailure(.unavailable)
    let text = MetricsText(registry.render())
    #expect(text.faults == [])
    #expect(text["twilio_sync_database_statements_total"] == 4)
    #expect(text["twilio_sync_database_round_trip_duration_seconds_bucket", ["le": "0.0025"]] == 1)
    #expect(text["twilio_sync_database_round_trip_duration_seconds_bucket", ["le": "30"]] == 1)
    #expect(text["twilio_sync_database_round_trip_duration_seconds_count"] == 2)
    for (reason, count) in ["unavailable": 1.0, "refused": 0, "cancelled": 0] {
      #expect(text["twilio_sync_database_failures_total", ["reason": reason]] == count, "\(reason)")
    }
  }

  @Test("The pool is shown as it is at the moment")
  func pool() throws {
    let metrics = try DatabaseMetrics(registry: registry)
    metrics.showPool(maximum: 4, inUse: 3, idle: 1, waiting: 2)
    metrics.showPool(maximum: 4, inUse: 0, idle: 2, waiting: 0)
    let text = MetricsText(registry.render())
    #expect(text["twilio_sync_database_pool_maximum_connections"] == 4)
    #expect(text["twilio_sync_database_pool_connections", ["state": "in_use"]] == 0)
    #expect(text["twilio_sync_database_pool_connections", ["state": "idle"]] == 2)
    #expect(text["twilio_sync_database_pool_waiting_callers"] == 0)
  }
}
