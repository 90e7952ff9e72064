import Dispatch
import Foundation
import Terminal

/// Waits for the signals that end the program.
final class Signals: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let stream: AsyncStream<ExitStatus>

  /// From here on SIGTERM and SIGINT no longer end the process by themselves.
  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: ExitStatus.self)
    self.stream = stream
    sources = [(SIGTERM, ExitStatus.terminated), (SIGINT, .interrupted)].map { number, status in
      #if canImport(Darwin)
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(status) }
      source.resume()
      return source
    }
  }

  /// The first signal that comes, as the exit status it asks for; nil when the task is cancelled.
  func next() async -> ExitStatus? {
    await stream.first { _ in true }
  }
}
