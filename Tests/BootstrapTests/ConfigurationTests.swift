import TestSupport
import Testing
import TwilioSimulator

@Suite("Configuration of the real program", .timeLimit(.minutes(5)))
struct ConfigurationTests {
  /// Everything right, with a database and a Twilio that nobody must reach.
  static let environment = [
    "CRON_SECRET": Secrets.cron, "TWILIO_ACCOUNT_SID": AccountCredentials().accountSID,
    "TWILIO_AUTH_TOKEN": Secrets.authToken, "TWILIO_API_BASE_URL": "http://127.0.0.1:1",
    "DATABASE_URL": "postgresql://u:\(Secrets.encodedDatabasePassword)@127.0.0.1:1/base", "PORT": "0",
    "HOST": "127.0.0.1",
  ]

  struct Fault: Sendable, CustomTestStringConvertible {
    let changes: [String: String?]
    /// What each line on standard error names, in order.
    let named: [String]

    init(_ changes: [String: String?], _ named: String...) {
      self.changes = changes
      self.named = named
    }

    var testDescription: String {
      changes.map { "\($0.key)=\($0.value ?? "(unset)")" }.sorted().joined(separator: " ")
    }
  }

  static let serverFaults = [
    Fault(["CRON_SECRET": nil], "Falta CRON_SECRET"), Fault(["CRON_SECRET": ""], "Falta CRON_SECRET"),
    Fault(["CRON_SECRET": "fifteen-letters"], "CRON_SECRET tiene menos de 16"),
    Fault(["CRON_SECRET": " \(Secrets.cron)"], "CRON_SECRET empieza o acaba"),
    Fault(["CRON_SECRET": "\(Secrets.cron)\n"], "CRON_SECRET empieza o acaba"),
    Fault(["CRON_SECRET": "\(Secrets.cron)ñ"], "CRON_SECRET solo puede tener"),
    Fault(["CRON_SECRET": "\"\(Secrets.cron)\""], "CRON_SECRET está entre comillas"),
    Fault(["CRON_SECRET": "'\(Secrets.cron)'"], "CRON_SECRET está entre comillas"),
    Fault(
      ["HOST": "sync.internal", "CRON_SECRET": nil], "HOST debe ser una dirección IPv4 o IPv6, o localhost",
      "Falta CRON_SECRET"),
    Fault(["HOST": "127.0.0.1:80"], "HOST debe ser"), Fault(["HOST": "[::1]"], "HOST debe ser"),
    Fault(["PORT": "puerto"], "PORT"), Fault(["PORT": "65536"], "PORT"), Fault(["PORT": "-1"], "PORT"),
    Fault(["MIGRATE_ON_START": "maybe"], "MIGRATE_ON_START"),
    Fault(["KEEP_ALIVE_SECONDS": "0"], "KEEP_ALIVE_SECONDS debe ser un número entero de 1 a 3600; vale «0»"),
    Fault(["SHUTDOWN_GRACE_SECONDS": "1"], "SHUTDOWN_GRACE_SECONDS debe ser un número entero de 2 a 3600"),
    Fault(["SHUTDOWN_GRACE_SECONDS": "10s"], "SHUTDOWN_GRACE_SECONDS"),
  ]

