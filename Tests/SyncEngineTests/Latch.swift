/// Signals that one side gives and the other waits for, one for one. Waiting ends when its task is cancelled.
final class Latch: Sendable {
  private let stream: AsyncStream<Void>
  private let source: AsyncStream<Void>.Continuation

  init() {
    (stream, source) = AsyncStream.makeStream()
  }

  func signal() { source.yield() }

  /// - Throws: `CancellationError` when the waiting task is cancelled, now or before.
  func wait() async throws {
    for await _ in stream { return }
    throw CancellationError()
  }
}
