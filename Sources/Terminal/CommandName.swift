/// The commands of the program, in the order of its help.
package enum CommandName: String, Sendable, CaseIterable {
  case serve
  case hourly
  case historical
  case reattribute
  case migrate
  case doctor
  case health
  case completion

  /// What the command accepts besides the options that every command has.
  var options: [CommandOption] {
    switch self {
    case .serve, .hourly, .migrate, .doctor, .completion: []
    case .historical: [.since, .until, .restart]
    case .reattribute: [.since, .dryRun]
    case .health: [.url]
    }
  }

  /// What it does, for the list of commands.
  var summary: String {
    switch self {
    case .serve: "atiende HTTP hasta SIGTERM o SIGINT; es lo que se hace sin comando"
    case .hourly: "hace una sincronización horaria y termina"
    case .historical: "hace la resincronización histórica, o continúa la interrumpida"
    case .reattribute: "aplica otra vez las reglas de asignación a las llamadas guardadas"
    case .migrate: "crea o actualiza el esquema de la base de datos"
    case .doctor: "comprueba la instalación y dice qué hacer"
    case .health: "pregunta a un servidor en marcha si vive"
    case .completion: "escribe el autocompletado para bash, zsh o fish"
    }
  }
}

/// The options of all commands.
enum CommandOption: String, CaseIterable {
  case since
  case until
  case restart
  case dryRun = "dry-run"
  case url
  case json
  case help
  case version

  /// Those that every command accepts.
  static let common: [CommandOption] = [.json, .help, .version]

  var name: String { "--" + rawValue }

  /// The option that is written so; `-h` is the only short form.
  init?(name: String) {
    guard name != "-h" else {
      self = .help
      return
    }
    guard name.hasPrefix("--") else { return nil }
    self.init(rawValue: String(name.dropFirst(2)))
  }

  /// What its value is called in the help; nil when it takes none.
  var placeholder: String? {
    switch self {
    case .since, .until: "FECHA"
    case .url: "URL"
    case .restart, .dryRun, .json, .help, .version: nil
    }
  }

  var summary: String {
    switch self {
    case .since: "desde esta fecha, incluida"
    case .until: "hasta esta fecha, sin incluirla"
    case .restart: "empieza de nuevo en lugar de continuar lo interrumpido"
    case .dryRun: "solo informa; no cambia nada"
    case .url: "dirección del servidor; sin ella, la de HOST y PORT"
    case .json: "escribe el resultado como un objeto JSON; los registros van a la salida de errores"
    case .help: "muestra esta ayuda"
    case .version: "muestra la versión"
    }
  }
}
