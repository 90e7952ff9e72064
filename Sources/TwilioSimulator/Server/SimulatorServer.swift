import CallDomain
import WebServer

/// A control request or a command line that the simulator cannot follow, as one sentence.
package struct SimulatorError: Error, CustomStringConvertible {
  package let description: String

  init(_ sentence: String) { description = sentence }
}

/// Holds what waits until it is opened: stalled answers, and the program until a signal comes.
struct Gate: Sendable {
  private let closed = Task {
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
  }

  func wait() async { await closed.value }
  func open() { closed.cancel() }
}

/// The simulator on a socket.
package final class SimulatorServer: Sendable {
  /// Its inside: tests set faults, clock and calls there without a request.
  package let simulation: Simulation
  /// `http://127.0.0.1:PORT`, without a slash at the end.
  package let baseURL: String
  package let port: Int
  private let server: HTTPServer
  private let stopping: Gate

  /// Starts to listen.
  /// - Throws: a sentence when the address is not allowed or not free, or the scenario impossible.
  package static func start(
    _ configuration: SimulatorConfiguration = SimulatorConfiguration()
  ) async throws(SimulatorError) -> SimulatorServer {
    let host = configuration.host
    let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
    guard isLoopback || configuration.allowsOtherHosts else {
      throw SimulatorError(
        "\(host) is no loopback address: the simulator has no secrets worth the name; "
          + "say --allow-other-hosts if others shall reach it.")
    }
    return try await SimulatorServer(configuration)
  }

  private init(_ configuration: SimulatorConfiguration) async throws(SimulatorError) {
    let simulation = try Simulation(configuration)
    let stopping = Gate()
    // Calls are given by the thousand, and a test on a busy machine is slow to ask.
    let http = HTTPServerConfiguration(
      host: configuration.host, port: configuration.port, limits: HTTPLimits(body: 256 << 20),
      deadlines: HTTPDeadlines(header: .seconds(120)))
    server = HTTPServer(configuration: http) { request in
      request.target.path.hasPrefix("/_simulator/")
        ? ControlEndpoint(simulation: simulation).response(to: request)
        : await Self.response(to: request, simulation, stopping)
    }
    (self.simulation, self.stopping) = (simulation, stopping)
    do {
      let address = try await server.start()
      (baseURL, port) = ("http://\(address)", address.port)
    } catch {
      stopping.open()
      throw SimulatorError("\(error)")
    }
  }

  /// Ends stalled answers and closes all connections.
  package func stop() async {
    stopping.open()
    await server.stop(gracePeriod: .seconds(1))
  }

  private static func response(
    to request: HTTPRequest, _ simulation: Simulation, _ stopping: Gate
  ) async -> HTTPResponse {
    let admission = simulation.admit(request)
    let latency = admission.options.latencyMilliseconds
    if latency > 0 { try? await Task.sleep(for: .milliseconds(latency)) }
    let answer = simulation.answer(request, admission)
    let date = answer.dateSkew.map { HTTPDate.text(unixSeconds: simulation.now.adding(seconds: $0).seconds) }
    var headers = HTTPHeaders([
      ("Date", date ?? ""), ("Content-Type", answer.contentType),
      ("Twilio-Concurrent-Requests", "\(admission.inFlight)"), ("Twilio-Request-Id", admission.requestID),
      ("Twilio-Request-Duration", "0.012"), ("X-Home-Region", "us1"), ("X-API-Domain", "api.twilio.com"),
      ("X-Powered-By", "AT-5000"), ("X-Shenanigans", "none"), ("Access-Control-Allow-Origin", "*"),
      ("Strict-Transport-Security", "max-age=31536000"),
      ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"),
    ])
    for (name, value) in answer.headers { headers.set(name, value) }
    let body = await answer.delivery(answer.body, stopping)
    simulation.dismiss(admission, status: answer.status)
    guard let body else { return .abort }
    return HTTPResponse(
      status: HTTPStatus(code: answer.status, reason: answer.status < 400 ? "OK" : "Error"),
      headers: headers, body: body)
  }
}