  static let runFaults = [
    Fault(["DATABASE_URL": nil], "DATABASE_URL"), Fault(["DATABASE_URL": ""], "DATABASE_URL"),
    Fault(["DATABASE_URL": nil, "PGBOUNCER_PORT": "6432"], "Falta DATABASE_URL"),
    Fault(["DATABASE_URL": nil, "PGDATA": "/var"], "Falta DATABASE_URL"),
    Fault(["DATABASE_URL": nil, "PGSERVICEFILE": "/etc/pg_service.conf"], "Falta DATABASE_URL"),
    Fault(["DATABASE_URL": nil, "PGPASSFILE": "/root/.pgpass"], "Falta DATABASE_URL"),
    Fault(
      [
        "DATABASE_URL": nil, "PGBOUNCER_PORT": "6432", "PGDATA": "/var",
        "PGSERVICEFILE": "/etc/pg_service.conf",
        "PGPASSFILE": "/root/.pgpass",
      ], "Falta DATABASE_URL"),
    Fault(["DATABASE_URL": nil, "PGHOST": "", "PGPASSWORD": Secrets.cron], "Falta DATABASE_URL"),
    Fault(["TWILIO_AUTH_TOKEN": "'\(Secrets.authToken)'"], "TWILIO_AUTH_TOKEN contiene espacios, comillas"),
    Fault(["DATABASE_URL": "postgresql://u:a%zz\(Secrets.cron)@127.0.0.1/b"], "DATABASE_URL no se entiende"),
    Fault(
      ["DATABASE_URL": "postgresql://app:P4ss@\(Secrets.cron)/99x@127.0.0.1:1/base"],
      "contraseña (@ es %40; / es %2F"),
    Fault(["DATABASE_URL": "postgresql://127.0.0.1/b?password=\(Secrets.cron)&x=1"], "DATABASE_URL"),
    Fault(
      ["DATABASE_URL": "\"postgresql://u:\(Secrets.cron)@127.0.0.1/b\""], "DATABASE_URL está entre comillas"),
    Fault(["DATABASE_URL": "mysql://u:\(Secrets.cron)@127.0.0.1/b"], "DATABASE_URL empieza por «mysql://»"),
    Fault(
      ["DATABASE_URL": "postgresql://u:\(Secrets.cron)@127.0.0.1/b?pgbouncer=true&supa=x"],
      "libpq no conoce: pgbouncer, supa"),
    Fault(["DATABASE_URL": "\(Secrets.cron)="], "un parámetro que libpq no conoce, el 1.º"),
    Fault(
      ["DATABASE_URL": "postgresql://127.0.0.1/b?secreto=1", "PGPASSWORD": "secreto"], "no conoce: •••."),
    Fault(["DATABASE_URL": "postgresql://127.0.0.1/b?sslmode=disabled"], "sslmode, en DATABASE_URL"),
    Fault(["DATABASE_URL": "u:\(Secrets.cron)@127.0.0.1/b"], "DATABASE_URL no empieza por postgresql://"),
    Fault(["DEFAULT_WORKSPACE_ID": "0"], "DEFAULT_WORKSPACE_ID"),
    Fault(["DATABASE_POOL_SIZE": "2"], "DATABASE_POOL_SIZE"),
    Fault(["DATABASE_POOL_SIZE": "51"], "DATABASE_POOL_SIZE"),
    Fault(["DATABASE_POOL_SIZE": "99999999999999999999"], "DATABASE_POOL_SIZE"),
    Fault(["DEFAULT_WORKSPACE_ID": "uno"], "DEFAULT_WORKSPACE_ID"),
    Fault(["DATABASE_SCHEMA": "pg_catalog"], "DATABASE_SCHEMA debe ser el nombre de un solo esquema"),
    Fault(["DATABASE_SCHEMA": "$user"], "DATABASE_SCHEMA"),
    Fault(["DATABASE_SCHEMA": " app"], "DATABASE_SCHEMA"),
    Fault(["DATABASE_SCHEMA": "app, public"], "DATABASE_SCHEMA"),
    Fault(["DATABASE_SCHEMA": String(repeating: "ñ", count: 32)], "DATABASE_SCHEMA"),
    Fault(["TWILIO_ACCOUNT_SID": nil], "Falta TWILIO_ACCOUNT_SID"),
    Fault(["TWILIO_ACCOUNT_SID": "AC123"], "TWILIO_ACCOUNT_SID debe ser"),
    Fault(["TWILIO_ACCOUNT_SID": AccountCredentials().apiKey], "TWILIO_ACCOUNT_SID debe ser"),
    Fault(["TWILIO_AUTH_TOKEN": nil], "Faltan las credenciales"),
    Fault(["TWILIO_AUTH_TOKEN": "\(Secrets.authToken)\n"], "TWILIO_AUTH_TOKEN contiene"),
    Fault(["TWILIO_API_KEY": AccountCredentials().apiKey], "TWILIO_API_KEY está sin"),
    Fault(["TWILIO_API_SECRET": Secrets.apiSecret], "TWILIO_API_SECRET está sin"),
    Fault(["TWILIO_API_KEY": "SK1", "TWILIO_API_SECRET": Secrets.apiSecret], "TWILIO_API_KEY debe ser"),
    Fault(
      ["TWILIO_API_KEY": AccountCredentials().apiKey, "TWILIO_API_SECRET": "\(Secrets.apiSecret) "],
      "TWILIO_API_SECRET contiene"),
    Fault(["TWILIO_REGION": "ie1", "TWILIO_API_BASE_URL": nil], "TWILIO_REGION está sin"),
    Fault(["TWILIO_EDGE": "dublin", "TWILIO_API_BASE_URL": nil], "TWILIO_EDGE está sin"),
    Fault(["TWILIO_EDGE": "dublin", "TWILIO_REGION": "ie1"], "TWILIO_API_BASE_URL no se combina"),
    Fault(["TWILIO_API_BASE_URL": "http://api.twilio.com"], "solo puede ir a esta máquina"),
    Fault(["TWILIO_API_BASE_URL": "http://127.0.0.1.example.com"], "solo puede ir a esta máquina"),
    Fault(["TWILIO_API_BASE_URL": "https://u:\(Secrets.cron)@api.twilio.com"], "usuario ni contraseña"),
    Fault(["TWILIO_API_BASE_URL": "https://api.twilio.com/2010"], "no puede llevar ruta"),
    Fault(["TWILIO_API_BASE_URL": "api.twilio.com"], "TWILIO_API_BASE_URL debe ser"),
    Fault(["TWILIO_CONCURRENCY": "0"], "TWILIO_CONCURRENCY"),
    Fault(["SYNC_WINDOW_MINUTES": "0"], "SYNC_WINDOW_MINUTES"),
    Fault(["SYNC_WINDOW_MINUTES": "75m"], "SYNC_WINDOW_MINUTES"),
    Fault(["SYNC_MAX_CATCH_UP_HOURS": "-3"], "SYNC_MAX_CATCH_UP_HOURS"),
    Fault(["SYNC_EVERY_MINUTES": "4"], "SYNC_EVERY_MINUTES debe ser un número entero de 5 a 1440; vale «4»"),
    Fault(["SYNC_EVERY_MINUTES": "1441"], "SYNC_EVERY_MINUTES"),
    Fault(["SYNC_EVERY_MINUTES": "cada hora"], "SYNC_EVERY_MINUTES"),
    Fault(["LOG_FORMAT": "xml"], "LOG_FORMAT debe ser uno de: text, json"),
    Fault(["LOG_LEVEL": "loud"], "LOG_LEVEL"),
    Fault(
      ["DATABASE_URL": nil, "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": nil, "LOG_LEVEL": "loud"],
      "LOG_LEVEL", "DATABASE_URL", "TWILIO_ACCOUNT_SID", "credenciales"),
  ]

