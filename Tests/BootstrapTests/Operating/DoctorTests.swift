import CallStore
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("doctor, before set-ups that are broken", .timeLimit(.minutes(5)))
struct DoctorTests {
  /// Something wrong with an installation, and the beginning of the line that names it.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var settings: [String: String?] = [:]
    var statements: [String] = []
    var faults = ""
    /// Calls of Twilio's log.
    var calls = 0
    /// What the lines that matter contain.
    let lines: [String]
    var status: Int32 = 1
  }

  static let setUps = [
    Fault(
      testDescription: "no secret, a short window",
      settings: ["CRON_SECRET": nil, "SYNC_WINDOW_MINUTES": "0"],
      lines: [
        "⚠️ configuración: Falta CRON_SECRET. Sin él «serve» no arranca. → Ponga al menos 16",
        "❌ configuración: SYNC_WINDOW_MINUTES debe ser un número entero de 1 a 10080; vale «0». → Corríjalo",
      ]),
    Fault(
      testDescription: "no secret, as where a timer starts commands", settings: ["CRON_SECRET": nil],
      lines: ["⚠️ configuración: Falta CRON_SECRET. Sin él «serve» no arranca. → Ponga al menos 16"], status: 0
    ),
    // Whether a server runs with them is not known; who set them means one.
    Fault(
      testDescription: "settings of a server that are there and wrong",
      settings: ["CRON_SECRET": "quince-signos-1", "PORT": "puerto", "HOST": "sync.internal"],
      lines: [
        "❌ configuración: CRON_SECRET tiene menos de 16 caracteres. → Use uno más largo.",
        "❌ configuración: PORT debe ser un número entero de 0 a 65535; vale «puerto».",
        "❌ configuración: HOST debe ser una dirección IPv4 o IPv6, o localhost; vale «sync.internal». → Para",
      ]),
    Fault(
      testDescription: "variables of libpq that name no place",
      settings: [
        "DATABASE_URL": nil, "PGBOUNCER_PORT": "6432", "PGDATA": "/var",
        "PGSERVICEFILE": "/etc/pg_service.conf",
        "PGPASSFILE": "/root/.pgpass",
      ],
      lines: [
        "❌ configuración: Falta DATABASE_URL (o las variables PG* de libpq).", "❌ base de datos: No se ha",
      ]),
    Fault(
      testDescription: "nothing set at all",
      settings: [
        "CRON_SECRET": nil, "DATABASE_URL": nil, "TWILIO_ACCOUNT_SID": nil, "TWILIO_AUTH_TOKEN": nil,
        "TWILIO_API_BASE_URL": nil,
      ],
      lines: [
        "⚠️ configuración: Falta CRON_SECRET", "❌ configuración: Falta TWILIO_ACCOUNT_SID",
        "❌ configuración: Falta DATABASE_URL", "❌ Twilio: No se ha preguntado",
        "❌ base de datos: No se ha preguntado",
      ]),
    Fault(
      testDescription: "a wrong token", settings: ["TWILIO_AUTH_TOKEN": "otro-token-0000000000000000000"],
      lines: [
        "❌ Twilio: Twilio no acepta las credenciales (HTTP 401, código 20003",
        "). → Revise TWILIO_ACCOUNT_SID",
      ]),
    Fault(
      testDescription: "a Twilio that is away", settings: ["TWILIO_API_BASE_URL": "http://127.0.0.1:1"],
      lines: ["❌ Twilio: "]),
    Fault(testDescription: "a Twilio that speaks HTML", faults: "*:html=200", lines: ["❌ Twilio: "]),
    Fault(
      testDescription: "a key that may list calls and not fetch one", faults: "call/*:401", calls: 1,
      lines: [
        "✅ Twilio: Las credenciales valen",
        "⚠️ llamada suelta: Twilio da la lista de llamadas, pero no una llamada suelta: Twilio no acepta las "
          + "credenciales (HTTP 401, código 20003", "). → Dé a la clave de API permiso de lectura (read)",
      ], status: 0),
    Fault(
      testDescription: "a database that is away", settings: ["DATABASE_URL": "postgresql://127.0.0.1:1/base"],
      lines: [
        "✅ Twilio: ",
        "❌ base de datos: No se puede usar la base de datos (no responde). → Compruebe que está",
      ]),
    Fault(
      testDescription: "a server that does not exist",
      settings: ["DATABASE_URL": "postgresql://u@no-such-host.invalid/base"],
      lines: ["⚠️ cifrado: ", "❌ base de datos: "]),
    Fault(
      testDescription: "Supabase's transaction pooler, by its name",
      settings: [
        "DATABASE_URL": "host=aws-0-x.pooler.supabase.com hostaddr=127.0.0.1 port=6543 user=u dbname=base"
      ],
      lines: ["⚠️ pooler: Es el de transacciones de Supabase", "puerto 5432.", "❌ base de datos: "]),
    Fault(
      testDescription: "an old schema",
      statements: [
        "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"
      ],
      lines: [
        "❌ esquema: El esquema de la base de datos es antiguo o falta. → Ejecute «twilio-sync migrate»."
      ]),
    Fault(
      testDescription: "a newer schema",
      statements: ["INSERT INTO schema_migrations (version, name, oldest_program) VALUES (999, 'x', 999)"],
      lines: ["❌ esquema: "]),
    Fault(
      testDescription: "no default workspace", statements: ["DELETE FROM workspaces WHERE id = 1"],
      lines: ["❌ workspace por defecto: "]),
    Fault(
      testDescription: "a missing permission", statements: ["REVOKE INSERT ON calls FROM servicio"],
      lines: ["❌ permisos: "]),
    Fault(
      testDescription: "hidden rows",
      statements: [
        "ALTER TABLE workspace_phones FORCE ROW LEVEL SECURITY",
        "CREATE POLICY narrow ON workspace_phones AS RESTRICTIVE USING (workspace_id > 0)",
      ], lines: ["❌ filas ocultas: La seguridad a nivel de fila puede ocultar filas de workspace_phones"]),
    Fault(
      testDescription: "a read-only database",
      statements: ["ALTER DATABASE %@ SET default_transaction_read_only = on"],
      lines: [
        "❌ base de datos: La base de datos es de solo lectura: así está configurada (default_transaction_read_only). → Mire"
      ]),
    Fault(
      testDescription: "a dropped table", statements: ["DROP TABLE unsettled_calls"],
      lines: ["❌ esquema: Al esquema de la base de datos le falta unsettled_calls. → Restáurelo de una copia"]
    ),
    Fault(
      testDescription: "a dropped key", statements: ["ALTER TABLE calls DROP CONSTRAINT calls_pkey CASCADE"],
      lines: [
        "❌ esquema: La tabla calls no tiene una clave única sobre id. → Ejecute como su dueño «CREATE UNIQUE INDEX "
          + "CONCURRENTLY ON calls (id);» y repita."
      ]),
    Fault(
      testDescription: "columns that refuse some calls, or all",
      statements: [
        "ALTER TABLE calls ALTER phone_from TYPE varchar(16)", Migrator.dropViews,
        "CREATE TYPE estado AS ENUM ('busy')",
        "ALTER TABLE calls ALTER status TYPE estado USING status::estado",
      ],
      lines: [
        "⚠️ columnas: Hay tipos que rechazan algunas llamadas, o todas: calls.phone_from es character varying(16); "
          + "calls.status es estado. → Como dueño de las tablas: ALTER TABLE calls ALTER COLUMN phone_from TYPE text; "
          + "ALTER TABLE calls ALTER COLUMN status TYPE text; Después, «twilio-sync migrate».",
        "⚠️ vistas: twilio_billing_monthly o twilio_calls_hourly falta o es antigua. → Ejecute «twilio-sync migrate»",
      ], status: 0),
    Fault(
      testDescription: "an empty directory",
      lines: [
        "⚠️ directorio: workspace_phones no tiene números: toda llamada va al workspace por defecto. → Dé"
      ],
      status: 0),
    Fault(
      testDescription: "rows of the directory that are no canonical number",
      statements: [
        "INSERT INTO workspaces (id, name) VALUES (9, 'nueve')",
        """
        INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (71, 9, '+34 910 00\u{A0}00 01'),
          (72, 9, '+34910\u{200B}000002'), (73, 9, '+34910000003\t'), (74, 9, '+34 (0)910 000 004'),
          (75, 9, '910000005'), (76, 1, '+34910000001'), (77, 9, 'client:ana'), (78, 9, '112')
        """,
      ],
      lines: [
        "⚠️ números mal escritos: No están en su forma canónica: id 76 «+34910000001», que es +34910000001",
        "; id 75 «910000005», sin el prefijo de su país (como +34). → Como dueño de las tablas: DELETE FROM "
          + "workspace_phones WHERE id = 76; UPDATE workspace_phones SET phone_number = '+34910000001' WHERE id = 71; ",
        "'+34910000002' WHERE id = 72;", "'+34910000003' WHERE id = 73;",
        "'+34910000004' WHERE id = 74; Complete o borre la fila 75 y ejecute «twilio-sync reattribute».",
      ], status: 0),
    Fault(
      testDescription: "nobody runs it",
      statements: ["UPDATE schema_migrations SET applied_at = now() - INTERVAL '1 day'"],
      lines: ["⚠️ última ejecución: ", "❌ alerta no_run: ", "❌ alerta no_calls: "]),
    Fault(
      testDescription: "three failures in a row",
      statements: [
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, error)
        SELECT 'hourly', 'failed', 'test', now(), now(), 'Twilio no responde.' FROM generate_series(1, 3)
        """
      ],
      lines: ["❌ última ejecución: ", "❌ alerta repeated_failures: Las 3 últimas ejecuciones de tipo hourly"]),
    Fault(
      testDescription: "calls of numbers that nobody listed",
      statements: [
        """
        INSERT INTO calls (id, source, workspace_id, call_date)
        SELECT 'CA' || n, 'twilio', 1, now() FROM generate_series(1, 25) n
        """
      ], lines: ["❌ alerta default_workspace: 25 de 25 llamadas"]),
    Fault(
      testDescription: "a hole",
      statements: ["INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-01Z', '2026-01-02Z')"],
      lines: ["❌ alerta gap: Falta 1 periodo", "«twilio-sync historical --since 2026-01-01T00:00:00.000Z"]),
    Fault(
      testDescription: "a call that was given up",
      statements: [
        "INSERT INTO calls (id, source, workspace_id, call_date) VALUES ('CA1', 'twilio', 1, now())",
        "INSERT INTO unsettled_calls (call_id, asked_at, given_up_at) VALUES ('CA1', now(), now())",
      ], lines: ["❌ llamadas abandonadas: 1 llamada sigue"]),
    Fault(
      testDescription: "adopted rows without a price",
      statements: [
        """
        INSERT INTO calls (id, source, workspace_id, call_date, status, duration)
        VALUES ('CA1', 'twilio', 1, now(), 'completed', 60)
        """
      ], lines: ["❌ llamadas abandonadas: 1 llamada sigue"]),
    Fault(
      testDescription: "a number that stands in workspaces alone",
      statements: [
        "ALTER TABLE workspaces ADD COLUMN phone_number TEXT",
        "UPDATE workspaces SET phone_number = '+34910000099' WHERE id = 1",
      ],
      lines: [
        "⚠️ números de workspaces: 1 número está solo en workspaces", "VALUES (1, '+34910000099', true)",
      ], status: 0),
    Fault(
      testDescription: "a number of two workspaces, a row of none",
      statements: [
        "INSERT INTO workspaces (id, name) VALUES (9, 'nueve')",
        """
        INSERT INTO workspace_phones (workspace_id, phone_number)
        VALUES (1, '+34910000099'), (9, '0034910000099'), (NULL, '+34910000098')
        """,
      ],
      lines: [
        "⚠️ números repetidos: Están en varios workspaces: +34910000099 (1, 9).",
        "⚠️ filas sin workspace: 1 fila",
      ],
      status: 0),
  ]

  @Test("Each is named with what to do about it, and the rest is still looked at", arguments: setUps)
  func broken(setUp: Fault) async throws {
    try await withInstallation { installation in
      for statement in setUp.statements {
        try await installation.sql(statement.replacing("%@", with: installation.database.name))
      }
      let simulation = installation.simulation
      simulation.put(TestCalls.settled(setUp.calls, now: simulation.now))
      try simulation.setFaults(setUp.faults)
      let ended = try await installation.run("doctor", changes: setUp.settings)
      let found = ended.output.split(separator: "\n").filter { $0.hasPrefix("❌") || $0.hasPrefix("⚠️") }
      print("doctor, \(setUp.testDescription):\n  \(found.joined(separator: "\n  "))")
      for line in setUp.lines { #expect(ended.output.contains(line), "\(ended.output)") }
      #expect(ended.status == setUp.status && ended.errors.isEmpty)
    }
  }

  @Test("A stored number with escapes and line ends forges no line")
  func forged() async throws {
    try await withInstallation { installation in
      for statement in [
        "INSERT INTO workspaces (id, name) VALUES (9, 'nueve')",
        """
        INSERT INTO workspace_phones (workspace_id, phone_number)
        SELECT id, E'x\\n✅ todo: bien\\r\\x1b[2Jsecreto \(Secrets.authToken)' FROM workspaces WHERE id IN (1, 9)
        """,
      ] { try await installation.sql(statement) }
      let ended = try await installation.run("doctor")
      #expect(ended.output.contains("x ✅ todo: bien  [2Jsecreto •••"), "\(ended.output)")
      #expect(!ended.output.contains("\u{1B}") && !ended.output.contains("\n✅ todo"))
    }
  }

  @Test("A sound installation has no fault; with --json its findings are one object")
  func sound() async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      #expect(try await installation.run("hourly").status == 0)
      let ended = try await installation.run("doctor")
      #expect(ended.status == 0 && !ended.output.contains("❌"), "\(ended.output)")
      #expect(ended.output.contains("✅ última ejecución: "))
      #expect(ended.output.hasSuffix(": 0 problemas, 1 aviso\n"), "\(ended.output)")
      let json = try await installation.run("doctor", "--json")
      #expect(json.status == 0 && json.output.hasPrefix(#"{"healthy":true,"findings":[{"level":"ok","#))
      #expect(json.output.split(separator: "\n").count == 1)
    }
  }

  @Test("A clock that is off is a warning after a minute and a fault after five", arguments: [90, 400])
  func clock(seconds: Int) async throws {
    var simulator = SimulatorConfiguration()
    simulator.clock = .running(offsetSeconds: seconds)
    try await withInstallation(simulator: simulator) { installation in
      let ended = try await installation.run("doctor")
      #expect(
        ended.output.contains(seconds > 300 ? "❌ reloj: Difiere" : "⚠️ reloj: Difiere"), "\(ended.output)")
    }
  }
}
