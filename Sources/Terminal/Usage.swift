/// The help, for standard output; its sentences are in `Spanish.swift`.
package enum Usage {
  /// Help of a command or, with nil, of the program; ended by a line feed.
  package static func text(of command: CommandName?) -> String {
    command.map(help) ?? program
  }

  /// What may follow the command's name, each with a space before it.
  static func operands(of command: CommandName) -> String {
    if command == .completion { return command.operand.map { " \($0)" } ?? "" }
    return (command.operand.map { " \($0)" } ?? "")
      + (command.options + [.json]).map { " [\(spelling($0))]" }.joined()
  }

  static func row(_ option: CommandOption) -> (String, String) {
    (option == .help ? "-h, --help" : spelling(option), option.summary)
  }

  /// Names and meanings in two columns.
  static func table(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, meaning in
      "  " + name + String(repeating: " ", count: width - name.count + 2) + meaning
    }.joined(separator: "\n")
  }

  private static func spelling(_ option: CommandOption) -> String {
    option.placeholder.map { "\(option.name) \($0)" } ?? option.name
  }
}
