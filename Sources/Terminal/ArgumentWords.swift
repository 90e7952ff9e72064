import CallDomain

/// The command line cannot be understood (exit status 2).
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong and which help explains the right usage, in Spanish.
  package let description: String

  init(_ fault: String, _ command: CommandName?) {
    description = "\(fault) \(Fault.hint(command))"
  }
}

/// The arguments as a command, its operands, and options with their values.
struct ArgumentWords {
  private var command: CommandName?
  private var operands: [String] = []
  private var options: [CommandOption: String] = [:]

  init(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word.hasPrefix("-") {
        try takeOption(word, &rest)
      } else {
        try takeOperand(word)
      }
    }
  }

  func has(_ option: CommandOption) -> Bool { options[option] != nil }

  private func wrong(_ fault: String) -> UsageError { UsageError(fault, command) }

  private mutating func takeOperand(_ word: String) throws(UsageError) {
    if command == nil {
      guard let name = CommandName(rawValue: word) else { throw wrong(Fault.unknownCommand(word)) }
      command = name
    } else if let command, operands.count < command.mostOperands {
      operands.append(word)
    } else {
      throw wrong(Fault.superfluous(word))
    }
  }

  private mutating func takeOption(
    _ word: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = CommandOption(name: name) else { throw wrong(Fault.unknownOption(name)) }
    guard !has(option) else { throw wrong(Fault.repeated(option)) }
    let value = parts.count == 2 ? String(parts[1]) : nil
    options[option] = try argument(of: option, value, &rest)
  }

  private func argument(
    of option: CommandOption, _ value: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let placeholder = option.placeholder else {
      if value == nil { return "" }
      throw wrong(Fault.noValueAllowed(option))
    }
    if let value, !value.isEmpty { return value }
    guard value == nil, let next = rest.first, !next.hasPrefix("-"), !next.isEmpty else {
      throw wrong(Fault.missingValue(option, placeholder))
    }
    rest.removeFirst()
    return next
  }

  // MARK: What they ask for

  func action() throws(UsageError) -> Command.Action {
    if has(.help) { return .help(command) }
    if has(.version) { return .version }
    let command = command ?? .serve
    let allowed = command.options + CommandOption.common
    if let option = CommandOption.allCases.first(where: { has($0) && !allowed.contains($0) }) {
      throw UsageError(Fault.notAllowed(option, command.rawValue), command)
    }
    switch command {
    case .serve: return .serve
    case .hourly: return .run(.hourly)
    case .historical:
      let (since, until) = try dates()
      return .run(.historical(since: since, until: until, restart: has(.restart)))
    case .audit:
      let (since, until) = try dates()
      return .run(.audit(since: since, until: until))
    case .reattribute: return .run(.reattribute(since: try date(.since), dryRun: has(.dryRun)))
    case .explain: return .explain(try sid())
    case .phones: return try phones()
    case .migrate: return .migrate
    case .doctor: return .doctor
    case .health: return .health(url: try url())
    case .completion: return .completion(try shell())
    }
  }

  private func dates() throws(UsageError) -> (since: Timestamp?, until: Timestamp?) {
    let since = try date(.since)
    let until = try date(.until)
    if let since, let until, since >= until { throw wrong(Fault.reversedDates(since, until)) }
    return (since, until)
  }

  private func date(_ option: CommandOption) throws(UsageError) -> Timestamp? {
    guard let text = options[option] else { return nil }
    guard let date = Timestamp(iso8601: text) else { throw wrong(Fault.badDate(text, option)) }
    return date
  }

  private func url() throws(UsageError) -> String? {
    guard let text = options[.url] else { return nil }
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https", text.dropFirst(scheme.count).hasPrefix("://"),
      text.count > scheme.count + 3
    else { throw wrong(Fault.badURL(text)) }
    return text
  }

  private func sid() throws(UsageError) -> CallSID {
    guard let operand = operands.first else { throw wrong(Fault.missingSID) }
    guard let sid = CallSID(operand) else { throw wrong(Fault.badSID(operand)) }
    return sid
  }

  private func phones() throws(UsageError) -> Command.Action {
    guard let word = operands.first else {
      let option = [CommandOption.dryRun, .past].first(where: has)
      if let option { throw wrong(Fault.notAllowed(option, "phones")) }
      return .phones
    }
    guard word == "assign" else { throw wrong(Fault.superfluous(word)) }
    guard operands.count == 3 else { throw wrong(Fault.missingNumber) }
    guard let number = PhoneNumber(listed: operands[1]) else {
      throw wrong(RunFailure.withheldNumber.message)
    }
    guard let workspace = Int64(operands[2]), workspace >= 0 else {
      throw wrong(Fault.badWorkspace(operands[2]))
    }
    return .run(
      .assign(
        PhoneAssignment(
          number: number, workspace: WorkspaceID(workspace), movesPast: has(.past), isRehearsal: has(.dryRun))
      ))
  }

  private func shell() throws(UsageError) -> Shell {
    guard let operand = operands.first else { throw wrong(Fault.missingShell) }
    guard let shell = Shell(rawValue: operand) else { throw wrong(Fault.unknownShell(operand)) }
    return shell
  }
}
