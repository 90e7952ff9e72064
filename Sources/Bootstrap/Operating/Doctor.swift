import CSystem
import CallDomain
import CallStore
import Curl
import Postgres
import SyncEngine
import Telemetry
import Terminal
import TwilioClient

/// `twilio-sync doctor`: what is right, what is not and what to do about it, with as much of the installation
/// as works.
struct Doctor {
  let environment: [String: String]

  func run(json: Bool) async -> ExitStatus {
    let report = DoctorReport(await findings())
    let text = json ? report.answer.json : report.lines(paint: paint).joined(separator: "\n")
    return await Output.result(text + "\n", report.exitStatus)
  }

  private var paint: Paint {
    Paint(isTerminal: csystem_terminal_columns(Self.standardOutput) >= 0, environment: environment)
  }

  private static let standardOutput: Int32 = 1

  /// Configuration first, because the rest goes by it; then Twilio and the database side by side.
  func findings() async -> [Finding] {
    let settings = SettingsCheck(environment: environment)
    async let twilio = TwilioCheck(settings.twilio).findings()
    async let database = DatabaseCheck(settings.database).findings()
    let redaction = Settings(environment).redaction
    return await (settings.findings + twilio + database).map { $0.cleaned(by: redaction) }
  }
}

extension Finding {
  /// The same without secrets, and on one line each, as in the log: it may quote what stands in the tables.
  fileprivate func cleaned(by redaction: Redaction) -> Finding {
    Finding(
      level, check: check, detail: LogLine.onOneLine(redaction.applied(to: detail)),
      whatToDo: whatToDo.map { LogLine.onOneLine(redaction.applied(to: $0)) },
      cause: cause.map { LogLine.onOneLine(redaction.applied(toWordsOfOthers: $0)) }, state: state,
      topic: topic)
  }
}

/// The configuration as `doctor` sees it: each part by itself, so that a fault in one hides no other.
struct SettingsCheck {
  /// What concerns Twilio; nil where it is faulty.
  let twilio: Configuration?
  /// What concerns the database; nil where it is faulty.
  let database: Configuration?
  let findings: [Finding]

  init(environment: [String: String]) {
    var faults: [RunFailure] = []
    func read(_ needs: Configuration.Needs) -> Configuration? {
      do throws(ConfigurationFaults) {
        return try Configuration(environment: environment, needs: needs)
      } catch {
        for fault in error.all where !faults.contains(fault) { faults.append(fault) }
        return nil
      }
    }
    _ = read([.address, .log])
    _ = read(.server)
    twilio = read(.twilio)
    let hourly = read(.hourly)
    _ = read(.history)
    var database = read(.database)
    let alerts = read(.alerts)
    if let alerts { database?.alerts = alerts.alerts }
    self.database = database
    let settings = faults.map { fault in
      // Where a timer starts commands no server has to be there.
      let isServers = fault == Configuration.noCronSecret
      return Finding(
        isServers ? .warning : .fault, check: "configuración",
        detail: fault.whatFailed + (isServers ? " Sin él «serve» no arranca." : ""),
        whatToDo: fault.whatToDo ?? "Corríjalo y repita.")
    }
    let warnings = (hourly?.warnings ?? alerts?.warnings ?? []).map {
      Finding(.warning, check: "configuración", detail: $0.whatFailed, whatToDo: $0.whatToDo)
    }
    findings =
      (settings.isEmpty
        ? [Finding(.ok, check: "configuración", detail: "Todas las variables se entienden.")] : settings)
      + warnings + Self.network(alerts) + Self.notifications(alerts, hourly)
  }

  private static func network(_ configuration: Configuration?) -> [Finding] {
    guard let network = configuration?.network else { return [] }
    let direct = network.direct.isEmpty ? "" : ", salvo a \(network.direct)"
    let proxy = network.proxyPlace.map { "Lo que va por https:// sale por el proxy \($0)\(direct)." }
    let authorities = network.authorities.map { "Se creen los certificados de \($0)." }
    let told = [proxy, authorities].compactMap { $0 }
    return told.isEmpty ? [] : [Finding(.ok, check: "salida", detail: told.joined(separator: " "))]
  }

  // Nothing is said of an address that is faulty itself.
  private static func notifications(_ alerts: Configuration?, _ hourly: Configuration?) -> [Finding] {
    guard let alerts = alerts?.alerts, let hourly, hourly.alerts.heartbeat == nil else { return [] }
    return [
      Finding(
        .warning, check: "avisos",
        detail: alerts.webhook == nil
          ? "Nadie recibe las alertas ni nota que el servicio calla."
          : "Nadie de fuera nota que el servicio calla.",
        whatToDo: alerts.webhook == nil
          ? "Ponga ALERT_WEBHOOK_URL (un chat) y HEARTBEAT_URL (un monitor que espera una señal de cada ejecución)."
          : "Ponga HEARTBEAT_URL, la dirección de un monitor que espera una señal de cada ejecución.")
    ]
  }
}

/// Whether Twilio lets us read the log, and whether its clock is ours.
struct TwilioCheck {
  private let configuration: Configuration?

  init(_ configuration: Configuration?) {
    self.configuration = configuration
  }

