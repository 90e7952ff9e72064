package import CallDomain
import Curl
import Postgres
import Reporting
import SyncEngine
import Telemetry
import TwilioClient

/// What the environment says, checked (Reference.md, "Settings").
package struct Configuration: Sendable {
  /// What a command needs; the rest is neither required nor checked.
  package struct Needs: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// The secrets of the callers, whether it migrates, and how long connections and a stop last.
    package static let server = Needs(rawValue: 1)
    /// Where the database is.
    package static let database = Needs(rawValue: 2)
    /// Account and credentials, and how Twilio is asked.
    package static let twilio = Needs(rawValue: 4)
    /// Where the server listens.
    package static let address = Needs(rawValue: 8)
    /// How the log looks.
    package static let log = Needs(rawValue: 16)
    /// What an hourly run reads, and whom it tells of its success.
    package static let hourly = Needs(rawValue: 32)
    /// What a historical run reads.
    package static let history = Needs(rawValue: 64)
    /// When alerts fire and who is told.
    package static let alerts = Needs(rawValue: 128)
    /// What the server needs, which does everything.
    package static let all: Needs = [
      .server, .database, .twilio, .address, .log, .hourly, .history, .alerts,
    ]

    /// What a command needs that makes one run of a kind.
    package static func run(_ kind: RunKind) -> Needs {
      switch kind {
      case .hourly: [.log, .database, .twilio, .hourly, .alerts]
      case .historical: [.log, .database, .twilio, .history, .alerts]
      case .audit: [.log, .database, .twilio, .alerts]
      case .reattribute, .assign: [.log, .database, .alerts]
      }
    }
  }

  /// Twilio's account and how it is asked.
  struct Twilio: Sendable {
    var credentials: TwilioCredentials
    var host: TwilioHost
    /// Requests under way at once.
    var concurrency: Int
  }

  /// When an alert fires and who is told. The addresses hold secrets of chat tools and monitors.
  struct Alerts: Sendable {
    var rules = AlertRules()
    /// Told of every change of an alert.
    var webhook: NotificationAddress?
    var webhookFormat = WebhookFormat.json
    /// Where people find the service, to be linked in what the webhook is told.
    var publicURL: String?
    /// Asked after every successful hourly run.
    var heartbeat: NotificationAddress?
  }

  /// What callers send, by the variable's name.
  var callerSecrets: [String: Secret] = [:]
  var host = "0.0.0.0"
  var port = 3093
  var migratesOnStart = false
  /// Seconds for which an idle connection is kept.
  var keepAlive = 75
  /// Seconds in which a stop has ended.
  var shutdownGrace = 25
  var database = PostgresConfiguration()
  /// Nil to find it.
  var databaseSchema: String?
  var twilio: Twilio?
  var sync = HourlySync.Settings()
  /// Whether an audit follows the first hourly run of a day.
  var auditsDaily = false
  var history = HistoricalSync.Settings(start: Self.historyStart)
  var defaultWorkspace = WorkspaceID(1)
  var alerts = Alerts()
  /// By whose clocks the pages show times, and quiet times are.
  var displayZone = ClockZone.utc
  /// How Twilio, the webhook and the monitor are reached.
  var network = CurlNetwork()
  var logFormat = Logger.Format.text
  var logLevel = LogLevel.info
  /// What is no fault, and not what whoever set it expects.
  private(set) var warnings: [RunFailure] = []
  /// Every secret of the environment.
  package let secrets: [String]
  /// Takes them out of what is written.
  let redaction: Redaction

  /// - Throws: every fault at once.
  package init(environment: [String: String], needs: Needs) throws(ConfigurationFaults) {
    var settings = Settings(environment)
    secrets = settings.secrets
    redaction = settings.redaction
    if needs.contains(.address) {
      host = settings.host("HOST") ?? host
      port = settings.number("PORT", 0...65_535, default: port)
    }
    if needs.contains(.log) {
      logFormat = settings.choice("LOG_FORMAT", default: logFormat)
      logLevel = settings.choice("LOG_LEVEL", default: logLevel)
    }
    if needs.contains(.server) {
      for name in Settings.callerSecrets { readCallerSecret(name, &settings) }
      migratesOnStart = settings.flag("MIGRATE_ON_START", default: false)
      keepAlive = settings.number("KEEP_ALIVE_SECONDS", 1...3600, default: keepAlive)
      shutdownGrace = settings.number("SHUTDOWN_GRACE_SECONDS", 2...3600, default: shutdownGrace)
    }
    if needs.contains(.database) {
      database = Self.database(&settings)
      databaseSchema = settings.schema("DATABASE_SCHEMA")
      defaultWorkspace = WorkspaceID(
        Int64(settings.number("DEFAULT_WORKSPACE_ID", 1...Int(Int32.max), default: 1)))
    }
    if needs.contains(.twilio) {
      twilio = Self.twilio(&settings)
      history.workers = twilio?.concurrency ?? history.workers
    }
    if !needs.isDisjoint(with: [.hourly, .alerts]) {
      sync.everyMinutes = settings.number("SYNC_EVERY_MINUTES", 5...1440, default: sync.everyMinutes)
    }
    if needs.contains(.hourly) {
      sync.windowMinutes = settings.number(
        "SYNC_WINDOW_MINUTES", 1...10_080, default: sync.windowMinutes)
      sync.maxCatchUpHours = settings.number(
        "SYNC_MAX_CATCH_UP_HOURS", Self.hours, default: sync.maxCatchUpHours)
      if sync.maxCatchUpHours.multipliedClamped(by: 60) < sync.leastMinutes {
        warnings.append(
          .setting(
            """
            SYNC_MAX_CATCH_UP_HOURS es menos que lo que lee cada ejecución, \(sync.leastMinutes) minutos, y cuenta como \
            eso: lo que no se lea a tiempo queda como hueco.
            """, "Póngalo más largo, o quítelo."))
      }
      alerts.heartbeat = settings.address("HEARTBEAT_URL")
      auditsDaily = settings.flag("AUDIT_DAILY", default: false)
    }
    if needs.contains(.history) {
      history.start = settings.date("HISTORY_START", default: history.start)
    }
    if needs.contains(.alerts) { readAlerts(&settings) }
    if !needs.isDisjoint(with: [.twilio, .hourly, .alerts]) { network = settings.network() }
    if settings.names.contains("SSLKEYLOGFILE") {
      warnings.append(
        .setting(
          "SSLKEYLOGFILE no se obedece: guardaría en un fichero las claves de las conexiones.",
          "Quítela del entorno."))
    }
    guard settings.faults.isEmpty else { throw ConfigurationFaults(all: settings.faults) }
  }

  // 1 August 2025, where the calls of the first installation begin.
  private static let historyStart = Timestamp(year: 2025, month: 8, day: 1) ?? .epoch

  /// No fault where no server runs.
  static let noCronSecret = RunFailure.setting(
    "Falta CRON_SECRET.", "Ponga al menos 16 caracteres al azar, por ejemplo «openssl rand -hex 32».")

  private mutating func readCallerSecret(_ name: String, _ settings: inout Settings) {
    guard !settings.hasFaultyFile(name) else { return }
    guard let secret = settings.text(name) else {
      if name == "CRON_SECRET" { settings.add([Self.noCronSecret]) }
      return
    }
    if secret.first?.isWhitespace == true || secret.last?.isWhitespace == true {
      settings.fault("\(name) empieza o acaba con un espacio o salto de línea.", "Quítelo.")
    } else if secret.isQuoted {
      settings.fault(
        "\(name) está entre comillas, y son parte del valor.",
        "Quítelas: docker --env-file, systemd y Kubernetes toman el valor tal cual.")
    } else if secret.count < 16 {
      settings.fault("\(name) tiene menos de 16 caracteres.", "Use uno más largo.")
    } else if !secret.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
      settings.fault("\(name) solo puede tener caracteres ASCII visibles.", "Genere otro.")
    } else if let other = callerSecrets.first(where: { $0.value.exposed == secret })?.key {
      settings.fault("\(other) y \(name) son el mismo secreto.", "Ponga en cada variable uno distinto.")
    }
    callerSecrets[name] = Secret(secret)
  }

  private static func database(_ settings: inout Settings) -> PostgresConfiguration {
    let isUnread = settings.hasFaultyFile("DATABASE_URL")
    var configuration = PostgresConfiguration(settings.text("DATABASE_URL") ?? "")
    configuration.maximumConnections = settings.number(
      "DATABASE_POOL_SIZE", 3...50, default: configuration.maximumConnections)
    if isUnread { return configuration }
    if configuration.connectionString.isEmpty, settings.names.isDisjoint(with: libpqsPlaces) {
      settings.fault(
        "Falta DATABASE_URL (o las variables PG* de libpq).",
        "Ponga postgresql://usuario:clave@servidor:5432/base."
      )
    } else if let fault = configuration.fault {
      settings.add([fault.failure])
    }
    return configuration
  }

  /// Variables that say where a database is (manual, "Environment Variables" of libpq). PGSERVICEFILE and PGPASSFILE
  /// name files, and nothing in them that is meant.
  private static let libpqsPlaces: Set = [
    "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE",
  ]

  /// What a setting in hours may be: up to a leap year.
  private static let hours = 1...8784

  private mutating func readAlerts(_ settings: inout Settings) {
    alerts.rules.everyMinutes = sync.everyMinutes
    alerts.rules.noCallsHours = settings.number("ALERT_NO_CALLS_HOURS", Self.hours)
    alerts.rules.noRunHours = settings.number("ALERT_NO_RUN_HOURS", Self.hours)
    displayZone = settings.zone("DISPLAY_TIME_ZONE")
    alerts.rules.quietTimes = settings.quietTimes("ALERT_QUIET_TIMES")
    alerts.rules.quietTimes.zone = displayZone
    alerts.webhook = settings.address("ALERT_WEBHOOK_URL")
    alerts.webhookFormat = settings.choice(
      "ALERT_WEBHOOK_FORMAT", default: alerts.webhook?.format ?? alerts.webhookFormat)
    alerts.publicURL = settings.publicAddress("PUBLIC_URL")
  }

  private static func twilio(_ settings: inout Settings) -> Twilio? {
    let concurrency = settings.number("TWILIO_CONCURRENCY", 1...100, default: 4)
    var credentials: TwilioCredentials?
    do throws(TwilioConfigurationFaults) {
      // Of a secret whose file is faulty nothing else is to be said.
      let secret = settings.hasFaultyFile("TWILIO_API_SECRET") ? "?" : settings.text("TWILIO_API_SECRET")
      let token = settings.hasFaultyFile("TWILIO_AUTH_TOKEN") ? "?" : settings.text("TWILIO_AUTH_TOKEN")
      credentials = try TwilioCredentials(
        accountSID: settings.text("TWILIO_ACCOUNT_SID"), apiKey: settings.text("TWILIO_API_KEY"),
        apiSecret: secret, authToken: token)
    } catch {
      settings.add(error.all.map(\.failure))
    }
    do throws(TwilioConfigurationFaults) {
      let host = try TwilioHost(
        baseURL: settings.text("TWILIO_API_BASE_URL"), region: settings.text("TWILIO_REGION"),
        edge: settings.text("TWILIO_EDGE"))
      return credentials.map { Twilio(credentials: $0, host: host, concurrency: concurrency) }
    } catch {
      settings.add(error.all.map(\.failure))
      return nil
    }
  }
}

