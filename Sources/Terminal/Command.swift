package import CallDomain

/// What the command line asks for.
package struct Command: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    case serve
    /// `hourly`, `historical`, `reattribute`, `phones assign` and `audit`.
    case run(RunOrder)
    case migrate
    case doctor
    case explain(CallSID)
    /// The directory of numbers.
    case phones
    /// The server to ask, an `http` or `https` URL; nil for this machine and the configured port.
    case health(url: String?)
    case completion(Shell)
    /// Help of a command; nil for that of the program.
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
  /// Options may come before or after the command, their values after a space or `=`.
  /// `--help` and `--version` win over everything that is well formed.
  package init(arguments: [String]) throws(UsageError) {
    let words = try ArgumentWords(arguments)
    json = words.has(.json)
    action = try words.action()
  }

  /// The command line that asks for this run.
  static func line(for order: RunOrder) -> String {
    func option(_ name: String, _ date: Timestamp?) -> String {
      guard let date else { return "" }
      return " \(name) " + (date == date.startOfDay ? date.isoDate : date.iso8601)
    }
    return switch order {
    case .hourly: "twilio-sync hourly"
    case .historical(let since, let until, let restart):
      "twilio-sync historical" + option("--since", since) + option("--until", until)
        + (restart ? " --restart" : "")
    case .reattribute(let since, let dryRun):
      "twilio-sync reattribute" + option("--since", since) + (dryRun ? " --dry-run" : "")
    case .audit(let since, let until, _):
      "twilio-sync audit" + option("--since", since) + option("--until", until)
    case .assign(let assignment):
      "twilio-sync phones assign \(PhoneAssignment.argument(assignment.number.canonical)) "
        + "\(assignment.workspace.number)" + (assignment.isRehearsal ? " --dry-run" : "")
        + (assignment.movesPast ? " --past" : "")
    }
  }
}

/// The commands of the program, in the order of its help.
package enum CommandName: String, Sendable, CaseIterable {
  case serve, hourly, historical, reattribute, phones, explain, audit, migrate, doctor, health, completion

  /// What its operand is called in the help; nil where it takes none.
  var operand: String? {
    switch self {
    case .explain: "CA…"
    case .phones: "[assign NÚMERO WORKSPACE]"
    case .completion: Shell.allCases.map(\.rawValue).joined(separator: "|")
    case .serve, .hourly, .historical, .reattribute, .audit, .migrate, .doctor, .health: nil
    }
  }

  /// How many words it takes after its name, at most.
  var mostOperands: Int {
    switch self {
    case .phones: 3
    case .explain, .completion: 1
    case .serve, .hourly, .historical, .reattribute, .audit, .migrate, .doctor, .health: 0
    }
  }

  /// What the command accepts besides the options that every command has.
  var options: [CommandOption] {
    switch self {
    case .serve, .hourly, .explain, .migrate, .doctor, .completion: []
    case .historical: [.since, .until, .restart]
    case .audit: [.since, .until]
    case .reattribute: [.since, .dryRun]
    case .phones: [.dryRun, .past]
    case .health: [.url]
    }
  }
}

/// The options of all commands.
enum CommandOption: String, CaseIterable {
  case since, until, restart
  case dryRun = "dry-run"
  case past, url, json, help, version

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
}

/// How the program ends: its exit status (`Documentation.docc/Reference.md` in Sources/Bootstrap).
package enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  /// The run failed, or `doctor` found something that needs a person.
  case failed = 1
  /// Wrong usage or configuration.
  case usage = 2
  /// Another run of the kind is in progress.
  case alreadyRunning = 3
  /// Stopped by SIGINT: 128 + 2.
  case interrupted = 130
  /// Stopped by SIGTERM: 128 + 15.
  case terminated = 143

  /// What a failure means for the exit status. `stopping` counts as SIGTERM; a caller that knows the
  /// signal says `interrupted` or `terminated` instead.
  package init(_ kind: RunFailure.Kind) {
    switch kind {
    case .badParameter: self = .usage
    case .alreadyRunning: self = .alreadyRunning
    case .stopping: self = .terminated
    case .conflict, .leaseLost, .twilio, .database, .internal: self = .failed
    }
  }
}
