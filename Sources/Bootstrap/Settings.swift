import CallDomain
import Curl
import Foundation
import Postgres
import Telemetry
import WebServer

/// Reads environment variables, and the files that hold secrets in their place, and gathers what is wrong with them,
/// so that an operator is told everything at once. An empty value counts as not set.
struct Settings {
  /// The variables, with the secrets that were read from files in the place of the files' names.
  let environment: [String: String]
  /// Takes every secret of the environment out of what is written.
  let redaction: Redaction
  private(set) var faults: [RunFailure] = []
  /// What is wrong with the files of secrets, by the secret's name.
  private let fileFaults: [String: RunFailure]

  init(_ variables: [String: String]) {
    var environment = variables
    var fileFaults: [String: RunFailure] = [:]
    for name in Self.callerSecrets + Self.otherSecrets + Self.secretAddresses + ["DATABASE_URL"] {
      guard let path = variables[name + "_FILE"], !path.isEmpty else { continue }
      do throws(RunFailure) {
        guard variables[name, default: ""].isEmpty else {
          throw .setting("\(name) y \(name)_FILE están puestos a la vez.", "Quite uno de los dos.")
        }
        environment[name] = try SecretFile.text(of: name, at: path)
        environment[name + "_FILE"] = nil
      } catch {
        fileFaults[name] = error
      }
    }
    self.environment = environment
    self.fileFaults = fileFaults
    redaction = Redaction(
      secrets: Self.secrets(of: environment),
      parts: Self.secretAddresses.compactMap { environment[$0] }.flatMap(NotificationAddress.secretParts))
  }

  /// Every secret of the environment, those within addresses of databases, too.
  private static func secrets(of environment: [String: String]) -> [String] {
    (callerSecrets + otherSecrets + secretAddresses + ["PGPASSWORD"]).compactMap { environment[$0] }
      + PostgresConfiguration(environment["DATABASE_URL"] ?? "").passwords
      + ["https_proxy", "HTTPS_PROXY"].compactMap { CurlNetwork(proxy: environment[$0]).proxyPassword }
      .flatMap { [$0, $0.removingPercentEncoding ?? $0] }
  }

  /// Every secret of the environment.
  var secrets: [String] { Self.secrets(of: environment) }

  /// What callers of the server send, the one that opens everything first.
  static let callerSecrets = ["CRON_SECRET", "CRON_SECRET_PREVIOUS", "READ_SECRET", "METRICS_SECRET"]
  /// Other variables that hold nothing but a secret.
  private static let otherSecrets = ["TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET"]
  /// Addresses whose path or query is a secret, of itself and in its parts.
  private static let secretAddresses = ["ALERT_WEBHOOK_URL", "HEARTBEAT_URL"]

  /// Adds what is wrong with the file of a secret.
  ///
  /// - Returns: Whether anything is; nothing more needs to be said of the secret then.
  mutating func hasFaultyFile(_ name: String) -> Bool {
    guard let failure = fileFaults[name] else { return false }
    fault(redaction.applied(toValue: failure.whatFailed), failure.whatToDo)
    return true
  }

  /// - Parameter whatToDo: Nil where the sentence says it.
  mutating func fault(_ whatFailed: String, _ whatToDo: String? = nil) {
    add([.setting(whatFailed, whatToDo)])
  }

  /// Adds faults, without the secrets that a sentence might show after all.
  mutating func add(_ faults: [RunFailure]) {
    self.faults += faults.map { fault in
      var fault = fault
      fault.whatFailed = redaction.applied(to: fault.whatFailed)
      return fault
    }
  }

