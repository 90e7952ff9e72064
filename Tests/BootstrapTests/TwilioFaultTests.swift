import Curl
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A Twilio that misbehaves, before the whole program", .timeLimit(.minutes(5)))
struct TwilioFaultTests {
  @Test(
    "A fault that passes is asked again and the run succeeds",
    arguments: [
      "1:429", "1:429=1", "1:500", "1:503", "1:html", "1:html=200", "1:html=503", "1:empty",
      "1:empty=503", "1:malformed", "1:truncated", "1:content-type", "1:reset", "1:401", "1-2:503",
    ])
  func passing(script: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults(script)
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 200)
      #expect(answer.integer("savedCalls") == 3)
      #expect(answer.integer("twilioRequests") == installation.simulation.requests.count)
      let warning = try await service.program.line(containing: "reintento 1 en")
      // A connection that broke has no answer, and so no id.
      let hasNoAnswer = script.hasSuffix("reset") || script.hasSuffix("truncated")
      #expect(warning.hasPrefix("⚠️ ") && (hasNoAnswer || Self.hasRequestID(warning)))
    }
  }

  @Test("A Retry-After is waited for")
  func retryAfter() async throws {
    try await withInstallation { installation in
      try installation.simulation.setFaults("1:429=2")
      let service = try await installation.serve()
      let start = ContinuousClock.now
      #expect(try await service.sync().status == 200)
      #expect(ContinuousClock.now - start >= .seconds(2))
    }
  }

  @Test(
    "A fault that stays ends in 502 with a sentence, after no more requests than make sense",
    arguments: [
      ("*:401", 2, true), ("*:redirect=301@other.example", 1, true), ("*:redirect", 1, true),
      ("*:429", 5, true), ("*:500", 5, true), ("*:503", 5, true), ("*:html", 5, true),
      ("*:empty", 5, true), ("*:malformed", 5, true), ("*:truncated", 5, false),
      ("*:content-type", 5, true), ("*:reset", 5, false), ("*:huge=34000000", 1, false),
    ])
  func staying(script: String, requests: Int, hasRequestID: Bool) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults(script)
      let service = try await installation.serve(changes: ["LOG_FORMAT": "json"])
      let answer = try await service.sync()
      #expect(answer.status == 502)
      #expect(answer.body.hasPrefix(#"{"success":false,"error":""#) && answer.integer("runId") == 1)
      #expect(Self.hasRequestID(answer.text("error") ?? "") == hasRequestID)
      #expect(installation.simulation.requests.count == requests)
      #expect(try await installation.storedCalls() == 0)
      #expect(try await !installation.coverageHasMoved())
      #expect(try await installation.runStates() == ["failed"])
      #expect(try await installation.value("SELECT error FROM sync_runs") == answer.text("error"))
      let failed = try await service.program.line(containing: #""event":"run_failed""#)
      let cause = try #require(failed.firstMatch(of: /"cause":"((?:[^"\\]|\\.)*)"/)).output.1
      #expect(cause.contains(hasRequestID ? "Twilio-Request-Id RQ" : "(libcurl "), "\(failed)")
      #expect(!answer.body.contains(cause) && !answer.body.contains(#""cause""#))
    }
  }

  @Test(
    "A failure at page 2 of 3 leaves page 1 only; the next run makes up for it",
    arguments: [
      "list/3:redirect", "list/3-:401", "list/2:next-page", "list/3:huge=34000000", "list/3-:503",
    ])
  func secondPage(script: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      try installation.simulation.setFaults(script)
      let service = try await installation.serve()
      let failed = try await service.sync()
      #expect(failed.status == 502)
      #expect(failed.text("error")?.isEmpty == false)
      let stored = try await installation.column("SELECT id FROM calls ORDER BY id")
      #expect(stored == (0..<1000).map(TestCalls.sid))
      #expect(try await !installation.coverageHasMoved())

      try installation.simulation.setFaults("")
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 2001)
      #expect(try await installation.storedCalls() == 2001)
      #expect(try await installation.coveredUntil() != nil)
    }
  }

  @Test(
    "A Retry-After that no clock can count is cut short, and the service that waits for it ends in order",
    arguments: [
      "429=9223372036854776", "429=9223372036854775807", "503; *:header=Retry-After@9223372036854776",
      "503; *:header=Retry-After@9223372036854775807",
    ])
  func endlessRetryAfter(fault: String) async throws {
    try await withInstallation { installation in
      try installation.simulation.setFaults("*:\(fault)")
      let service = try await installation.serve()
      let running = Task { try? await service.sync() }
      _ = try await service.program.line(containing: "reintento 1 en")
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      #expect(try await service.end() == 0)
      _ = await running.value
      #expect(try await installation.runStates() == ["interrupted"])
    }
  }

  @Test(
    "Headers that say nothing, too much or what is meant for a terminal are no reason to fail, and forge no line",
    arguments: [
      "*:header=Date@yesterday", "*:header=Date@Fri31Dec999999999999",
      "*:header=Retry-After@9223372036854775808",
      "*:header=X-Big@\(String(repeating: "x", count: 60_000))",
      "*:header=Twilio-Request-Id@RQ\u{1B}[2J\u{202E}✅todobien", "1:429; *:header=Retry-After@-1",
      "1:503; *:header=Retry-After@1e308",
      "1:503; *:header=Twilio-Request-Id@RQ\u{1B}[2J\u{202E}✅todobien",
    ])
  func hostileHeaders(fault: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults(fault)
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3, "\(answer.body)")
      let output = service.program.output
      #expect(!output.contains("\u{1B}") && !output.contains("\u{202E}") && !output.contains("todobien"))
    }
  }

  @Test("A list that goes in a circle: 502 with a sentence, and nothing passes for complete")
  func endlessList() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      let service = try await installation.serve()
      installation.simulation.options.ending = .circle
      for path in ["/api/sync-twilio-hourly", "/api/resync-twilio-historical"] {
        let answer = try await service.ask("POST", path)
        #expect(answer.status == 502 && answer.text("error")?.contains("no acaba") == true, "\(answer.body)")
      }
      #expect(try await !installation.coverageHasMoved())
      installation.simulation.options.ending = .last
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3, "\(answer.body)")
    }
  }

  @Test("A next page on another host is not asked")
  func foreignNextPage() async throws {
    try await withInstallation { installation in
      let elsewhere = try await SimulatorServer.start()
      let host = elsewhere.baseURL.replacing("http://", with: "")
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults("list/2:next-page=\(host)")
      let answer = try await installation.serve().sync()
      #expect(answer.status == 502)
      #expect(answer.text("error")?.contains("La página siguiente no es de la lista") == true)
      #expect(elsewhere.simulation.requests.isEmpty)
      await elsewhere.stop()
    }
  }

  @Test("An answer of more than 20 MB that makes sense is taken")
  func bigBody() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults("list/2:huge=21000000")
      let answer = try await installation.serve().sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3)
    }
  }

  // The service waits 30 s for a silent server; that nobody else need wait so long, the same silence is tried
  // on its HTTP client with a shorter deadline.
  @Test("A stalled answer is given up", arguments: ["stall", "stall-body"])
  func stallOfClient(fault: String) async throws {
    let simulator = try await SimulatorServer.start()
    try simulator.simulation.setFaults("1:\(fault)")
    let credentials = AccountCredentials()
    let request = CurlRequest(
      url: "\(simulator.baseURL)/2010-04-01/Accounts/\(credentials.accountSID)/Calls.json?PageSize=1000",
      user: credentials.accountSID, password: credentials.authToken,
      timeouts: CurlTimeouts(total: .milliseconds(500)), allowsPlainHTTP: true)
    let error = await #expect(throws: CurlError.self) { try await CurlClient(maxHandles: 1).send(request) }
    #expect(error?.kind == .timeout)
    await simulator.stop()
  }

  @Test(
    "A stalled answer is given up and asked again by the service",
    .enabled(if: ProcessInfo.processInfo.environment["TEST_LONG"] == "1"), arguments: ["stall", "stall-body"])
  func stall(fault: String) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try installation.simulation.setFaults("list/2:\(fault)")
      let answer = try await installation.serve().sync()
      #expect(answer.status == 200 && answer.integer("savedCalls") == 3)
    }
  }

  @Test("Nobody at Twilio's address: 502 with a sentence")
  func unreachable() async throws {
    try await withInstallation { installation in
      let nobody = "http://127.0.0.1:\(try RawServer.makeFreePort())"
      let answer = try await installation.serve(changes: ["TWILIO_API_BASE_URL": nobody]).sync()
      #expect(answer.status == 502)
      #expect(answer.text("error")?.hasPrefix("No se puede conectar con Twilio") == true)
    }
  }

  static func hasRequestID(_ text: String) -> Bool { text.contains(/petición RQ[0-9a-f]{32}\b/) }
}
