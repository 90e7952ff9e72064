import BlockingWork
import CSystem
import CallDomain
import CallStore
import Curl
import Dispatch
import Foundation
import Postgres
import SyncEngine
import Synchronization
import Telemetry
import Terminal

/// The program: arguments and environment in, exit status out.
package enum Program {
  /// Does what the command line asks for, and ends the process. Not asynchronous itself: before the first line
  /// of an asynchronous `main` the runtime has opened descriptors, which would be standard output where that
  /// is closed.
  package static func main(commandLine: [String], environment: [String: String]) -> Never {
    StandardStreams.prepare()
    // Now, while no thread reads the environment yet.
    csystem_forget_key_log()
    Task.detached {
      let status = await run(commandLine: commandLine, environment: environment)
      PostgresPool.finishCancelRequests()
      // One of the handlers of `exit` takes OpenSSL down, in which such a thread computes. What was printed has
      // been flushed.
      if PostgresPool.threadsAreLeftBehind { _exit(status) }
      exit(status)
    }
    dispatchMain()
  }

  /// Does what the command line asks for.
  ///
  /// - Parameters:
  ///   - commandLine: The program's name and the arguments. Swift reads them from /proc on Linux, and finds
  ///     not even the name where it is not mounted: then nothing is done.
  ///   - variables: The process's environment.
  /// - Returns: The exit status of Reference.md, "Exit status".
  package static func run(commandLine: [String], environment variables: [String: String]) async -> Int32 {
    defer { Output.flush() }
    // Files of secrets are read once: some can be read only once.
    let settings = Settings(variables)
    let environment = settings.environment
    guard !commandLine.isEmpty else {
      Output.error("❌ No se pueden leer los argumentos, porque /proc no está montado; móntelo.\n")
      return ExitStatus.usage.rawValue
    }
    Output.form.withLock { form in
      form.format = environment["LOG_FORMAT"].flatMap { Logger.Format(rawValue: $0.lowercased()) } ?? .text
      form.redaction = settings.redaction
    }
    let signals = Signals { status in
      Output.flush(within: .milliseconds(200))
      _exit(status.rawValue)
    }
    signals.listen()
    Memory.shareHeaps()
    Memory.keepPrivate()
    do {
      let command = try Command(arguments: Array(commandLine.dropFirst()))
      return try await perform(command, environment, signals).rawValue
    } catch let error as UsageError {
      Output.error("❌ \(LogLine.onOneLine("\(error)"))\n")
    } catch let error as ConfigurationFaults {
      // What reads a log of JSON finds no other line in it.
      for sentence in error.sentences {
        Output.error(
          Output.line(
            .error, "configuration_fault", "❌ \(sentence)", [LogField("error", .text(sentence))]))
      }
    } catch {
      let failure = RunFailure(unexpected: error)
      Output.error(
        Output.line(
          .error, "unexpected_error", "❌ \(failure.message)", [LogField("error", .text(failure.message))],
          cause: failure.cause))
      return ExitStatus.failed.rawValue
    }
    return ExitStatus.usage.rawValue
  }

  private static func perform(
    _ command: Command, _ environment: [String: String], _ signals: Signals
  ) async throws -> ExitStatus {
    switch command.action {
    case .help(let name):
      return await Output.result(Usage.text(of: name))
    case .version:
      return await Output.result("twilio-sync \(Version.text)\n")
    case .completion(let shell):
      return await Output.result(Completion.script(for: shell))
    case .health(let url):
      return try await Health(url: url, environment: environment).run(json: command.json)
    case .serve:
      let metrics = try ServiceMetrics(startedAt: Clocks.now())
      let service = try service(environment, .all, metrics: metrics, json: command.json)
      return await Serve(service: service, signals: signals).run()
    case .migrate:
      let service = try service(environment, [.log, .database], json: command.json)
      return await Migrate(service: service, signals: signals).run(json: command.json)
    case .explain(let sid):
      let service = try service(environment, [.log, .database], json: command.json)
      return await ReadCommand(service: service, json: command.json).explain(sid)
    case .phones:
      let service = try service(environment, [.log, .database], json: command.json)
      return await ReadCommand(service: service, json: command.json).phones()
    case .doctor: return await Doctor(environment: environment).run(json: command.json)
    case .run(let order):
      return try await run(
        order, Configuration(environment: environment, needs: .run(order.kind)), environment, signals,
        command.json)
    }
  }

  private static func run(
    _ order: RunOrder, _ configuration: Configuration, _ environment: [String: String], _ signals: Signals,
    _ json: Bool
  ) async -> ExitStatus {
    let log = json ? Output.error : Output.log
    let screen = ProgressScreen(
      order.kind, environment: environment, logFormat: configuration.logFormat, logsToError: json, log: log)
    let logger = logger(configuration, sink: screen?.makeRoom ?? log)
    ConfigurationReport.report(configuration, to: logger)
    let service = Service(configuration, logger: logger) { screen?.take($0) }
    return await RunCommand(service: service, order: order, screen: screen, signals: signals)
      .run(json: json)
  }

  private static func service(
    _ environment: [String: String], _ needs: Configuration.Needs, metrics: ServiceMetrics? = nil, json: Bool
  ) throws(ConfigurationFaults) -> Service {
    let configuration = try Configuration(environment: environment, needs: needs)
    let logger = logger(configuration, sink: json ? Output.error : Output.log)
    ConfigurationReport.report(configuration, to: logger)
    return Service(configuration, logger: logger, metrics: metrics)
  }

  private static func logger(
    _ configuration: Configuration, sink: @escaping @Sendable (String) -> Void
  ) -> Logger {
    Logger(
      format: configuration.logFormat, minimumLevel: configuration.logLevel,
      redaction: configuration.redaction, clock: { Clocks.now().iso8601 }, sink: sink)
  }
}

/// The program's version, as `--version`, the User-Agent and the log tell it.
enum Version {
  static let text = "1.1.0"
  static let userAgent = "twilio-sync/\(text)"
}