/// What is wrong with the configuration; none of it shows a secret.
package struct ConfigurationFaults: Error, Hashable {
  /// One or more.
  package let all: [RunFailure]

  /// What is wrong and what to do, a fault each.
  package var sentences: [String] { all.map(\.message) }
}

extension ConnectionStringFault {
  var failure: RunFailure {
    switch self {
    case .quoted:
      .setting(
        "DATABASE_URL está entre comillas, y son parte del valor.",
        "Quítelas: docker --env-file, systemd y Kubernetes toman el valor tal cual."
      )
    case .strayCharacter:
      .setting(
        "DATABASE_URL contiene un espacio, un salto de línea u otro carácter que no es de una dirección.",
        "Quítelo o, si es de la contraseña, codifíquelo con % (un espacio es %20)."
      )
    case .otherScheme(let scheme):
      .setting(
        "DATABASE_URL empieza por \(scheme.map { "«\($0)://»" } ?? "otro esquema") en lugar de postgresql://.",
        "Ponga la dirección de una base de datos PostgreSQL: postgresql://usuario:clave@servidor:5432/base."
      )
    case .noScheme:
      .setting(
        "DATABASE_URL no empieza por postgresql:// ni tiene la forma «host=… dbname=…».",
        "Ponga postgresql://usuario:clave@servidor:5432/base."
      )
    case .unknownParameters(let names):
      .setting(
        "DATABASE_URL tiene parámetros que libpq no conoce: \(names.joined(separator: ", ")).",
        "Quítelos: serán de otro programa (Prisma, Supabase) o de una libpq más nueva."
      )
    case .unknownParameter(let position):
      .setting(
        "DATABASE_URL tiene un parámetro que libpq no conoce, el \(position).º.",
        "Quítelo o, si es parte de la contraseña, codifique con % sus caracteres especiales (& es %26)."
      )
    case .badValue(let parameter, let allowed):
      .setting(
        "\(parameter), en DATABASE_URL o en la variable PG* que le corresponde, tiene un valor que libpq no conoce.",
        allowed.isEmpty ? "Corríjalo o quítelo." : "Ponga uno de estos: \(allowed.joined(separator: ", "))."
      )
    case .noNumber(let parameter):
      .setting(
        "\(parameter), en DATABASE_URL o en la variable PG* que le corresponde, debe ser un número entero.",
        "Corríjalo o quítelo."
      )
    case .unequalLists:
      .setting(
        "DATABASE_URL nombra listas de servidores, direcciones o puertos de distinta longitud.",
        "Ponga tantos de unos como de otros, o un solo puerto para todos."
      )
    case .unknownService:
      .setting(
        "El servicio que nombran DATABASE_URL o PGSERVICE no está en ningún fichero de servicios de libpq.",
        "Corrija su nombre o PGSERVICEFILE."
      )
    case .unreadable:
      .setting(
        "DATABASE_URL no se entiende.",
        "Codifique con % los caracteres especiales de la contraseña (@ es %40; / es %2F; % es %25)."
      )
    }
  }
}

