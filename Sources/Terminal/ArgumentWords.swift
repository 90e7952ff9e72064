/// Arguments told apart: a command, its operand, options and their values.
struct ArgumentWords {
  private(set) var command: CommandName?
  private(set) var operand: String?
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

  func value(of option: CommandOption) -> String? { options[option] }

  /// Faults when an option stands there that the command does not have.
  func checkOptions(of command: CommandName) throws(UsageError) {
    let allowed = command.options + CommandOption.common
    for option in CommandOption.allCases where has(option) && !allowed.contains(option) {
      throw UsageError("La opción \(option.name) no vale para «\(command.rawValue)».", command: command)
    }
  }

  private mutating func takeOperand(_ word: String) throws(UsageError) {
    if command == nil {
      guard let name = CommandName(rawValue: word) else {
        throw UsageError("El comando «\(word)» no existe.")
      }
      command = name
    } else if command == .completion, operand == nil {
      operand = word
    } else {
      throw UsageError("El argumento «\(word)» sobra.", command: command)
    }
  }

  private mutating func takeOption(
    _ word: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = CommandOption(name: name) else {
      throw UsageError("La opción «\(name)» no existe.", command: command)
    }
    guard !has(option) else { throw UsageError("La opción \(option.name) está repetida.", command: command) }
    let value = parts.count == 2 ? String(parts[1]) : nil
    options[option] = try argument(of: option, value, &rest)
  }

  private func argument(
    of option: CommandOption, _ value: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let placeholder = option.placeholder else {
      if value == nil { return "" }
      throw UsageError("La opción \(option.name) no lleva valor.", command: command)
    }
    if let value, !value.isEmpty { return value }
    guard value == nil, let next = rest.first, !next.hasPrefix("-"), !next.isEmpty else {
      throw UsageError("A la opción \(option.name) le falta su valor (\(placeholder)).", command: command)
    }
    rest.removeFirst()
    return next
  }
}
