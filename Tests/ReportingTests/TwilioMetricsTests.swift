import Reporting
import Telemetry
import TestSupport
import Testing

struct TwilioMetricsTests {
  @Test("Requests are counted by status, and by none where no answer came")
  func requests() throws {
    let registry = MetricRegistry()
    let metrics = try TwilioMetrics(registry: registry)
    metrics.count(status: 200, seconds: 0.2)
    metrics.count(status: 200, seconds: 0.04)
    metrics.count(status: 404, seconds: 0.3)
    metrics.count(status: nil, seconds: 30)
    let text = MetricsText(registry.render())
    #expect(text.faults == [])
    for (status, count) in ["200": 2.0, "404": 1, "429": 0, "none": 1] {
      #expect(text["twilio_sync_twilio_requests_total", ["status": status]] == count, "\(status)")
    }
    #expect(text["twilio_sync_twilio_request_duration_seconds_bucket", ["le": "0.05"]] == 1)
    #expect(text["twilio_sync_twilio_request_duration_seconds_count"] == 4)
  }
}