  func findings() async -> [Finding] {
    guard let configuration, let twilio = configuration.twilio else {
      return [
        Finding(
          .fault, check: "Twilio", detail: "No se ha preguntado, porque falta su configuración.",
          whatToDo: "Corrija lo que dice «configuración».")
      ]
    }
    let log = TwilioCallLog(
      http: CurlClient(maxHandles: 1, network: configuration.network), credentials: twilio.credentials,
      host: twilio.host, pageSize: 1,
      timeouts: CurlTimeouts(connect: .seconds(5), total: .seconds(15), stall: .seconds(15)),
      userAgent: Version.userAgent, hiding: { configuration.redaction.applied(toValue: $0) })
    do throws(RunFailure) {
      // The newest call, whenever it was: a key may list calls and not give a single one.
      let page = try await log.list(CallQuery())
      var findings = [
        Finding(
          .ok, check: "Twilio", detail: "Las credenciales valen y el registro de llamadas se puede leer.")
      ]
      if let call = page.calls.first, let finding = await Self.single(call.sid, of: log) {
        findings.append(finding)
      }
      return findings + Self.clock(page.serverTime, now: Clocks.now())
    } catch {
      return [Finding(error, check: "Twilio")]
    }
  }

  private static func single(_ sid: CallSID, of log: TwilioCallLog) async -> Finding? {
    do throws(RunFailure) {
      _ = try await log.call(sid)
      return nil
    } catch {
      return Finding(
        .warning, check: "llamada suelta",
        detail: "Twilio da la lista de llamadas, pero no una llamada suelta: \(error.whatFailed)",
        whatToDo:
          "Dé a la clave de API permiso de lectura (read) además del de listar (list): sin él los precios "
          + "que llegan tarde se pierden.", cause: error.cause)
    }
  }

  private static func clock(_ serverTime: Timestamp?, now: Timestamp) -> [Finding] {
    guard let serverTime else { return [] }
    let seconds = Int(now.milliseconds(since: serverTime) / 1000)
    guard abs(seconds) > ClockLimits.warning else {
      return [Finding(.ok, check: "reloj", detail: "Va con el de Twilio.")]
    }
    let isFault = abs(seconds) > ClockLimits.failure
    return [
      Finding(
        isFault ? .fault : .warning, check: "reloj",
        detail: "Difiere \(abs(seconds)) segundos del de Twilio"
          + (isFault ? "; así ninguna ejecución puede empezar." : "."),
        whatToDo: "Ponga en hora este equipo (NTP).")
    ]
  }
}

/// Whether runs can use the database, and what stands in it that a person should know.
struct DatabaseCheck {
  private let configuration: Configuration?

  init(_ configuration: Configuration?) {
    self.configuration = configuration
  }

  func findings() async -> [Finding] {
    guard var configuration else {
      return [
        Finding(
          .fault, check: "base de datos", detail: "No se ha preguntado, porque falta su configuración.",
          whatToDo: "Corrija lo que dice «configuración».")
      ]
    }
    configuration.database.maximumConnections = 3
    configuration.database.connectLimit = .seconds(5)
    let service = Service(configuration, logger: Self.silent)
    let findings = await pooler(configuration) + exposure(configuration) + state(of: service)
    await service.pool.close()
    return findings
  }

  // What goes wrong stands in the report.
  private static let silent = Logger(format: .text, minimumLevel: .error, clock: { "" }, sink: { _ in })

  private func pooler(_ configuration: Configuration) -> [Finding] {
    guard configuration.database.isSupabaseTransactions else { return [] }
    return [
      Finding(
        .warning, check: "pooler",
        detail: "Es el de transacciones de Supabase: antes de su versión 2.10.0 puede mezclar las consultas, "
          + "y las pruebas de este programa no lo tienen.",
        whatToDo: "Use en DATABASE_URL el de sesión: el mismo servidor, puerto 5432.")
    ]
  }

  private func exposure(_ configuration: Configuration) -> [Finding] {
    guard let mode = configuration.database.exposure.sslMode else { return [] }
    return [
      Finding(
        .warning, check: "cifrado",
        detail: "La conexión con la base de datos cruza la red sin exigir cifrado (sslmode=\(mode)).",
        whatToDo: "Ponga sslmode=require en DATABASE_URL o PGSSLMODE=require.")
    ]
  }

  private func state(of service: Service) async -> [Finding] {
    do throws(RunFailure) {
      try await service.store.check()
    } catch {
      return [Finding(error, check: Self.name(error.kind))]
    }
    if let fault = await service.store.poolerFault() { return [Finding(fault, check: "pooler")] }
    let usable = Finding(
      .ok, check: "base de datos",
      detail: "Se puede usar: el esquema es el de este programa y nada oculta filas.")
    do throws(RunFailure) {
      let status = try await service.status()
      let inspection = try await service.store.inspect()
      return [usable] + status.findings + inspection.findings(now: Clocks.now())
    } catch {
      return [usable, Finding(error, check: "datos")]
    }
  }

  private static func name(_ kind: RunFailure.Kind) -> String {
    guard case .database(let fault) = kind else { return "base de datos" }
    return switch fault {
    case .unclearSchema, .oldSchema, .incompleteSchema, .newSchema: "esquema"
    case .hiddenRows: "filas ocultas"
    case .noDefaultWorkspace: "workspace por defecto"
    case .forbidden: "permisos"
    case .unreachable, .busy, .readOnly, .full, .refused: "base de datos"
    }
  }
}
