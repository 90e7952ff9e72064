/// The help texts, for standard output.
package enum Usage {
  /// Help of a command or, with nil, of the program; ended by a line feed.
  package static func text(of command: CommandName?) -> String {
    command.map(text(of:)) ?? program
  }

  private static var program: String {
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

  private static func text(of command: CommandName) -> String {
    """
    Uso: \(synopsis(command))

    \(description(command))

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

  private static func synopsis(_ command: CommandName) -> String {
    let options = (command.options + [.json]).map { " [\(spelling($0))]" }.joined()
    return "twilio-sync \(command.rawValue)\(command == .completion ? " bash|zsh|fish" : options)"
  }

  private static func row(_ option: CommandOption) -> (String, String) {
    (option == .help ? "-h, --help" : spelling(option), option.summary)
  }

  private static func spelling(_ option: CommandOption) -> String {
    option.placeholder.map { "\(option.name) \($0)" } ?? option.name
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, meaning in
      "  " + name + String(repeating: " ", count: width - name.count + 2) + meaning
    }.joined(separator: "\n")
  }
}
