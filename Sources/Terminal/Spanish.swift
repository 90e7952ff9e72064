package import CallDomain

// All sentences of this room, and the words of its tables and progress lines.

/// What can be wrong with the arguments.
enum Fault {
  static func unknownCommand(_ word: String) -> String { "El comando «\(word)» no existe." }
  static func superfluous(_ word: String) -> String { "El argumento «\(word)» sobra." }
  static func unknownOption(_ name: String) -> String { "La opción «\(name)» no existe." }
  static func repeated(_ option: CommandOption) -> String { "La opción \(option.name) está repetida." }
  static func noValueAllowed(_ option: CommandOption) -> String { "La opción \(option.name) no lleva valor." }
  static var missingShell: String { "Falta el intérprete de comandos: \(shells)." }

  static var missingSID: String { "Falta el SID de la llamada (CA y 32 cifras hexadecimales)." }

  static var missingNumber: String {
    "Faltan el número y el workspace: «phones assign NÚMERO WORKSPACE»; un número con espacios va entre comillas."
  }

  static func badWorkspace(_ word: String) -> String { "«\(word)» no es el número de un workspace." }

  static func badSID(_ word: String) -> String {
    "«\(word)» no es el SID de una llamada (CA y 32 cifras hexadecimales)."
  }

  static func notAllowed(_ option: CommandOption, _ command: String) -> String {
    "La opción \(option.name) no vale para «\(command)»."
  }

  static func missingValue(_ option: CommandOption, _ placeholder: String) -> String {
    "A la opción \(option.name) le falta su valor (\(placeholder))."
  }

  static func badDate(_ text: String, _ option: CommandOption) -> String {
    "La fecha «\(text)» de \(option.name) no es válida: use AAAA-MM-DD o una hora ISO 8601, en UTC, "
      + "como 2025-08-01 o 2025-08-01T10:30:00Z."
  }

  static func reversedDates(_ since: Timestamp, _ until: Timestamp) -> String {
    "--since (\(since.iso8601)) debe ser anterior a --until (\(until.iso8601))."
  }

  static func badURL(_ text: String) -> String { "«\(text)» no es una dirección http:// o https://." }

  static func unknownShell(_ word: String) -> String {
    "No hay autocompletado para «\(word)»; los hay para \(shells)."
  }

  private static let shells = Shell.allCases.map(\.rawValue).joined(separator: ", ")

  /// Which help explains the right usage.
  static func hint(_ command: CommandName?) -> String {
    "Vea «\(["twilio-sync", command?.rawValue, "--help"].compactMap(\.self).joined(separator: " "))»."
  }
}

extension CommandName {
  /// What the command does, for the list of commands.
  var summary: String {
    switch self {
    case .serve: "atiende HTTP hasta SIGTERM o SIGINT; es lo que se hace sin comando"
    case .hourly: "hace una sincronización horaria y termina"
    case .historical: "hace la resincronización histórica, o continúa la interrumpida"
    case .reattribute: "aplica otra vez las reglas de asignación a las llamadas guardadas"
    case .phones: "muestra el directorio de números, o asigna un número a un workspace"
    case .audit: "compara lo guardado con Twilio, día a día"
    case .explain: "explica por qué una llamada es de su workspace"
    case .migrate: "crea o actualiza el esquema de la base de datos"
    case .doctor: "comprueba la instalación y dice qué hacer"
    case .health: "pregunta a un servidor en marcha si vive"
    case .completion: "escribe el autocompletado para bash, zsh o fish"
    }
  }

