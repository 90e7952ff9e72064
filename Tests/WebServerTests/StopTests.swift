import TestSupport
import Testing
import WebServer

@Suite("Starting and stopping")
struct StopTests {
  @Test("a stop lets the request in flight end, closes idle connections and accepts no more")
  func graceful() async throws {
    let gate = Gate()
    let handler: HTTPHandler = { request in
      if request.target.path == "/slow" { await gate.pass() }
      return .text("done")
    }
    try await withServer(handler: handler) { server, port in
      let idle = try await RawSocketClient(port: port)
      try await idle.send(makeRequest())
      #expect(await idle.readAnswer()?.status == 200)
      let busy = try await RawSocketClient(port: port)
      try await busy.send(makeRequest("GET", "/slow"))
      await gate.arrived()
      async let stopped: Void = server.stop(gracePeriod: .seconds(60))
      #expect(await idle.readToEnd().ending == .end)
      await #expect(throws: RawSocketClient.Failure.self) { _ = try await RawSocketClient(port: port) }
      await gate.open()
      let answer = await busy.readAnswer()
      #expect(answer?.text == "done")
      #expect(answer?.headers["connection"] == "close")
      #expect(await busy.readToEnd().ending == .end)
      await stopped
    }
  }

  @Test("after the grace period the rest is closed although its handler still runs")
  func gracePeriod() async throws {
    let gate = Gate()
    let handler: HTTPHandler = { _ in
      await gate.pass()
      return .text("late")
    }
    try await withServer(handler: handler) { server, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      await gate.arrived()
      await server.stop(gracePeriod: .milliseconds(50))
      let received = await client.readToEnd()
      #expect(received.bytes.isEmpty)
      #expect(received.ending != .deadline)
      await gate.open()
    }
  }

  @Test("a second start is refused, a second stop does nothing")
  func twice() async throws {
    try await withServer { server, _ in
      await #expect(throws: SocketError.alreadyStarted) { _ = try await server.start() }
      await server.stop(gracePeriod: .zero)
      await #expect(throws: SocketError.alreadyStarted) { _ = try await server.start() }
    }
  }

  @Test("a taken port and a host that is no address are told apart")
  func badAddress() async throws {
    try await withServer { _, port in
      let second = HTTPServer(configuration: HTTPServerConfiguration(port: port), handler: echo)
      await #expect(throws: SocketError.addressInUse(host: "127.0.0.1", port: port)) {
        _ = try await second.start()
      }
    }
    let odd = HTTPServer(configuration: HTTPServerConfiguration(host: "not an address"), handler: echo)
    await #expect(throws: SocketError.invalidAddress(host: "not an address")) { _ = try await odd.start() }
  }

  @Test("an IPv6 address can be listened on")
  func ipv6() async throws {
    let server = HTTPServer(configuration: HTTPServerConfiguration(host: "::1"), handler: echo)
    let address = try await server.start()
    #expect(address.host == "::1")
    #expect(address.port > 0)
    await server.stop(gracePeriod: .zero)
  }
}