  func text(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Of the variables that are set.
  var names: Set<String> { Set(environment.filter { !$0.value.isEmpty }.keys) }

  mutating func number(_ name: String, _ range: ClosedRange<Int>, default standard: Int) -> Int {
    number(name, range) ?? standard
  }

  mutating func number(_ name: String, _ range: ClosedRange<Int>) -> Int? {
    guard let text = text(name) else { return nil }
    if let number = Int(text), range.contains(number) { return number }
    fault(
      "\(name) debe ser un número entero de \(range.lowerBound) a \(range.upperBound); vale \(shown(text))."
    )
    return nil
  }

  mutating func flag(_ name: String, default standard: Bool) -> Bool {
    guard let text = text(name) else { return standard }
    switch text.lowercased() {
    case "true", "1", "yes": return true
    case "false", "0", "no": return false
    default:
      fault("\(name) debe ser true o false; vale \(shown(text)).")
      return standard
    }
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Choice
  ) -> Choice where Choice.RawValue == String {
    guard let text = text(name) else { return standard }
    if let choice = Choice(rawValue: text.lowercased()) { return choice }
    let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    fault("\(name) debe ser uno de: \(choices); vale \(shown(text)).")
    return standard
  }

  mutating func date(_ name: String, default standard: Timestamp) -> Timestamp {
    guard let text = text(name) else { return standard }
    if let date = Timestamp(iso8601: text) { return date }
    // What has the form of a date is shown however long it is.
    let isDate = text.allSatisfy { "0123456789-:.+TZ".contains($0) }
    fault(
      "\(name) debe ser una fecha como 2025-08-01 o una hora ISO 8601; vale \(shown(text, isPlausible: isDate))."
    )
    return standard
  }

  /// Where to listen. Names are not resolved: one may lead to several addresses, or to none of this machine's.
  mutating func host(_ name: String) -> String? {
    guard let text = text(name) else { return nil }
    if SocketAddress(host: text, port: 0).isNumeric { return text }
    fault(
      "\(name) debe ser una dirección IPv4 o IPv6, o localhost; vale \(shown(text)).",
      "Para escuchar en todas las direcciones ponga 0.0.0.0 o ::.")
    return nil
  }

  /// The name of a schema of the database, as it is written there, without quotes.
  mutating func schema(_ name: String) -> String? {
    guard let text = text(name) else { return nil }
    // Of a longer name the server drops the end; for "$user" it takes another, also between quotes.
    let isName =
      text.utf8.count <= 63 && text.first != " " && text.last != " "
      && text.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0 != "\"" && $0 != ","
      }
    if isName, !text.hasPrefix("pg_"), !["information_schema", "$user"].contains(text) { return text }
    fault(
      """
      \(name) debe ser el nombre de un solo esquema, sin comillas, comas ni espacios en los extremos, de 63 bytes \
      como máximo y que no sea del sistema ni «$user»; vale \(shown(text)).
      """)
    return nil
  }

  /// Times of the week (see `QuietTimes`); none where the variable is not set.
  mutating func quietTimes(_ name: String) -> QuietTimes {
    guard let text = text(name) else { return .none }
    if let times = QuietTimes(text) { return times }
    fault(
      """
      \(name) debe ser una lista de horas y días como «22:00-07:00, sat-sun, fri 15:00-24:00» que deje \
      alguna hora; vale \(shown(text)).
      """)
    return .none
  }

  /// A zone of IANA's; UTC where the variable is not set.
  mutating func zone(_ name: String) -> ClockZone {
    guard let text = text(name) else { return .utc }
    if let zone = ClockZone(identifier: text) { return zone }
    fault(
      "\(name) debe ser una zona horaria de IANA, como Europe/Madrid; vale \(shown(text)).",
      "Si el nombre es correcto, instale tzdata.")
    return .utc
  }

  /// An address to send something to. Nothing of a faulty one is shown, since they hold secrets.
  mutating func address(_ name: String) -> NotificationAddress? {
    guard !hasFaultyFile(name), let text = text(name) else { return nil }
    if let address = NotificationAddress(text) { return address }
    fault(
      """
      \(name) debe ser una dirección https:// sin espacios, usuario ni contraseña (http:// solo a esta máquina).
      """)
    return nil
  }

  /// An address for people to open.
  mutating func publicAddress(_ name: String) -> String? {
    guard let text = text(name) else { return nil }
    if NotificationAddress.parts(of: text) != nil { return text }
    fault("\(name) debe ser una dirección http:// o https:// sin espacios, usuario ni contraseña.")
    return nil
  }