  /// What the command does, for its own help.
  fileprivate var details: String {
    switch self {
    case .serve:
      """
      Atiende HTTP en HOST y PORT hasta recibir SIGTERM o SIGINT. Al recibirlos deja de aceptar
      peticiones y espera a las que están en curso.
      """
    case .hourly:
      """
      Lee de Twilio las llamadas de los últimos SYNC_WINDOW_MINUTES minutos y lo que quedó pendiente,
      las guarda y termina. Para cron, temporizadores de systemd y CronJobs de Kubernetes.
      """
    case .historical:
      """
      Lee de Twilio todas las llamadas desde HISTORY_START, o las del periodo dado, y las guarda.
      Si se interrumpe, el mismo comando sin --restart continúa donde se quedó. En un terminal muestra
      una barra de avance (↻ cuenta los reintentos); fuera de él, una línea cada pocos segundos.

      FECHA es AAAA-MM-DD o una hora ISO 8601, en UTC.
      """
    case .reattribute:
      """
      Aplica las reglas de asignación a las llamadas guardadas, sin preguntar a Twilio. Hace falta
      después de editar workspace_phones.

      FECHA es AAAA-MM-DD o una hora ISO 8601, en UTC.
      """
    case .phones:
      """
      Muestra el directorio (workspace_phones): de quién es cada número, cuándo ha llamado, qué es raro y la
      sentencia que lo arregla.

      Con «assign» da el número, en cualquier forma, a un workspace: cambia o crea su fila y mueve las llamadas
      guardadas que decide. Si se interrumpe, el mismo comando termina lo que falta. Con --dry-run solo dice qué
      llamadas, minutos y coste se moverían, por mes. Las llamadas de meses anteriores solo dejan un workspace
      que no es el predeterminado con --past.
      """
    case .audit:
      """
      Lee otra vez la lista de Twilio de cada día UTC del periodo y la compara con lo guardado, llamada a llamada;
      no cambia ninguna. Sin fechas, los siete días que acabaron hace al menos 48 horas. Dice qué falta, qué es
      distinto, qué está mal asignado y qué ya no conoce Twilio, y la orden que lo arregla. Si se interrumpe, el
      mismo comando continúa donde se quedó. Termina con 1 si algo difiere.

      FECHA es AAAA-MM-DD o una hora ISO 8601, en UTC; los días cuentan enteros.
      """
    case .explain:
      """
      Explica por qué una llamada guardada es de su workspace: qué regla decide, qué filas del directorio y
      qué llamadas candidatas se compararon, qué dice lo guardado y, si ya no coincide, qué hacer. No cambia
      nada y no pregunta a Twilio. Termina con 1 si la llamada no está guardada.
      """
    case .migrate:
      """
      Crea el esquema o lo actualiza. Puede repetirse y lanzarse desde varias réplicas a la vez.
      """
    case .doctor:
      """
      Comprueba configuración, credenciales de Twilio, base de datos, esquema, última ejecución y
      alertas, y dice qué hacer con cada problema. Termina con 1 si algo necesita a una persona,
      también cuando es la configuración.
      """
    case .health:
      """
      Pregunta a /health de un servidor en marcha y termina con 0 si vive. Para las comprobaciones
      de salud de los contenedores.
      """
    case .completion:
      """
      Escribe el autocompletado del intérprete de comandos dado. Para usarlo:
        bash  source <(twilio-sync completion bash)
        zsh   twilio-sync completion zsh > DIR/_twilio-sync, con DIR en fpath
        fish  twilio-sync completion fish > ~/.config/fish/completions/twilio-sync.fish
      """
    }
  }
}

extension CommandOption {
  /// What its value is called in the help; nil when it takes none.
  var placeholder: String? {
    switch self {
    case .since, .until: "FECHA"
    case .url: "URL"
    case .restart, .dryRun, .past, .json, .help, .version: nil
    }
  }

  var summary: String {
    switch self {
    case .since: "desde esta fecha, incluida"
    case .until: "hasta esta fecha, sin incluirla"
    case .restart: "empieza de nuevo en lugar de continuar lo interrumpido"
    case .dryRun: "solo informa; no cambia nada"
    case .past: "mueve también llamadas de meses anteriores, quizá facturadas"
    case .url: "dirección del servidor; sin ella, la de HOST y PORT"
    case .json: "escribe el resultado como un objeto JSON; los registros van a la salida de errores"
    case .help: "muestra esta ayuda"
    case .version: "muestra la versión"
    }
  }
}

