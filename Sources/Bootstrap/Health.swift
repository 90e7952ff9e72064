import CallDomain
import Curl
import Telemetry
import Terminal
import WebServer

/// `twilio-sync health`: asks a running server whether it lives; sends no secret.
struct Health {
  private let url: String

  /// - Parameter url: The server; nil for the one that listens on `HOST` and `PORT`.
  init(url: String?, environment: [String: String]) throws(ConfigurationFaults) {
    if let url {
      self.url = url
    } else {
      let configuration = try Configuration(environment: environment, needs: .address)
      self.url = "http://\(SocketAddress(host: configuration.host, port: configuration.port).fromHere)"
    }
  }

  func run(json: Bool) async throws -> ExitStatus {
    let base = url.hasSuffix("/") ? String(url.dropLast()) : url
    let address = base.hasSuffix("/health") ? base : base + "/health"
    let problem = await problem(at: address)
    if let problem {
      Output.error(
        Output.line(
          .error, "health_failed", "❌ \(problem.message)", [LogField("error", .text(problem.message))],
          cause: problem.cause))
    }
    if json {
      return await Output.result(
        (problem?.answer ?? RunAnswer([AnswerField("success", .bool(true))])).json + "\n",
        problem == nil ? .done : .failed)
    }
    if problem != nil { return .failed }
    return await Output.result("✅ El servidor responde\n")
  }

  private func problem(at address: String) async -> RunFailure? {
    let timeouts = CurlTimeouts(connect: .seconds(3), total: .seconds(5), stall: .seconds(5))
    do throws(CurlError) {
      let answer = try await CurlClient(maxHandles: 1).send(
        CurlRequest(url: address, timeouts: timeouts, sizeCap: 65_536, allowsPlainHTTP: true))
      guard answer.status == 200 else {
        return RunFailure(
          .internal, "El servidor respondió \(answer.status) en lugar de 200.", "Revise sus registros.")
      }
      return nil
    } catch {
      return RunFailure(
        .internal, "El servidor no responde.",
        "Compruebe que «twilio-sync serve» está en marcha y dónde (HOST y PORT).", cause: error.cause)
    }
  }
}
