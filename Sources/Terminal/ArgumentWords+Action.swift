import CallDomain

extension ArgumentWords {
  /// What the words ask for.
  func action() throws(UsageError) -> Command.Action {
    if has(.help) { return .help(command) }
    if has(.version) { return .version }
    let command = command ?? .serve
    try checkOptions(of: command)
    switch command {
    case .serve: return .serve
    case .hourly: return .run(.hourly)
    case .historical: return .run(try historical())
    case .reattribute: return .run(.reattribute(since: try date(.since), dryRun: has(.dryRun)))
    case .migrate: return .migrate
    case .doctor: return .doctor
    case .health: return .health(url: try url())
    case .completion: return .completion(try shell())
    }
  }

  private func historical() throws(UsageError) -> RunOrder {
    let since = try date(.since)
    let until = try date(.until)
    if let since, let until, since >= until {
      throw UsageError(
        "--since (\(since.iso8601)) debe ser anterior a --until (\(until.iso8601)).", command: command)
    }
    return .historical(since: since, until: until, restart: has(.restart))
  }

  private func date(_ option: CommandOption) throws(UsageError) -> Timestamp? {
    guard let text = value(of: option) else { return nil }
    guard let date = Timestamp(iso8601: text) else {
      throw UsageError(
        "La fecha «\(text)» de \(option.name) no es válida: use AAAA-MM-DD o una hora ISO 8601, en UTC, "
          + "como 2025-08-01 o 2025-08-01T10:30:00Z.", command: command)
    }
    return date
  }

  private func url() throws(UsageError) -> String? {
    guard let text = value(of: .url) else { return nil }
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https", text.dropFirst(scheme.count).hasPrefix("://"),
      text.count > scheme.count + 3
    else {
      throw UsageError("«\(text)» no es una dirección http:// o https://.", command: command)
    }
    return text
  }

  private func shell() throws(UsageError) -> Shell {
    let names = Shell.allCases.map(\.rawValue).joined(separator: ", ")
    guard let operand else {
      throw UsageError("Falta el intérprete de comandos: \(names).", command: command)
    }
    guard let shell = Shell(rawValue: operand) else {
      throw UsageError("No hay autocompletado para «\(operand)»; los hay para \(names).", command: command)
    }
    return shell
  }
}
