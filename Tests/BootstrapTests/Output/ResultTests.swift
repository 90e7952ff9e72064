import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A result of the real program that cannot be written", .timeLimit(.minutes(5)))
struct ResultTests {
  /// What standard output is, for a shell, and the reason that is given.
  private static let places = [
    (">/dev/full", "no queda espacio"), (">&-", "está cerrada"), ("1</dev/null", "está cerrada"),
  ]

  @Test(
    "is exit status 1 and a sentence on standard error, where nothing is configured",
    arguments: [
      ["--help"], ["hourly", "--help"], ["--version"], ["completion", "bash"], ["doctor"],
      ["doctor", "--json"],
    ])
  func unconfigured(arguments: [String]) async throws {
    try await withPrograms { programs in
      for (place, reason) in Self.places {
        let ended = try await programs.run(arguments, [:], shell: "exec \"$@\" \(place)")
        #expect(ended.status == 1)
        #expect(
          ended.errors == "❌ No se pudo escribir el resultado en la salida estándar: \(reason).\n")
      }
      let pipe = try HeldPipe(isFull: true)
      let program = try programs.start(arguments, [:], shell: pipe.asOutput)
      _ = try await program.line(containing: HeldPipe.opened)
      pipe.close()
      #expect(try await program.exitStatus() == 1)
      #expect(program.errors.hasSuffix("estándar: quien la leía la ha cerrado.\n"))
      let silent = try await programs.run(arguments, [:], shell: "exec \"$@\" >/dev/full 2>&-")
      #expect(silent.status == 1)
    }
  }

  @Test(
    "is exit status 1 of a command that went well",
    arguments: [
      ["hourly", "--json"], ["historical", "--json"], ["reattribute", "--json"], ["doctor", "--json"],
      ["doctor"],
      ["migrate"], ["migrate", "--json"],
    ])
  func configured(arguments: [String]) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      if arguments[0] == "doctor" { #expect(try await installation.run("hourly").status == 0) }
      let well = try await installation.programs.run(arguments, installation.environment)
      #expect(well.status == 0, "\(well.output)")
      for (place, reason) in Self.places {
        let ended = try await installation.programs.run(
          arguments, installation.environment, shell: "exec \"$@\" \(place)")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("❌ No se pudo escribir el resultado en la salida estándar: \(reason)."))
      }
      #expect(try await installation.runStates().allSatisfy { $0 == "succeeded" })
    }
  }

  @Test(
    "is exit status 1 of health, also of a server that lives", arguments: [["health"], ["health", "--json"]])
  func health(arguments: [String]) async throws {
    try await withPrograms { programs in
      let service = try await LiveService(programs, programs.start([], ConfigurationTests.environment))
      let ended = try await programs.run(
        arguments, ["PORT": "\(service.port)"], shell: "exec \"$@\" >/dev/full")
      #expect(ended.status == 1 && ended.errors.contains("no queda espacio"))
    }
  }

  @Test("leaves a failure its own exit status, and a log of JSON its form")
  func failure() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      twilio.blockSecondPage()
      let first = try installation.start("hourly", changes: twilio.asTwilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      let ended = try await installation.programs.run(
        ["hourly", "--json"], installation.environment.changed(by: ["LOG_FORMAT": "json"]),
        shell: "exec \"$@\" >/dev/full")
      #expect(ended.status == 3)
      let last = ended.errors.split(separator: "\n").last.map { JSONText(String($0)) }
      #expect(last?.text("event") == "result_not_written" && last?.text("level") == "error")
      twilio.release()
      #expect(try await first.exitStatus() == 0)
      twilio.close()
    }
  }

  @Test("is waited for while its reader stands still, and whole when it reads", arguments: [">", "2>&1 >"])
  func waited(redirection: String) async throws {
    try await withPrograms { programs in
      let whole = try await programs.run(["completion", "bash"], [:]).output
      let pipe = try HeldPipe(isFull: true)
      let program = try programs.start(
        ["completion", "bash"], [:], shell: "exec \"$@\" \(redirection)'\(pipe.path)'")
      #expect(try await pipe.read { $0.utf8.count >= whole.utf8.count } == whole)
      #expect(try await program.exitStatus() == 0)
    }
  }

  @Test("of a run is waited for with the lease given back and the run recorded; a signal ends it")
  func blocked() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let pipe = try HeldPipe(isFull: true)
      let program = try installation.programs.start(
        ["hourly", "--json"], installation.environment, shell: "exec \"$@\" >'\(pipe.path)'")
      _ = try await program.line(containing: "🎉")
      let next = try await installation.run("hourly")
      #expect(next.status == 0)
      #expect(program.isRunning)
      program.send(SIGTERM)
      #expect(try await program.exitStatus() == 143)
      #expect(try await installation.runStates() == ["succeeded", "succeeded"])
    }
  }

  @Test("of a run holds up neither alerts nor heartbeat nor the daily audit while its reader stands still")
  func heldByReader() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let listener = try RawServer { _, connection in connection.write(status: "200 OK") }
      let pipe = try HeldPipe(isFull: true)
      let program = try installation.programs.start(
        ["hourly", "--json"],
        installation.environment.changed(by: [
          "ALERT_WEBHOOK_URL": listener.url + "/alert", "HEARTBEAT_URL": listener.url + "/heartbeat",
          "AUDIT_DAILY": "true",
        ]), shell: "exec \"$@\" >'\(pipe.path)'")
      try await eventually("both are told") { listener.requests.count == 2 }
      #expect(listener.requests.contains { $0.contains(#""alert":"no_calls","firing":true"#) })
      #expect(listener.requests.contains { $0.hasPrefix("GET /heartbeat ") })
      try await eventually("the audit has ended") {
        try await installation.runStates() == ["succeeded", "succeeded"]
      }
      #expect(program.isRunning)
      let result = try await pipe.read { $0.hasSuffix("}\n") }
      #expect(result.hasPrefix(#"{"success":true"#))
      #expect(try await program.exitStatus() == 0)
    }
  }

  @Test("comes after the log that goes to the same place")
  func order() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let ended = try await installation.programs.run(
        ["hourly", "--json"], installation.environment, shell: #"exec "$@" 2>&1"#)
      let lines = ended.output.split(separator: "\n")
      #expect(ended.status == 0 && ended.errors.isEmpty)
      #expect(lines.last?.hasPrefix(#"{"success":true"#) == true)
      #expect(lines.dropLast().contains { $0.contains("🎉") })
    }
  }
}
