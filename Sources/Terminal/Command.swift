package import CallDomain

/// What the command line asks for.
package struct Command: Hashable, Sendable {
  /// What is to be done.
  package enum Action: Hashable, Sendable {
    case serve
    /// `hourly`, `historical` and `reattribute`.
    case run(RunOrder)
    case migrate
    case doctor
    /// The server to ask, an `http` or `https` URL; nil for this machine and the configured port.
    case health(url: String?)
    case completion(Shell)
    /// Help of a command, or of the program.
    case help(CommandName?)
    case version
  }

  package let action: Action
  /// Whether the result is printed as one JSON object.
  package let json: Bool

  package init(_ action: Action, json: Bool = false) {
    self.action = action
    self.json = json
  }

  /// Reads the arguments, without the program's name.
  ///
  /// Options may stand before or after the command, their values after a space or `=`.
  /// `--help` and `--version` win over everything that is well formed.
  package init(arguments: [String]) throws(UsageError) {
    let words = try ArgumentWords(arguments)
    json = words.has(.json)
    action = try words.action()
  }
}
