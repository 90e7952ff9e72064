import CallDomain

/// What the command line asks for.
package enum SimulatorArguments: Sendable {
  case help
  case printPhones
  case run(SimulatorConfiguration)

  /// Reads the arguments without the program's name.
  /// - Throws: a sentence that names the argument that could not be read.
  package init(_ arguments: [String]) throws(SimulatorError) {
    var configuration = SimulatorConfiguration()
    configuration.port = 8010
    var script = ""
    var faultsSeed: UInt64?
    var freezes = false
    var rest = arguments[...]
    while let name = rest.popFirst() {
      func value<Value>(_ read: (String) -> Value?) throws(SimulatorError) -> Value {
        guard let text = rest.popFirst() else { throw SimulatorError("\(name) needs a value.") }
        if let value = read(text) { return value }
        throw SimulatorError("'\(text)' is no value of \(name); see --help.")
      }
      func text() throws(SimulatorError) -> String { try value { $0 } }
      func number() throws(SimulatorError) -> Int { try value { Int($0).flatMap { $0 < 0 ? nil : $0 } } }

      switch name {
      case "--help", "-h":
        self = .help
        return
      case "--print-phones":
        self = .printPhones
        return
      case "--port": configuration.port = try number()
      case "--host": configuration.host = try text()
      case "--allow-other-hosts": configuration.allowsOtherHosts = true
      case "--seed": configuration.seed = UInt64(try number())
      case "--scenario": configuration.scenario = try value(Scenario.init)
      case "--calls": configuration.callCount = try number()
      case "--now":
        let start = try value(Timestamp.init(filterText:))
        configuration.clock = .running(offsetSeconds: start.seconds - ClockSetting.real.now.seconds)
      case "--freeze": freezes = true
      case "--account-sid": configuration.credentials.accountSID = try text()
      case "--auth-token": configuration.credentials.authToken = try text()
      case "--api-key": configuration.credentials.apiKey = try text()
      case "--api-secret": configuration.credentials.apiSecret = try text()
      case "--faults": script = try text()
      case "--faults-seed": faultsSeed = UInt64(try number())
      default:
        let known = SimulatorOptions.names.first { $0.argument.split(separator: " ")[0] == name }
        guard let option = known else { throw SimulatorError("Unknown argument '\(name)'; see --help.") }
        let isFlag = !option.argument.contains(" ")
        let given = isFlag ? .bool(true) : try value { Int($0).map(JSONValue.integer) ?? .string($0) }
        guard configuration.options.set([option.key: given]) else {
          throw SimulatorError("\(name) has a wrong value; see --help.")
        }
      }
    }
    configuration.faults = try FaultPlan(text: script, seed: faultsSeed ?? configuration.seed)
    if freezes { configuration.clock = .fixed(configuration.clock.now) }
    self = .run(configuration)
  }

  /// The text of `--print-phones`: a number and a workspace a line, separated by a tab.
  package static var phones: String {
    OwnNumber.all.map { "\($0.number)\t\($0.workspace)" }.joined(separator: "\n")
  }

  /// The text of `--help`.
  package static let helpText = """
    twilio-simulator: a stand-in for Twilio's Calls API, for demos, tests and benchmarks.

      --port N                 port to listen on (8010); 0 lets the system choose
      --host ADDRESS           address to listen on (127.0.0.1)
      --allow-other-hosts      allows an address that is no loopback one
      --seed N                 what the calls are made from (1); same seed, same calls
      --scenario NAME          example87, history, steady or empty (empty)
      --calls N                how many calls history has (58000)
      --now ISO                where the clock starts; it goes on from there
      --freeze                 the clock stands still
      --account-sid AC…        with --auth-token, --api-key SK…, --api-secret: what opens the account
    \(options)
      --faults SCRIPT          such as '1:429=2; 2-3:503; list/4-:html; 5%:reset; *:latency=20'
      --faults-seed N          what random faults are drawn from
      --print-phones           prints the own numbers, each with its workspace, and ends

    Faults: \(Fault.names)

    Prints one line with its base URL when it listens; stops on SIGTERM and SIGINT.
    Control routes are listed at GET /_simulator/.
    """

  private static var options: String {
    SimulatorOptions.names.map { argument, _, help in
      "  \(argument)" + String(repeating: " ", count: max(1, 25 - argument.count)) + help
    }.joined(separator: "\n")
  }
}
