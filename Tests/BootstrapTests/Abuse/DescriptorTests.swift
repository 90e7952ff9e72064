import TestSupport
import Testing
import TwilioSimulator

@Suite(
  "The real server at the end of its descriptors", .enabled(if: AbusedService.canCount),
  .timeLimit(.minutes(5)))
struct DescriptorTests {
  private static let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

  @Test("Of 200 connections at 64 descriptors most are turned away; then the probe is back within a second")
  func flood() async throws {
    try await withAbusedService(descriptors: 64) { service in
      let before = try service.descriptors()
      var waits: [Duration] = []
      for _ in 0..<3 {
        let (clients, served) = try await flood(service, with: 200)
        #expect((16...60).contains(served))
        #expect(try service.descriptors().count <= 64)
        #expect(await service.health() != 200)
        for client in clients { client.close() }
        waits.append(try await service.healthReturns())
        try await service.descriptorsReturn(to: before)
      }
      // The machine may be busy at one time; a server that is slow to recover is late each time.
      #expect(waits.min() ?? .seconds(60) < .seconds(1))
      let lines = service.live.program.output.matches(of: /rechazadas: \d+/).count
      #expect(lines < 60, "a flood of connections is no flood of lines")
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
