import Dispatch
import Reporting
import Telemetry
import TestSupport
import Testing

struct HTTPMetricsTests {
  private let registry = MetricRegistry()

  @Test("Requests are counted by route, method and status, their times by route")
  func requests() throws {
    let metrics = try HTTPMetrics(registry: registry)
    metrics.count(route: "/health", method: "GET", status: 200, milliseconds: 0)
    metrics.count(route: "/health", method: "HEAD", status: 200, milliseconds: 4)
    metrics.count(route: "/health", method: "GET", status: 200, milliseconds: 30)
    metrics.count(route: "unknown", method: "OTHER", status: 404, milliseconds: 1)
    let text = MetricsText(registry.render())
    #expect(text.faults == [])
    func requests(_ route: String, _ method: String, _ status: String) -> Double? {
      text["twilio_sync_http_requests_total", ["route": route, "method": method, "status": status]]
    }
    #expect(requests("/health", "GET", "200") == 2)
    #expect(requests("/health", "HEAD", "200") == 1)
    #expect(requests("unknown", "OTHER", "404") == 1)
    #expect(requests("unknown", "GET", "404") == nil)
    let name = "twilio_sync_http_request_duration_seconds"
    #expect(text["\(name)_bucket", ["route": "/health", "le": "0.005"]] == 2)
    #expect(text["\(name)_bucket", ["route": "/health", "le": "0.1"]] == 3)
    #expect(text["\(name)_sum", ["route": "/health"]] == 0.034)
    #expect(text["\(name)_count", ["route": "unknown"]] == 1)
  }

  @Test("What reached no route, and connections that were turned away, are counted apart")
  func refused() throws {
    let metrics = try HTTPMetrics(registry: registry)
    metrics.countUnreadable(status: 431)
    metrics.countRefused(connections: 7)
    let text = MetricsText(registry.render())
    #expect(text.faults == [])
    #expect(text["twilio_sync_http_unreadable_requests_total", ["status": "400"]] == 0)
    #expect(text["twilio_sync_http_unreadable_requests_total", ["status": "431"]] == 1)
    #expect(text["twilio_sync_http_refused_connections_total"] == 7)
  }

  @Test("Nothing is lost when many threads count")
  func threads() throws {
    let metrics = try HTTPMetrics(registry: registry)
    DispatchQueue.concurrentPerform(iterations: 1000) { number in
      metrics.count(
        route: "/health", method: number.isMultiple(of: 2) ? "GET" : "HEAD", status: 200, milliseconds: 1)
    }
    let text = MetricsText(registry.render())
    for method in ["GET", "HEAD"] {
      let labels = ["route": "/health", "method": method, "status": "200"]
      #expect(text["twilio_sync_http_requests_total", labels] == 500)
    }
    #expect(text["twilio_sync_http_request_duration_seconds_count", ["route": "/health"]] == 1000)
  }
}
