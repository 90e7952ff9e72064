import Dispatch
import Foundation
import Synchronization
import Terminal

/// Waits for the signals that end the program.
final class Signals: Sendable {
  private let sources: Mutex<[any DispatchSourceSignal]>
  private let stream: AsyncStream<ExitStatus>

  /// From here on SIGTERM and SIGINT no longer end the process by themselves.
  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: ExitStatus.self)
    self.stream = stream
    let signals = [(SIGTERM, ExitStatus.terminated), (SIGINT, .interrupted)]
    sources = Mutex(signals.map { Self.source($0, status: $1, continuation) })
  }

  private static func source(
    _ number: Int32, status: ExitStatus, _ continuation: AsyncStream<ExitStatus>.Continuation
  ) -> any DispatchSourceSignal {
    #if canImport(Darwin)
      signal(number, SIG_IGN)
    #endif
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { continuation.yield(status) }
    source.resume()
    return source
  }

  /// The first signal that comes, as the exit status it asks for; nil when the task is cancelled.
  func next() async -> ExitStatus? {
    await stream.first { _ in true }
  }
}
