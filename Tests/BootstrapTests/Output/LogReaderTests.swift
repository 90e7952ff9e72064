import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Whoever reads the log of the real program", .timeLimit(.minutes(5)))
struct LogReaderTests {
  @Test("stands still: serve answers and runs as ever, tells how many lines are lost, and stops")
  func serveStandsStill() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let pipe = try HeldPipe()
      let service = try await serve(installation, pipe, ["LOG_FORMAT": "json"])
      pipe.fill()
      #expect(try await service.sync().status == 200)
      let asked = 10_000
      for _ in 0..<10 { try await service.askHealth(asked / 10) }
      #expect(try await service.sync().status == 200)

      let text = try await pipe.read { $0.contains("log_lines_dropped") && $0.hasSuffix("}\n") }
      let lines = text.split(separator: "\n").map { JSONText(String($0)) }
      let dropped = lines.filter { $0.text("event") == "log_lines_dropped" }
      #expect(dropped.count == 1 && dropped[0].text("level") == "warning")
      let kept = lines.count { $0.text("event") == "request_answered" }
      let lost = try #require(dropped.first?.integer("count"))
      // Besides the requests there are the lines of two runs.
      #expect((asked...(asked + 100)).contains(kept + lost), "\(kept) + \(lost)")
      #expect(lines.allSatisfy { $0.text("event") != nil })

      pipe.fill()
      #expect(try await service.sync().status == 200)
      #expect(try await service.end() == 0)
      #expect(try await installation.runStates() == ["succeeded", "succeeded", "succeeded"])
    }
  }

  @Test(
    "stands still: a command ends in order, with its result where it has one",
    arguments: [
      (["hourly"], ">"), (["historical"], ">"), (["hourly", "--json"], "2>"),
      (["historical", "--json"], "2>"),
    ])
  func commandStandsStill(arguments: [String], stream: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let pipe = try HeldPipe(isFull: true)
      let ended = try await installation.programs.run(
        arguments, installation.environment, shell: "exec \"$@\" \(stream)'\(pipe.path)'")
      #expect(ended.status == 0)
      #expect(ended.output.isEmpty || JSONText(ended.output).integer("totalCalls") == 3)
      #expect(ended.output.isEmpty == (stream == ">"))
      try await expectOrder(installation)
    }
  }

  @Test("stands still: SIGTERM ends a run in order")
  func stopped() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      twilio.blockSecondPage()
      let pipe = try HeldPipe(isFull: true)
      let program = try installation.programs.start(
        ["hourly"], installation.environment.changed(by: twilio.asTwilio),
        shell: "exec \"$@\" >'\(pipe.path)' 2>&1")
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      program.send(SIGTERM)
      #expect(try await program.exitStatus() == 143)
      #expect(try await installation.runStates() == ["interrupted"])
      twilio.close()
      #expect(try await installation.run("hourly").status == 0)
    }
  }

  @Test(
    "goes away: a run goes on and ends in order",
    arguments: [["hourly"], ["historical"], ["reattribute"], ["hourly", "--json"]])
  func commandGone(arguments: [String]) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let pipe = try HeldPipe(isFull: true)
      let program = try installation.programs.start(
        arguments, installation.environment,
        shell: arguments.contains("--json") ? pipe.asErrors : pipe.asOutput)
      _ = try await program.line(containing: HeldPipe.opened)
      pipe.close()
      #expect(try await program.exitStatus() == 0)
      try await expectOrder(installation)
    }
  }

  @Test("goes away: serve answers and runs on, and stops in order")
  func serveGone() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let pipe = try HeldPipe()
      let service = try await serve(installation, pipe)
      pipe.close()
      #expect(try await service.sync().status == 200)
      try await service.askHealth(100)
      #expect(try await service.end() == 0)
      try await expectOrder(installation)
    }
  }

  @Test("is a file at its size limit: the run goes on; once there is room the log tells what is lost")
  func fileAtLimit() async throws {
    try await withInstallation { installation in
      let log = NSTemporaryDirectory() + "log-\(UUID().uuidString)"
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      defer { try? FileManager.default.removeItem(atPath: log) }
      let program = try installation.programs.start(
        ["serve"], installation.environment.changed(by: ["LOG_FORMAT": "json"]),
        shell: "ulimit -f 1; exec \"$@\" >>'\(log)'")
      func text() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }
      var port: Int?
      try await eventually("it listens") {
        port = try text().firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
        return port != nil
      }
      let service = LiveService(installation.programs, program, port: try #require(port))
      #expect(try await service.sync().status == 200)
      try await eventually("the file is full") { try text().utf8.count >= 512 }
      try FileHandle(forWritingTo: URL(fileURLWithPath: log)).truncate(atOffset: 0)
      try await eventually("the loss is told") {
        _ = try await service.askOpenly("GET", "/health")
        return try text().contains("log_lines_dropped")
      }
      // The line that was cut off does not spoil the first one after it.
      #expect(
        try text().split(separator: "\n").dropLast().allSatisfy { JSONText(String($0)).text("event") != nil })
      #expect(try await service.end() == 0)
    }
  }

  @Test("is none, nor are there other streams: nothing of the log goes into a connection")
  func closedStreams() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      for closed in ["<&- >&- 2>&-", ">&-", "2>&-", "<&- >&-"] {
        let ended = try await installation.programs.run(
          ["hourly"], installation.environment, shell: "exec \"$@\" \(closed)")
        #expect(ended.status == 0, "\(closed) \(ended.errors)")
      }
      #expect(try await installation.storedCalls() == 2001)
      #expect(try await installation.runStates() == Array(repeating: "succeeded", count: 4))
    }
  }

  private func serve(
    _ installation: Installation, _ pipe: HeldPipe, _ changes: [String: String?] = [:]
  ) async throws -> LiveService {
    let program = try installation.programs.start(
      ["serve"], installation.environment.changed(by: changes), shell: pipe.asOutput)
    let text = try await pipe.read { $0.contains(/127\.0\.0\.1:\d+.*\n/) }
    let port = text.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
    return LiveService(installation.programs, program, port: try #require(port))
  }

  /// The runs have succeeded, and the next one need not wait for a lease.
  private func expectOrder(_ installation: Installation) async throws {
    #expect(try await installation.runStates() == ["succeeded"])
    #expect(try await installation.value("SELECT bool_and(expires_at < now()) FROM sync_leases") != "f")
  }
}

extension LiveService {
  /// Asks `/health` so many times on one connection.
  fileprivate func askHealth(_ times: Int) async throws {
    let client = try await RawSocketClient(port: port)
    defer { client.close() }
    let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    try await client.send(String(repeating: request, count: times))
    let received = await client.read { bytes in
      String(decoding: bytes, as: UTF8.self).matches(of: /{"status":"ok"}/).count == times ? bytes.count : nil
    }
    #expect(received.ending == .satisfied)
  }
}

extension HeldPipe {
  /// What a shell says on the other stream when it has opened the pipe.
  static let opened = "the pipe is open"

  /// What a shell does to start a program whose standard output is this.
  var asOutput: String { "exec >'\(path)'; echo '\(Self.opened)' >&2; \(Self.start)" }

  /// What a shell does to start a program whose standard error is this.
  var asErrors: String { "exec 2>'\(path)'; echo '\(Self.opened)'; \(Self.start)" }

  // A process inherits from its parent that SIGPIPE is ignored, and Curl makes the tests ignore it.
  #if os(Linux)
    private static let start = #"exec env --default-signal=PIPE "$@""#
  #else
    private static let start = #"exec "$@""#
  #endif
}