  @Test("serve refuses each fault by name, with exit status 2, and listens nowhere", arguments: serverFaults)
  func serverFault(fault: Fault) async throws {
    try await expect(fault, of: ["serve"])
  }

  @Test("hourly refuses each fault by name, with exit status 2", arguments: runFaults)
  func runFault(fault: Fault) async throws {
    try await expect(fault, of: ["hourly"])
  }

  @Test(
    "A secret in the wrong variable is not shown, known or not; a short wrong value is, and so is a date",
    arguments: [
      (["HOST": "postgresql://u:perejil@db/x", "DATABASE_URL": nil], "HOST debe ser", "•••"),
      (["HOST": "u:perejil@db", "DATABASE_URL": nil], "HOST debe ser", "•••"),
      (["HOST": "host=db password=perejil", "DATABASE_URL": nil], "HOST debe ser", "•••"),
      (["PORT": Secrets.authToken, "TWILIO_AUTH_TOKEN": nil], "PORT debe ser", "•••"),
      (["PORT": "Bearer \(Secrets.cron)", "CRON_SECRET": nil], "PORT debe ser", "•••"),
      (["PORT": "Bearer \(Secrets.cron)"], "PORT debe ser", "•••"),
      (["LOG_LEVEL": "0123456789abcdef0123"], "LOG_LEVEL debe ser", "•••"),
      (["LOG_LEVEL": "0123456789abcdef012"], "LOG_LEVEL debe ser", "«0123456789abcdef012»"),
      (["PORT": "80a"], "PORT debe ser", "«80a»"), (["HOST": "[::1]"], "HOST debe ser", "«[::1]»"),
      (["HISTORY_START": "2025-13-01T00:00:00.000Z"], "HISTORY_START debe", "«2025-13-01T00:00:00.000Z»"),
      (
        ["ALERT_QUIET_TIMES": "22:00-07:00,sat-sun,vie"], "ALERT_QUIET_TIMES debe",
        "«22:00-07:00,sat-sun,vie»"
      ),
    ] as [([String: String?], String, String)])
  func strayedSecret(changes: [String: String?], sentence: String, shown: String) async throws {
    try await withPrograms { programs in
      let environment = Self.environment.changed(by: changes)
      for ended in [
        try await programs.run(["serve"], environment), try await programs.run(["doctor"], environment),
      ] {
        let told = (ended.output + ended.errors).split(separator: "\n").filter { $0.contains(sentence) }
        #expect(told.count == 1 && told.allSatisfy { $0.contains("; vale \(shown).") }, "\(ended)")
        #expect(!(ended.output + ended.errors).contains("perejil"))
      }
    }
  }

