/// What the command line asks for.
package enum SimulatorArguments: Sendable {
  /// Print the help.
  case help
  /// Print the own numbers with their workspaces.
  case printPhones
  /// Run a simulator.
  case run(SimulatorConfiguration)

  /// Reads the arguments without the program's name.
  /// - Throws: a sentence that names the argument that could not be read.
  package init(_ arguments: [String]) throws(SimulatorError) {
    var reader = ArgumentReader(rest: arguments[...])
    var configuration = SimulatorConfiguration()
    configuration.port = 8010
    var plan: (text: String, seed: UInt64?) = ("", nil)
    var freezes = false
    while let name = reader.next() {
      switch name {
      case "--help", "-h":
        self = .help
        return
      case "--print-phones":
        self = .printPhones
        return
      case "--faults": plan.text = try reader.value(of: name)
      case "--faults-seed": plan.seed = UInt64(try reader.number(of: name))
      case "--freeze": freezes = true
      default: try configuration.read(name, &reader)
      }
    }
    configuration.faults = try FaultPlan(text: plan.text, seed: plan.seed ?? configuration.seed)
    if freezes { configuration.clock = .fixed(configuration.clock.now(real: configuration.machineClock())) }
    self = .run(configuration)
  }
}

/// Takes arguments one by one.
struct ArgumentReader {
  var rest: ArraySlice<String>

  mutating func next() -> String? {
    rest.popFirst()
  }

  mutating func value(of name: String) throws(SimulatorError) -> String {
    guard let value = next() else { throw SimulatorError("\(name) needs a value.") }
    return value
  }

  mutating func number(of name: String) throws(SimulatorError) -> Int {
    let text = try value(of: name)
    guard let number = Int(text), number >= 0 else {
      throw SimulatorError("\(name) needs a whole number, not '\(text)'.")
    }
    return number
  }

  mutating func choice<Choice: RawRepresentable<String>>(
    of name: String, _: Choice.Type
  ) throws(SimulatorError) -> Choice {
    let text = try value(of: name)
    guard let choice = Choice(rawValue: text) else {
      throw SimulatorError("'\(text)' is no value of \(name); see --help.")
    }
    return choice
  }
}

extension SimulatorConfiguration {
  fileprivate mutating func read(_ name: String, _ reader: inout ArgumentReader) throws(SimulatorError) {
    switch name {
    case "--port": port = try reader.number(of: name)
    case "--host": host = try reader.value(of: name)
    case "--allow-other-hosts": allowsOtherHosts = true
    case "--seed": seed = UInt64(try reader.number(of: name))
    case "--scenario": scenario = try reader.choice(of: name, Scenario.self)
    case "--calls": callCount = try reader.number(of: name)
    case "--latency": latencyMilliseconds = try reader.number(of: name)
    case "--concurrency-limit": concurrencyLimit = try reader.number(of: name)
    case "--account-sid": credentials.accountSID = try reader.value(of: name)
    case "--auth-token": credentials.authToken = try reader.value(of: name)
    case "--api-key": credentials.apiKey = try reader.value(of: name)
    case "--api-secret": credentials.apiSecret = try reader.value(of: name)
    case "--now": clock = .running(offsetSeconds: try secondsUntil(try reader.value(of: name)))
    default: try options.read(name, &reader)
    }
  }

  private func secondsUntil(_ text: String) throws(SimulatorError) -> Int64 {
    guard let moment = Moment(filterText: text) else {
      throw SimulatorError("--now needs a time such as 2026-03-01T09:00:00Z, not '\(text)'.")
    }
    return moment.seconds - machineClock().seconds
  }
}

extension ListingOptions {
  fileprivate mutating func read(_ name: String, _ reader: inout ArgumentReader) throws(SimulatorError) {
    switch name {
    case "--date-precision": precision = try reader.choice(of: name, DatePrecision.self)
    case "--empty-fields": emptyFields = try reader.choice(of: name, EmptyFieldStyle.self)
    case "--lag": lagSeconds = Int64(try reader.number(of: name))
    case "--retention-days": retentionDays = try reader.number(of: name)
    case "--empty-last-page": emptyLastPage = true
    case "--insert-between-pages": insertedBetweenPages = try reader.number(of: name)
    case "--repeat-rows": repeatedRows = try reader.number(of: name)
    default: throw SimulatorError("Unknown argument '\(name)'; see --help.")
    }
  }
}
