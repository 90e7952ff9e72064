import Dispatch
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program `twilio-simulator`.
package enum SimulatorProgram {
  /// Runs it with the arguments without the program's name.
  /// - Returns: the exit status: 0 done, 1 could not listen, 2 wrong usage.
  package static func run(_ arguments: [String]) async -> Int32 {
    do throws(SimulatorError) {
      switch try SimulatorArguments(arguments) {
      case .help: say(SimulatorArguments.helpText)
      case .printPhones: say(SimulatorArguments.phones)
      case .run(let configuration): return await serve(configuration)
      }
      return 0
    } catch {
      complain(error)
      return 2
    }
  }

  private static func serve(_ configuration: SimulatorConfiguration) async -> Int32 {
    do throws(SimulatorError) {
      let signals = StopSignals()
      let server = try await SimulatorServer.start(configuration)
      say(server.baseURL)
      await signals.wait()
      await server.stop()
      return 0
    } catch {
      complain(error)
      return 1
    }
  }

  private static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  private static func complain(_ error: SimulatorError) {
    FileHandle.standardError.write(Data("twilio-simulator: \(error)\n".utf8))
  }
}

/// Waits for SIGTERM or SIGINT.
private final class StopSignals {
  private let gate: Gate
  private let sources: [any DispatchSourceSignal]

  init() {
    let gate = Gate()
    self.gate = gate
    sources = [SIGTERM, SIGINT].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { gate.open() }
      source.resume()
      return source
    }
  }

  func wait() async {
    await gate.wait()
  }
}
