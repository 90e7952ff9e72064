import TestSupport
import Testing
import TwilioSimulator

@Suite(
  "The real server at the end of its descriptors", .enabled(if: AbusedService.canCount),
  .timeLimit(.minutes(5)))
struct DescriptorTests {
  private static let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

  // How many of them are served depends on how fast they come: who is silent for a second gives way.
  @Test(
    "Of 200 connections at 64 descriptors none is lost for good: the probe is back while they stay open, and after"
  )
  func flood() async throws {
    let start = ContinuousClock.now
    try await withAbusedService(descriptors: 64) { service in
      let before = try service.descriptors()
      for _ in 0..<3 {
        let (clients, served) = try await flood(service, with: 200)
        #expect(served >= 16)
        #expect(try service.descriptors().count <= 64)
        _ = try await service.healthReturns()
        for client in clients { client.close() }
        try await service.descriptorsReturn(to: before)
        #expect(await service.health() == 200, "all places are free")
      }
      let lines = service.live.program.output.matches(of: /rechazadas: \d+/).count
      // The server looks every half second.
      let most = Int((ContinuousClock.now - start).components.seconds) * 2 + 2
      #expect(lines <= most, "a flood of connections is no flood of lines")
    }
  }

  @Test("Silent connections to the limit of descriptors keep neither the probe nor the cron out")
  func silent() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let program = try installation.programs.start(
        ["serve"], installation.environment, shell: "ulimit -n 64; exec \"$@\"")
      let service = AbusedService(live: try await LiveService(installation.programs, program))
      var clients: [RawSocketClient] = []
      for round in 0..<3 {
        for _ in 0..<100 { clients.append(try await service.connect()) }
        // The first of them are silent for a second by then.
        _ = try await service.healthReturns()
        #expect(try service.descriptors().count <= 64)
        let answer = try await service.live.sync()
        #expect(answer.status == 200 && answer.integer("savedCalls") == 3, "round \(round): \(answer.body)")
      }
      #expect(try await service.live.end() == 0)
      for client in clients { client.close() }
    }
  }

  @Test("Without any descriptor connections wait, and are served when there is one; nothing is lost")
  func none() async throws {
    try await withAbusedService { service in
      let before = try service.descriptors()
      let held = try await service.connect()
      try await held.send(Self.request)
      #expect(await held.read(count: 12).text == "HTTP/1.1 200")
      var waiting: [RawSocketClient] = []
      try await service.withoutDescriptors {
        for _ in 0..<20 {
          let client = try await service.connect()
          try await client.send(Self.request.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n"))
          waiting.append(client)
        }
        _ = try await service.live.program.line(containing: "No se pueden aceptar conexiones por ahora")
        held.close()
        // The one descriptor that is free now serves them one after the other.
        for client in waiting { #expect(await client.readToEnd().text.hasPrefix("HTTP/1.1 200")) }
        _ = try await service.healthReturns()
      }
      try await service.descriptorsReturn(to: before)
    }
  }

  @Test("A flood at 64 descriptors leaves enough of them for a run, its database and Twilio")
  func run() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let program = try installation.programs.start(
        ["serve"], installation.environment, shell: "ulimit -n 64; exec \"$@\"")
      let service = AbusedService(live: try await LiveService(installation.programs, program))
      let client = try await service.connect()
      try await client.send(Self.request)
      #expect(await client.read(count: 12).text == "HTTP/1.1 200")
      let (clients, _) = try await flood(service, with: 100)
      try await client.send(Answer.request("POST", LiveService.route, [LiveService.authorization]))
      let answers = await client.readToEnd().text
      #expect(answers.contains(#""totalCalls":2001"#), "\(answers)")
      for client in clients { client.close() }
    }
  }

  /// Opens so many connections and asks once on each.
  private func flood(
    _ service: AbusedService, with count: Int
  ) async throws -> (clients: [RawSocketClient], served: Int) {
    var clients: [RawSocketClient] = []
    var served = 0
    for _ in 0..<count {
      let client = try await service.connect()
      clients.append(client)
      // Who is turned away may be so before he has asked.
      try? await client.send(Self.request)
      if await client.read(count: 12).text == "HTTP/1.1 200" { served += 1 }
    }
    return (clients, served)
  }
}
