package import Telemetry

/// The metrics of requests to Twilio.
package struct TwilioMetrics: Sendable {
  private let requests: Counter
  private let duration: Histogram

  /// Registers the names; a registry takes them once.
  package init(registry: MetricRegistry) throws(TelemetryError) {
    requests = try registry.counter(
      "twilio_sync_twilio_requests_total",
      help: "Requests to Twilio, by the HTTP status of the answer; none where no whole answer came.",
      labels: ["status"], starting: [["200"], ["401"], ["429"], ["503"], [Self.noAnswer]])
    duration = try registry.histogram(
      "twilio_sync_twilio_request_duration_seconds",
      help: "How long requests to Twilio took, from sending to the end of the answer.",
      bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
  }

  /// Counts one request, repeated ones too.
  ///
  /// - Parameters:
  ///   - status: nil where no whole answer came.
  ///   - seconds: until the answer, or until none came.
  package func count(status: Int?, seconds: Double) {
    requests.add(1, status.map(String.init) ?? Self.noAnswer)
    duration.observe(seconds)
  }

  private static let noAnswer = "none"
}