extension TwilioConfigurationFault {
  var failure: RunFailure {
    switch self {
    case .noAccountSID:
      .setting("Falta TWILIO_ACCOUNT_SID.", "Está en la consola de Twilio y empieza por AC.")
    case .malformedAccountSID: .setting("TWILIO_ACCOUNT_SID debe ser AC y 32 cifras hexadecimales.", nil)
    case .noCredentials:
      .setting(
        "Faltan las credenciales de Twilio.", "Ponga TWILIO_API_KEY y TWILIO_API_SECRET, o TWILIO_AUTH_TOKEN."
      )
    case .keyWithoutSecret: .setting("TWILIO_API_KEY está sin TWILIO_API_SECRET.", "Ponga los dos.")
    case .secretWithoutKey: .setting("TWILIO_API_SECRET está sin TWILIO_API_KEY.", "Ponga los dos.")
    case .malformedKey: .setting("TWILIO_API_KEY debe ser SK y 32 cifras hexadecimales.", nil)
    case .malformedSecret:
      .setting(
        "TWILIO_API_SECRET contiene espacios, comillas alrededor o caracteres que no son ASCII.",
        "Cópielo de nuevo."
      )
    case .malformedAuthToken:
      .setting(
        "TWILIO_AUTH_TOKEN contiene espacios, comillas alrededor o caracteres que no son ASCII.",
        "Cópielo de nuevo."
      )
    case .regionWithoutEdge:
      .setting("TWILIO_REGION está sin TWILIO_EDGE.", "Ponga los dos (por ejemplo ie1 y dublin).")
    case .edgeWithoutRegion:
      .setting("TWILIO_EDGE está sin TWILIO_REGION.", "Ponga los dos (por ejemplo dublin e ie1).")
    case .malformedRegion: .setting("TWILIO_REGION debe ser como ie1: minúsculas y cifras.", nil)
    case .malformedEdge: .setting("TWILIO_EDGE debe ser como dublin: minúsculas, cifras y guiones.", nil)
    case .baseURLWithRegion:
      .setting(
        "TWILIO_API_BASE_URL no se combina con TWILIO_REGION ni TWILIO_EDGE.", "Quite lo uno o lo otro.")
    case .malformedBaseURL: .setting("TWILIO_API_BASE_URL debe ser como https://api.twilio.com.", nil)
    case .baseURLWithCredentials:
      .setting("TWILIO_API_BASE_URL no puede llevar usuario ni contraseña.", "Quítelos.")
    case .baseURLWithPath:
      .setting("TWILIO_API_BASE_URL no puede llevar ruta.", "Deje solo esquema, servidor y puerto.")
    case .plainHTTPBeyondLoopback:
      .setting(
        "TWILIO_API_BASE_URL con http:// solo puede ir a esta máquina (127.0.0.1, localhost).",
        "Use https://."
      )
    }
  }
}
