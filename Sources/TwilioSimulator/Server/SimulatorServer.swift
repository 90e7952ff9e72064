import WebServer

/// The simulator on a socket. `simulation` is its inside: tests set faults, clock and calls there
/// without a request.
package final class SimulatorServer: Sendable {
  /// The account, clock, faults and record of requests.
  package let simulation: Simulation
  /// `http://127.0.0.1:PORT`, without a slash at the end.
  package let baseURL: String
  /// The port that was bound.
  package let port: Int
  private let server: HTTPServer
  private let gate: Gate

  private init(simulation: Simulation, address: SocketAddress, server: HTTPServer, gate: Gate) {
    self.simulation = simulation
    self.server = server
    self.gate = gate
    baseURL = "http://\(address)"
    port = address.port
  }

  /// Starts to listen.
  /// - Throws: a sentence when the address is not allowed or not free, or the scenario impossible.
  package static func start(
    _ configuration: SimulatorConfiguration = SimulatorConfiguration()
  ) async throws(SimulatorError) -> SimulatorServer {
    guard configuration.allowsOtherHosts || isLoopback(configuration.host) else {
      throw SimulatorError(
        "\(configuration.host) is no loopback address: the simulator has no secrets worth the name; "
          + "say --allow-other-hosts if others shall reach it.")
    }
    let simulation = try Simulation(configuration)
    let gate = Gate()
    var limits = HTTPLimits()
    limits.body = 256 << 20
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(
        host: configuration.host, port: configuration.port, limits: limits),
      handler: { await respond(to: $0, simulation, gate) })
    do {
      let address = try await server.start()
      return SimulatorServer(simulation: simulation, address: address, server: server, gate: gate)
    } catch {
      throw SimulatorError("\(error)")
    }
  }

  /// Ends stalled answers and closes all connections.
  package func stop() async {
    gate.open()
    await server.stop(gracePeriod: .seconds(1))
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  private static func respond(
    to request: HTTPRequest, _ simulation: Simulation, _ gate: Gate
  ) async -> HTTPResponse {
    if request.target.path.hasPrefix("/_simulator/") {
      return ControlEndpoint(simulation: simulation).response(to: request)
    }
    let admission = simulation.admit(request)
    if admission.delayMilliseconds > 0 {
      try? await Task.sleep(for: .milliseconds(admission.delayMilliseconds))
    }
    let faulted = simulation.faultedAnswer(request, admission)
    let delivery = AnswerDelivery(
      gate: gate, now: simulation.now, requestID: simulation.requestIDs.sid("RQ", admission.number),
      inFlight: admission.inFlight)
    let response = await delivery.response(faulted)
    simulation.dismiss(admission, status: faulted.answer.status)
    return response
  }
}
