import Bootstrap
import CallDomain
import Foundation
import Telemetry
import TestSupport
import Testing
import TwilioSimulator

@Suite("/metrics of the whole program", .timeLimit(.minutes(5)))
struct MetricsTests {
  /// What has no number before the first call and the first successful run.
  private static let later: Set<String> = [
    "twilio_sync_lag_seconds", "twilio_sync_covered_until_timestamp_seconds",
    "twilio_sync_newest_call_timestamp_seconds", "twilio_sync_last_success_timestamp_seconds",
  ]

  private static func scrape(_ service: LiveService) async throws -> MetricsText {
    let answer = try await service.ask("GET", "/metrics")
    #expect(answer.status == 200)
    #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    let text = MetricsText(answer.body)
    #expect(text.faults == [])
    return text
  }

  private static func registered() throws -> Set<String> {
    Set(try ServiceMetrics(startedAt: Timestamp(seconds: 0)).registry.names)
  }

  @Test("Before any run every family that can have a number has one, and nothing is counted")
  func beforeAnyRun() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      // The first request that was answered is the one before.
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      let text = try await Self.scrape(service)
      var missing = Self.later
      #if !os(Linux)
        missing.formUnion(try Self.registered().filter { $0.hasPrefix("process_") })
        missing.remove("process_start_time_seconds")
      #endif
      #expect(Set(text.names) == (try Self.registered()).subtracting(missing))
      #expect(text["twilio_sync_status_up"] == 1)
      #expect(text["twilio_sync_runs_total", ["kind": "hourly", "outcome": "succeeded"]] == 0)
      #expect(text["twilio_sync_twilio_requests_total", ["status": "200"]] == 0)
      #expect(text["twilio_sync_alert_firing", ["alert": "no_calls"]] == 0)
      #expect(text["twilio_sync_http_requests_total", Self.health] == 1)
      let started = try #require(text["process_start_time_seconds"])
      #expect(abs(started - Date.now.timeIntervalSince1970) < 120)
    }
  }

  private static let health = ["route": "/health", "method": "GET", "status": "200"]

  @Test("An hourly run is counted in every family that it touches")
  func afterHourlyRun() async throws {
    var configuration = SimulatorConfiguration()
    configuration.scenario = .example87
    try await withInstallation(simulator: configuration) { installation in
      let service = try await installation.serve()
      let run = try await service.sync()
      #expect(run.status == 200)
      let text = try await Self.scrape(service)
      let hourly = ["kind": "hourly"]
      #expect(text["twilio_sync_runs_total", ["kind": "hourly", "outcome": "succeeded"]] == 1)
      #expect(text["twilio_sync_run_duration_seconds_count", hourly] == 1)
      let directions = ["outbound-api": 62.0, "trunking-terminating": 15, "trunking-originating": 10]
      for (number, (direction, count)) in directions.sorted(by: { $0.value > $1.value }).enumerated() {
        let labels = ["kind": "hourly", "case": "\(number + 1)", "direction": direction]
        #expect(text["twilio_sync_calls_total", labels] == count)
      }
      #expect(text["twilio_sync_created_phones_total"] == run.integer("createdPhones").map(Double.init))
      #expect(text["twilio_sync_unmatched_transfers_total", hourly] == 0)
      let requests = run.integer("twilioRequests").map(Double.init)
      #expect(text["twilio_sync_twilio_requests_total", ["status": "200"]] == requests)
      #expect(text["twilio_sync_twilio_request_duration_seconds_count"] == requests)
      #expect(text["twilio_sync_twilio_retries_total"] == 0)
      let trips = try #require(text["twilio_sync_database_round_trip_duration_seconds_count"])
      #expect(trips > 5 && (text["twilio_sync_database_statements_total"] ?? 0) > trips)
      #expect(text["twilio_sync_database_failures_total", ["reason": "refused"]] == 0)
      #expect(text["twilio_sync_database_pool_maximum_connections"] == 4)
      let route = ["route": LiveService.route, "method": "POST", "status": "200"]
      #expect(text["twilio_sync_http_requests_total", route] == 1)

      let now = Date.now.timeIntervalSince1970
      let success = try #require(text["twilio_sync_last_success_timestamp_seconds", hourly])
      #expect((0..<120).contains(now - success))
      #expect((0..<120).contains(try #require(text["twilio_sync_lag_seconds"])))
      #expect((0..<120).contains(now - (try #require(text["twilio_sync_covered_until_timestamp_seconds"]))))
      // Nobody has registered the numbers of the account.
      #expect(text["twilio_sync_day_calls", ["workspace": "default"]] == 87)
      #expect(text["twilio_sync_alert_firing", ["alert": "default_workspace"]] == 1)
      #expect(text["twilio_sync_alert_firing", ["alert": "no_run"]] == 0)
      #expect(text["twilio_sync_failures_in_a_row", hourly] == 0)
    }
  }

  @Test("What is stored is the same from a process that has done no run")
  func fromAnotherProcess() async throws {
    try await withInstallation { installation in
      #expect(try await installation.run("hourly").status == 0)
      let service = try await installation.serve()
      let text = try await Self.scrape(service)
      #expect(text["twilio_sync_last_success_timestamp_seconds", ["kind": "hourly"]] != nil)
      #expect(text["twilio_sync_covered_until_timestamp_seconds"] != nil)
      #expect(text["twilio_sync_runs_total", ["kind": "hourly", "outcome": "succeeded"]] == 0)
    }
  }

  @Test("With the database away a scrape is answered with the rest, and status_up 0 says so")
  func databaseAway() async throws {
    try await withPrivateInstallation { installation in
      let service = try await installation.serve()
      try await installation.cluster.stop()
      #expect(try await service.sync().status == 503)
      let text = try await Self.scrape(service)
      #expect(text["twilio_sync_status_up"] == 0)
      #expect(text["twilio_sync_lag_seconds"] == nil)
      #expect(!text.names.contains("twilio_sync_alert_firing"))
      #expect(text["twilio_sync_database_failures_total", ["reason": "unavailable"]].map { $0 > 0 } == true)
      #expect(text["process_start_time_seconds"] != nil)

      try await installation.cluster.start()
      try await eventually("the status is up") {
        try await Self.scrape(service)["twilio_sync_status_up"] == 1
      }
    }
  }

  @Test("Runs that fail, retries and refused requests are counted under their own names")
  func failures() async throws {
    try await withInstallation { installation in
      let changes = ["TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef"]
      let service = try await installation.serve(changes: changes)
      #expect(try await service.sync().status == 502)
      #expect(try await service.askOpenly("GET", "/metrics").status == 401)
      #expect(try await service.ask("GET", "/+34600000022").status == 404)
      let text = try await Self.scrape(service)
      #expect(text["twilio_sync_runs_total", ["kind": "hourly", "outcome": "failed"]] == 1)
      #expect(text["twilio_sync_failures_in_a_row", ["kind": "hourly"]] == 1)
      let refused = try #require(text["twilio_sync_twilio_requests_total", ["status": "401"]])
      #expect(refused >= 2)
      #expect(text["twilio_sync_twilio_retries_total"].map { $0 >= 1 } == true)
      for (route, status) in [("/metrics", "401"), ("unknown", "404"), (LiveService.route, "502")] {
        let method = route == LiveService.route ? "POST" : "GET"
        let labels = ["route": route, "method": method, "status": status]
        #expect(text["twilio_sync_http_requests_total", labels] == 1)
      }
      let labels = text.families.flatMap(\.samples).flatMap(\.labels.values)
      #expect(!labels.contains { $0.contains("34600000022") })
    }
  }
}