extension Usage {
  static var program: String {
    """
    Uso: twilio-sync [COMANDO] [OPCIONES]

    Sincroniza las llamadas de Twilio con PostgreSQL y asigna cada una a su workspace.

    Comandos:
    \(table(CommandName.allCases.map { ($0.rawValue, $0.summary) }))

    Opciones de todos los comandos:
    \(table(CommandOption.common.map(row)))

    \(exitStatuses)

    La configuración se lee de variables de entorno; cada comando nombra todo lo que falta o está mal.
    «twilio-sync COMANDO --help» explica cada comando.

    """
  }

  static func help(of command: CommandName) -> String {
    """
    Uso: twilio-sync \(command.rawValue)\(operands(of: command))

    \(command.details)

    Opciones:
    \(table((command.options + CommandOption.common).map(row)))

    \(exitStatuses)

    """
  }

  private static let exitStatuses = """
    Códigos de salida:
    \(table([
      ("0", "hecho"),
      ("1", "la ejecución falló"),
      ("2", "uso o configuración incorrectos"),
      ("3", "otra ejecución del mismo tipo está en curso"),
      ("130, 143", "detenido por una señal (SIGINT, SIGTERM)"),
    ]))
    """
}

/// What a command prints of a run that did not succeed; of one that did the log tells everything.
package enum RunSummary {
  /// Why a run did not start or did not succeed.
  package static func lines(for failure: RunFailure) -> [String] {
    let run = failure.runID.map { " (ejecución \($0.number))" } ?? ""
    return ["❌ \(failure.message)\(run)"]
  }

  /// How to go on with a run that did not come to its end; the same run needs the same dates.
  ///
  /// - Parameter isOpen: Whether it came to open its period: from there on the database knows that it was begun anew,
  ///   and to ask for that again would lose what it has read.
  package static func continuation(of order: RunOrder, isOpen: Bool) -> String {
    var order = order
    if isOpen, case .historical(let since, let until, _) = order {
      order = .historical(since: since, until: until, restart: false)
    }
    let goesOn = order.kind == .historical || order.kind == .audit
    return "Para \(goesOn ? "continuar" : "repetir"): \(Command.line(for: order))"
  }
}

/// The words of progress and of reports.
enum Words {
  /// What the slices of a run are called.
  static func slices(of kind: RunKind) -> String {
    switch kind {
    case .reattribute, .assign: "lotes"
    case .audit: "días"
    case .hourly, .historical: "tramos"
    }
  }

  static func calls(_ count: Int) -> String { "\(count) llamadas" }
  static func pages(_ count: Int) -> String { counted(count, "página", "páginas") }
  static func shortPages(_ count: Int) -> String { "\(count) pág." }
  static func retries(_ count: Int) -> String { counted(count, "reintento", "reintentos") }
  static func remaining(_ clock: String) -> String { "quedan \(clock)" }
  static func progress(_ parts: [String]) -> String { "Progreso: " + parts.joined(separator: ", ") }

  static func total(checks: Int, faults: Int, warnings: Int) -> String {
    "\(counted(checks, "comprobación", "comprobaciones")): \(counted(faults, "problema", "problemas")), "
      + counted(warnings, "aviso", "avisos")
  }

  static func numbers(_ count: Int, odd: Int) -> String {
    "\(counted(count, "número", "números")) en el directorio, \(odd) con algo raro"
  }

  static func lastCall(_ moment: String) -> String { "última llamada \(moment)" }
  static func recent(_ calls: Int, days: Int) -> String { "llamadas en \(days) días: \(calls)" }

  static let rowsOfDirectory = "Filas de workspace_phones"
  static let candidates = "Llamadas a ese lead, las más cercanas"
  static let moves = "Cambios de workspace"
  static func run(_ run: RunID) -> String { "ejecución \(run.number)" }
  static let noWorkspace = "sin workspace"

  /// The headings of zsh's completions.
  static let (command, option) = ("comando", "opción")

  private static func counted(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }
}
