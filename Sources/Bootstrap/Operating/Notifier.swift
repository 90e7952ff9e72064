import CallDomain
import Curl
import Foundation
import Reporting
import Telemetry

/// Tells chat tools of alerts and monitors of successful runs.
struct Notifier: Sendable {
  /// What came of one attempt, and in Spanish why nobody took it.
  struct Delivery: Sendable {
    let outcome: AlertTelling.Outcome
    var reason = ""
    /// What was answered, or libcurl's words.
    var cause: String?
  }

  private let addresses: Configuration.Alerts
  private let logger: Logger
  private let sleep: @Sendable (Int64) async throws -> Void
  private let http: CurlClient

  init(
    _ addresses: Configuration.Alerts, network: CurlNetwork, logger: Logger,
    sleep: @escaping @Sendable (Int64) async throws -> Void
  ) {
    self.addresses = addresses
    http = CurlClient(maxHandles: 2, network: network)
    self.logger = logger
    self.sleep = sleep
  }

  /// Whether there is somebody to tell of alerts.
  var hasListener: Bool { addresses.webhook != nil }

  /// Sends the message of an alert to `ALERT_WEBHOOK_URL`, once.
  func tell(_ alert: Alert) async -> Delivery {
    guard let webhook = addresses.webhook else { return Delivery(outcome: .refused) }
    var request = Self.request(to: webhook)
    request.method = .post
    request.headers.append(CurlHeader("Content-Type", "application/json"))
    let message = AlertMessage(alert, link: addresses.publicURL)
    request.body = Array(message.json(as: addresses.webhookFormat).utf8)
    return await attempt(request)
  }

  /// Says that alerts stay untold for now.
  func reportSilence(_ delivery: Delivery) {
    report("ALERT_WEBHOOK_URL", delivery, "el aviso queda pendiente; compruebe la dirección y que responde")
  }

  /// Asks `HEARTBEAT_URL`, where there is one, a few times; the next successful run asks again.
  func heartbeat() async {
    guard let heartbeat = addresses.heartbeat else { return }
    for failures in 1... {
      let delivery = await attempt(Self.request(to: heartbeat))
      if delivery.outcome == .told { return }
      let pause = AlertTelling.pause(after: failures, delivery.outcome == .refused ? .refused : .failed)
      guard pause > AlertTelling.hurry else {
        if (try? await sleep(pause)) == nil { return }
        continue
      }
      if Task.isCancelled { return }
      return report("HEARTBEAT_URL", delivery, "compruebe la dirección y que responde")
    }
  }

  private func report(_ setting: String, _ delivery: Delivery, _ consequence: String) {
    logger.log(
      .warning, "notification_failed",
      text: ["⚠️ No se pudo avisar a \(setting) (\(delivery.reason)); \(consequence)."],
      fields: [LogField("setting", .text(setting)), LogField("reason", .text(delivery.reason))],
      cause: delivery.cause)
  }

  private static func request(to address: NotificationAddress) -> CurlRequest {
    CurlRequest(
      url: address.exposed, headers: [CurlHeader("User-Agent", Version.userAgent)],
      timeouts: CurlTimeouts(connect: .seconds(5), total: .seconds(10), stall: .seconds(10)),
      sizeCap: 1 << 20, allowsPlainHTTP: address.isPlain)
  }

  private func attempt(_ request: CurlRequest) async -> Delivery {
    do throws(CurlError) {
      let answer = try await http.send(request)
      let reason = "respondió \(answer.status)"
      let cause = words(of: answer)
      switch answer.status {
      case 200..<300: return Delivery(outcome: .told)
      case 408, 429, 500...: return Delivery(outcome: .failed, reason: reason, cause: cause)
      default: return Delivery(outcome: .refused, reason: reason, cause: cause)
      }
    } catch {
      return Delivery(outcome: Self.outcome(error.kind), reason: Self.words(error.kind), cause: error.cause)
    }
  }

  /// The beginning of what was answered. Cut after the secrets are out, so that none is cut in two and missed.
  private func words(of answer: CurlResponse) -> String {
    let words = String(decoding: answer.body.prefix(16 << 10), as: UTF8.self)
    return logger.redaction.applied(toWordsOfOthers: words).prefix(200).debugDescription
  }

  private static func outcome(_ kind: CurlError.Kind) -> AlertTelling.Outcome {
    switch kind {
    case .couldNotResolve, .couldNotConnect, .proxy, .tls, .untrustedCertificate: .failed
    case .badURL, .badRequest: .refused
    default: .unanswered
    }
  }

  private static func words(_ kind: CurlError.Kind) -> String {
    switch kind {
    case .couldNotResolve: "no se encuentra el servidor"
    case .couldNotConnect: "no acepta conexiones"
    case .proxy: "el proxy de HTTPS_PROXY no lleva hasta él"
    case .tls, .untrustedCertificate: "falla el cifrado TLS"
    case .timeout: "no respondió a tiempo"
    default: "la petición se cortó"
    }
  }
}

/// Where a chat tool or a monitor listens. It holds a secret in its path, so no description shows it.
struct NotificationAddress: Sendable, CustomStringConvertible, CustomReflectable {
  /// The address itself, for the one request that needs it.
  let exposed: String
  /// `http://`, to this machine only.
  let isPlain: Bool
  /// What those who listen there take.
  let format: WebhookFormat

  /// Nil for what is no `https://` address, nor `http://` to a loopback one, and for one with a user or password.
  init?(_ text: String) {
    guard let parts = Self.parts(of: text) else { return nil }
    let host = parts.host?.lowercased() ?? ""
    isPlain = parts.scheme?.lowercased() == "http"
    if isPlain, !["localhost", "127.0.0.1", "[::1]", "::1"].contains(host) { return nil }
    format = WebhookFormat(host: host, path: parts.path)
    exposed = text
  }

  /// The parts of an `http://` or `https://` address without user and password; nil for what is none.
  static func parts(of text: String) -> URLComponents? {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
      let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
      parts.password == nil, ["http", "https"].contains(parts.scheme?.lowercased())
    else { return nil }
    return parts
  }

  /// What of an address is a secret by itself, wherever it is quoted: each segment of the path and each value of
  /// the query that is long enough. Of what is no address it is the same.
  static func secretParts(of text: String) -> [String] {
    let address = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    return address.drop { !"/?#".contains($0) }.split { "/?&=#;".contains($0) }
      .filter { $0.count >= 8 }.map(String.init)
  }

  var description: String { "•••" }

  var customMirror: Mirror { Mirror(self, children: []) }
}
