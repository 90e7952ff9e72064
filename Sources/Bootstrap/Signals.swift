import CSystem
import Dispatch
import Foundation
import Synchronization
package import Terminal

/// The signals that end the program. The first goes to whoever expects one, and the program ends in order; a
/// second one, and one that nobody expects because there is nothing to be put in order, ends it at once.
package final class Signals: Sendable {
  private struct State {
    var isExpected = false
    var waiter: CheckedContinuation<ExitStatus?, Never>?
    /// The one that came as expected, and when.
    var first: (status: ExitStatus, time: ContinuousClock.Instant)?

    /// None is expected any more; whoever waited is let go.
    mutating func leave() -> CheckedContinuation<ExitStatus?, Never>? {
      defer { (isExpected, waiter) = (false, nil) }
      return waiter
    }
  }

  private enum Effect {
    case none, end
    case wake(CheckedContinuation<ExitStatus?, Never>)
  }

  private let state = Mutex(State())
  private let now: @Sendable () -> ContinuousClock.Instant
  private let end: @Sendable (ExitStatus) -> Void

  /// - Parameters:
  ///   - now: A clock that never goes back.
  ///   - end: Ends the process at once.
  package init(
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    end: @escaping @Sendable (ExitStatus) -> Void
  ) {
    self.now = now
    self.end = end
  }

  /// From here on no signal of these ends the process by itself. SIGHUP counts as SIGTERM, unless the process
  /// was started to outlive it (nohup(1)).
  func listen() {
    let hangUp = csystem_ignores_hang_up() == 0 ? [(SIGHUP, ExitStatus.terminated)] : []
    let queue = DispatchQueue(label: "signals")
    for (number, status) in [(SIGTERM, .terminated), (SIGINT, .interrupted)] + hangUp {
      #if canImport(Darwin)
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      // A source lives as long as somebody holds it: here its own handler, to the end of the process.
      source.setEventHandler {
        withExtendedLifetime(source) { self.take(status) }
      }
      // It is only then that the signal no longer ends the process.
      let isInstalled = DispatchSemaphore(value: 0)
      source.setRegistrationHandler { isInstalled.signal() }
      source.resume()
      isInstalled.wait()
    }
  }

  /// What a signal does that has come, as the exit status it asks for.
  ///
  /// One request may come as two signals: timeout(1) sends SIGTERM to the process and to its group, and a
  /// terminal sends what a wrapper passes on besides. What follows so soon is the same request.
  package func take(_ status: ExitStatus) {
    let time = now()
    let effect: Effect = state.withLock { state in
      if state.isExpected {
        state.first = (status, time)
        return state.leave().map(Effect.wake) ?? .none
      }
      if let first = state.first, time - first.time < Self.echo { return .none }
      return .end
    }
    switch effect {
    case .none: break
    case .end: end(status)
    case .wake(let waiter): waiter.resume(returning: status)
    }
  }

  /// From here on the first signal is for the one who will wait for it.
  package func expect() {
    state.withLock { $0.isExpected = true }
  }

  /// Waits for the signal that is expected. None is any more when the task is cancelled.
  ///
  /// - Returns: The exit status that it asks for; nil when the task was cancelled before it came.
  package func first() async -> ExitStatus? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          if state.isExpected { state.waiter = continuation }
          return state.isExpected
        }
        if !isWaiting { continuation.resume(returning: state.withLock(\.first)?.status) }
      }
    } onCancel: {
      state.withLock { $0.leave() }?.resume(returning: nil)
    }
  }

  private static let echo = Duration.milliseconds(50)
}
