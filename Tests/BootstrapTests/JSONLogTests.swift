import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("The log for machines", .timeLimit(.minutes(5)))
struct JSONLogTests {
  private static let format: [String: String?] = ["LOG_FORMAT": "json"]

  private static func lines(_ text: String) -> [JSONText] {
    text.split(separator: "\n").map { JSONText(String($0)) }
  }

  @Test("Every line of a run carries its id and that of the request that started it")
  func requestID() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let service = try await installation.serve(changes: Self.format)
      let answer = try await service.ask("POST", LiveService.route, headers: ["X-Request-Id: cron-17"])
      #expect(answer.header("X-Request-Id") == "cron-17")
      _ = try await service.program.line(containing: "request_answered")
      let ofRun = Self.lines(service.program.output).filter { $0.integer("runId") != nil }
      #expect(ofRun.allSatisfy { $0.text("requestId") == "cron-17" && $0.integer("runId") == 1 })
      let events = ofRun.compactMap { $0.text("event") }
      #expect(Set(events).isSuperset(of: ["run_requested", "run_started", "save_finished", "run_finished"]))
    }
  }

  @Test("A trace is the request's id where none is given, in the answer and in the run's lines")
  func traceparent() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve(changes: Self.format)
      let trace = "0af7651916cd43dd8448eb211c80319c"
      let header = "00-\(trace)-b7ad6b7169203331-01"
      let answer = try await service.ask("POST", LiveService.route, headers: ["traceparent: \(header)"])
      #expect(answer.header("X-Request-Id") == trace && answer.header("traceparent") == header)
      let line = try await service.program.line(containing: "run_finished")
      #expect(JSONText(line).text("requestId") == trace)
    }
  }

  @Test("A run that is refused tells why, and by which request; LOG_LEVEL leaves out what matters less")
  func refused() async throws {
    try await withInstallation(template: nil) { installation in
      let changes = Self.format.merging(["LOG_LEVEL": "error"]) { $1 }
      let service = try await installation.serve(changes: Self.format)
      let answer = try await service.ask("POST", LiveService.route, headers: ["X-Request-Id: cron-18"])
      #expect(answer.status == 503)
      let line = JSONText(try await service.program.line(containing: "run_refused"))
      #expect(line.text("requestId") == "cron-18" && line.text("error") == answer.text("error"))
      #expect(line.text("code") == "database" && line.text("kind") == "hourly")

      let ended = try await installation.run("hourly", changes: changes)
      #expect(ended.status == 1 && ended.errors.isEmpty)
      #expect(Self.lines(ended.output).map { $0.text("event") } == ["run_refused"])
      #expect(Self.lines(ended.output).first?.text("level") == "error")
    }
  }

  @Test("Commands write nothing but objects, also when the configuration is wrong")
  func commands() async throws {
    try await withInstallation(template: TestCluster.empty) { installation in
      let migrated = try await installation.run("migrate", changes: Self.format)
      let lines = Self.lines(migrated.output)
      #expect(migrated.status == 0 && migrated.errors.isEmpty)
      #expect(lines.allSatisfy { $0.text("ts") != nil && $0.text("event") != nil })
      #expect(lines.last?.text("event") == "migration_finished")

      let wrong = try await installation.run(
        "hourly", changes: ["LOG_FORMAT": "json", "TWILIO_ACCOUNT_SID": nil, "SYNC_WINDOW_MINUTES": "0"])
      let faults = Self.lines(wrong.errors)
      #expect(wrong.status == 2 && wrong.output.isEmpty && faults.count == 2)
      #expect(faults.allSatisfy { $0.text("event") == "configuration_fault" && $0.text("error") != nil })
    }
  }

  @Test("LOG_LEVEL decides what is written, in either format", arguments: ["text", "json"])
  func level(format: String) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      for (level, isQuiet) in [("debug", false), ("info", false), ("warning", true), ("error", true)] {
        let ended = try await installation.run("hourly", changes: ["LOG_FORMAT": format, "LOG_LEVEL": level])
        #expect(ended.status == 0 && ended.output.isEmpty == isQuiet, "\(level)")
      }
    }
  }
}