  @Test("serve names all faults at once: with nothing set, what is missing")
  func nothingSet() async throws {
    try await withPrograms { programs in
      let ended = try await programs.run([], [:])
      #expect(ended.status == 2)
      #expect(ended.output.isEmpty)
      let named = ["CRON_SECRET", "DATABASE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]
      #expect(named.allSatisfy(ended.errors.contains))
      #expect(ended.errors.split(separator: "\n").count == 4)
    }
  }

  @Test("migrate needs the database only")
  func migrateNeedsDatabase() async throws {
    try await withPrograms { programs in
      let ended = try await programs.run(["migrate"], [:])
      #expect(ended.status == 2)
      #expect(ended.errors.split(separator: "\n").count == 1)
      #expect(ended.errors.contains("DATABASE_URL"))
    }
  }

  /// A command, and settings that it does not need, every one of them faulty.
  static let needless: [(String, [String])] = [
    (
      "migrate",
      [
        "CRON_SECRET", "PORT", "TWILIO_ACCOUNT_SID", "SYNC_WINDOW_MINUTES", "SYNC_EVERY_MINUTES",
        "HISTORY_START",
      ] + alerts
    ),
    ("reattribute", ["CRON_SECRET", "PORT", "TWILIO_ACCOUNT_SID", "HISTORY_START", "HEARTBEAT_URL"]),
    (
      "hourly",
      [
        "CRON_SECRET", "READ_SECRET", "PORT", "MIGRATE_ON_START", "HISTORY_START", "KEEP_ALIVE_SECONDS",
        "SHUTDOWN_GRACE_SECONDS",
      ]
    ),
    (
      "historical",
      ["CRON_SECRET", "PORT", "SYNC_WINDOW_MINUTES", "SYNC_MAX_CATCH_UP_HOURS", "HEARTBEAT_URL"]
    ),
    ("health", ["LOG_FORMAT", "LOG_LEVEL", "DEFAULT_WORKSPACE_ID", "CRON_SECRET"] + alerts),
  ]
  private static let alerts = [
    "ALERT_WEBHOOK_URL", "ALERT_WEBHOOK_FORMAT", "PUBLIC_URL", "HEARTBEAT_URL", "ALERT_QUIET_TIMES",
    "ALERT_NO_CALLS_HOURS", "ALERT_NO_RUN_HOURS",
  ]

  @Test("A command refuses no setting that it does not need; doctor names each", arguments: needless)
  func needlessSettings(command: String, names: [String]) async throws {
    try await withPrograms { programs in
      let faults = Dictionary(uniqueKeysWithValues: names.map { ($0, Optional("%zz")) })
      let environment = Self.environment.changed(by: faults)
      let ended = try await programs.run([command], environment)
      #expect(ended.status == 1, "\(ended.errors)")
      #expect(!names.contains { (ended.output + ended.errors).contains("❌ \($0)") })
      let doctor = try await programs.run(["doctor"], environment)
      for name in names { #expect(doctor.output.contains("❌ configuración: \(name)"), "\(doctor.output)") }
    }
  }

  @Test("serve and each run refuse a faulty setting of the alerts, several at once by name")
  func faultyAlerts() async throws {
    for command in ["serve", "hourly", "historical", "reattribute"] {
      try await expect(
        Fault(
          ["ALERT_NO_RUN_HOURS": "0", "ALERT_WEBHOOK_URL": "x"], "ALERT_NO_RUN_HOURS", "ALERT_WEBHOOK_URL"),
        of: [command])
      try await expect(
        Fault(
          ["ALERT_WEBHOOK_FORMAT": "googlechat", "PUBLIC_URL": "https://u:p@sync.example"],
          "ALERT_WEBHOOK_FORMAT debe ser uno de: slack, discord, google-chat, teams, json",
          "PUBLIC_URL debe ser una dirección"),
        of: [command])
      for proxy in ["ftp://proxy.example:21", "http://", "http://u:\(Secrets.cron)@", "http://a b:3128"] {
        try await expect(
          Fault(
            ["HTTPS_PROXY": proxy, "SSL_CERT_FILE": "/nonexistent.pem"],
            "HTTPS_PROXY debe ser la dirección de un proxy", "SSL_CERT_FILE nombra un fichero"),
          of: [command])
      }
    }
  }

  @Test("libpq's variables do instead of DATABASE_URL, the password included")
  func environmentOfLibpq() async throws {
    try await withInstallation { installation in
      let variables = [
        "DATABASE_URL": nil, "PGHOST": "127.0.0.1", "PGPORT": "\(installation.cluster.programPort ?? 0)",
        "PGUSER": TestCluster.role, "PGPASSWORD": Secrets.databasePassword,
        "PGDATABASE": installation.database.name,
      ]
      #expect(try await installation.run("hourly", changes: variables).status == 0)
      let wrong = variables.merging(["PGPASSWORD": Secrets.cron]) { $1 }
      let refused = try await installation.run("hourly", changes: wrong)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("rechaza el usuario o la contraseña"))
    }
  }

  @Test("The API key wins over the token when both are set")
  func keyWins() async throws {
    try await withInstallation { installation in
      let both: [String: String?] = [
        "TWILIO_API_KEY": AccountCredentials().apiKey, "TWILIO_API_SECRET": Secrets.apiSecret,
        "TWILIO_AUTH_TOKEN": "no-es-el-de-la-cuenta",
      ]
      let ended = try await installation.run("hourly", changes: both)
      #expect(ended.status == 0)
    }
  }

  private func expect(_ fault: Fault, of arguments: [String]) async throws {
    try await withPrograms { programs in
      let ended = try await programs.run(arguments, Self.environment.changed(by: fault.changes))
      #expect(ended.status == 2)
      #expect(ended.output.isEmpty)
      let lines = ended.errors.split(separator: "\n")
      try #require(lines.count == fault.named.count, "\(ended.errors)")
      for (line, name) in zip(lines, fault.named) {
        #expect(line.hasPrefix("❌ ") && line.contains(name))
      }
    }
  }
}