  /// What other programs read, too, for how requests leave this machine. Nothing of a faulty proxy is shown: its
  /// address may hold a password.
  mutating func network() -> CurlNetwork {
    let network = CurlNetwork(
      proxy: either("HTTPS_PROXY"), direct: either("NO_PROXY") ?? "",
      authorities: text("CURL_CA_BUNDLE") ?? text("SSL_CERT_FILE"))
    if let proxy = network.proxy {
      let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
      let scheme = proxy.firstRange(of: "://").map { proxy[..<$0.lowerBound].lowercased() } ?? "http"
      if !schemes.contains(scheme) || network.proxyPlace?.isEmpty != false
        || !proxy.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      {
        fault("HTTPS_PROXY debe ser la dirección de un proxy, como http://proxy.example:3128.")
      }
    }
    if let file = network.authorities, !FileManager.default.isReadableFile(atPath: file) {
      let name = file == text("CURL_CA_BUNDLE") ? "CURL_CA_BUNDLE" : "SSL_CERT_FILE"
      fault(
        "\(name) nombra un fichero que no se puede leer.", "Ponga uno de certificados raíz en formato PEM.")
    }
    return network
  }

  /// A variable that is also written in small letters, which come first, as curl has it.
  private func either(_ name: String) -> String? { text(name.lowercased()) ?? text(name) }

  /// A wrong value as it is told. What someone pasted into the wrong variable must not fill the screen, nor be a secret
  /// that is shown: an address may hold a password, and a secret is a long word.
  private func shown(_ text: String, isPlausible: Bool = false) -> String {
    let isShort = text.split { $0.isWhitespace || $0 == "," }.allSatisfy { $0.count < 20 }
    let mayBeAddress = ["://", "@", "password"].contains { text.lowercased().contains($0) }
    let value = redaction.applied(toValue: text)
    return WrongValue.shown(
      value.count > 40 ? value.prefix(40) + "…" : value,
      isPlausible: (isShort || isPlausible) && !mayBeAddress)
  }
}

/// A value that its setting does not take, and that may be a secret in the wrong variable.
private enum WrongValue {
  /// In quotes where it has the form of what belongs there; nothing of it elsewhere.
  static func shown(_ value: String, isPlausible: Bool) -> String {
    isPlausible ? "«\(value)»" : Redaction.mark
  }
}

extension ClockZone {
  /// A zone that the platform knows by IANA's name.
  fileprivate init?(identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    @Sendable func date(_ moment: Timestamp) -> Date {
      Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
    }
    self.init(
      name: identifier, offset: { zone.secondsFromGMT(for: date($0)) },
      change: { moment in
        zone.nextDaylightSavingTimeTransition(after: date(moment)).flatMap { change in
          Timestamp.epoch.adding(seconds: Int(clamping: change.timeIntervalSince1970))
        }
      })
  }
}

extension RunFailure {
  /// What is wrong with the settings.
  static func setting(_ whatFailed: String, _ whatToDo: String? = nil) -> RunFailure {
    RunFailure(.badParameter, whatFailed, whatToDo)
  }
}

extension String {
  /// Whether it stands between quotes, which whoever wrote it meant for a shell.
  var isQuoted: Bool { count > 1 && first == last && (first == "\"" || first == "'") }
}

/// A file that holds a secret.
enum SecretFile {
  /// Its text, without one line end at its end.
  ///
  /// - Parameter name: The secret's setting.
  static func text(of name: String, at path: String) throws(RunFailure) -> String {
    // What is written without a folder may be the secret itself, in the wrong variable.
    let shown = WrongValue.shown(path, isPlausible: path.hasPrefix("/") || path.hasPrefix("."))
    guard let file = FileHandle(forReadingAtPath: path),
      let data = try? file.read(upToCount: most + 1) ?? Data(), data.count <= most,
      var text = String(data: data, encoding: .utf8)
    else {
      throw .setting(
        "\(name)_FILE nombra un fichero que no se puede leer como texto de 64 KiB como máximo: \(shown).",
        "Corrija su ruta o sus permisos: se lee con el usuario del programa.")
    }
    if text.last == "\n" || text.last == "\r\n" { text.removeLast() }
    guard !text.isEmpty else {
      throw .setting("\(name)_FILE nombra un fichero vacío: \(shown).", "Escriba en él el valor.")
    }
    return text
  }

  private static let most = 65_536
}

/// A text that no description, dump or interpolation shows.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  /// The text itself, for the one place that needs it.
  let exposed: String

  init(_ text: String) {
    exposed = text
  }

  var description: String { "•••" }

  var customMirror: Mirror { Mirror(self, children: []) }
}
