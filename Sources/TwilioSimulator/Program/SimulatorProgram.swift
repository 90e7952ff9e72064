import Foundation

/// The program `twilio-simulator`.
package enum SimulatorProgram {
  /// Runs it with the arguments without the program's name.
  /// - Returns: the exit status: 0 done, 1 could not listen, 2 wrong usage.
  package static func run(_ arguments: [String]) async -> Int32 {
    do throws(SimulatorError) {
      switch try SimulatorArguments(arguments) {
      case .help: write(SimulatorArguments.helpText)
      case .printPhones: write(SimulatorArguments.phones)
      case .run(let configuration): return await serve(configuration)
      }
      return 0
    } catch {
      return fail(error, 2)
    }
  }

  private static func serve(_ configuration: SimulatorConfiguration) async -> Int32 {
    let stop = Gate()
    let signals = [SIGTERM, SIGINT].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { stop.open() }
      source.resume()
      return source
    }
    defer { for source in signals { source.cancel() } }
    do throws(SimulatorError) {
      let server = try await SimulatorServer.start(configuration)
      write(server.baseURL)
      await stop.wait()
      await server.stop()
      return 0
    } catch {
      return fail(error, 1)
    }
  }

  private static func write(_ text: String, to handle: FileHandle = .standardOutput) {
    handle.write(Data((text + "\n").utf8))
  }

  private static func fail(_ error: SimulatorError, _ status: Int32) -> Int32 {
    write("twilio-simulator: \(error)", to: .standardError)
    return status
  }
}
