import CallDomain
import Curl
import Reporting
import Telemetry

/// Tells chat tools of alerts and monitors of successful runs. Nothing waits for it but the end of a command,
/// and what cannot be delivered goes to the log.
struct Notifier: Sendable {
  let addresses: Configuration.Alerts
  let logger: Logger
  let sleep: @Sendable (Int64) async throws -> Void
  private let http = CurlClient(maxHandles: 2)

  init(
    _ addresses: Configuration.Alerts, logger: Logger,
    sleep: @escaping @Sendable (Int64) async throws -> Void = Clocks.sleep
  ) {
    self.addresses = addresses
    self.logger = logger
    self.sleep = sleep
  }

  /// Sends one message for each alert that changed, to `ALERT_WEBHOOK_URL` where there is one.
  func tell(_ changes: [Alert]) async {
    guard let webhook = addresses.webhook else { return }
    for alert in changes {
      await send(to: webhook, name: "ALERT_WEBHOOK_URL", body: Array(AlertMessage(alert).json.utf8))
    }
  }

  /// Asks `HEARTBEAT_URL`, where there is one.
  func beat() async {
    guard let heartbeat = addresses.heartbeat else { return }
    await send(to: heartbeat, name: "HEARTBEAT_URL", body: nil)
  }

  private func send(to address: NotificationAddress, name: String, body: [UInt8]?) async {
    var request = CurlRequest(
      url: address.exposed, headers: [CurlHeader("User-Agent", "twilio-sync/\(Version.text)")],
      timeouts: CurlTimeouts(connect: .seconds(5), total: .seconds(10), stall: .seconds(10)),
      sizeCap: 1 << 20, allowsPlainHTTP: address.isPlain)
    if let body {
      request.method = .post
      request.headers.append(CurlHeader("Content-Type", "application/json"))
      request.body = body
    }
    var reason = ""
    attempts: for pause in Self.pauses {
      if let pause, (try? await sleep(pause)) == nil { return }
      switch await attempt(request) {
      case .delivered: return
      case .failed(let words): reason = words
      case .refused(let words):
        reason = words
        break attempts
      }
    }
    logger.log(
      .warning, "notification_failed",
      text: ["⚠️ No se pudo avisar a \(name) (\(reason)); compruebe la dirección y que responde."],
      fields: [LogField("setting", .text(name)), LogField("reason", .text(reason))])
  }

  private enum Delivery {
    case delivered
    /// May succeed when it is sent again.
    case failed(String)
    /// Was understood, and would be refused again.
    case refused(String)
  }

  private func attempt(_ request: CurlRequest) async -> Delivery {
    do throws(CurlError) {
      let answer = try await http.send(request)
      switch answer.status {
      case 200..<300: return .delivered
      case 408, 429, 500...: return .failed("respondió \(answer.status)")
      default: return .refused("respondió \(answer.status)")
      }
    } catch {
      return .failed(Self.words(error.kind))
    }
  }

  private static func words(_ kind: CurlError.Kind) -> String {
    switch kind {
    case .couldNotResolve: "no se encuentra el servidor"
    case .couldNotConnect: "no acepta conexiones"
    case .tls, .untrustedCertificate: "falla el cifrado TLS"
    case .timeout: "no respondió a tiempo"
    default: "la petición se cortó"
    }
  }

  // Milliseconds before each attempt.
  private static let pauses: [Int64?] = [nil, 500, 2000, 8000]
}
