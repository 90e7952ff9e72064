import CSystem
import CallDomain
import SyncEngine
import Synchronization
import Telemetry
import Terminal

/// Shows on standard error how far a long run has come: on a terminal a bar that makes room for the lines
/// of the log, elsewhere a line now and then.
final class ProgressScreen: Sendable {
  private struct State {
    var display: ProgressDisplay
    /// Nil before the run and after it.
    var began: ContinuousClock.Instant?
  }

  private let state: Mutex<State>
  private let log: @Sendable (String) -> Void
  /// Whether the log goes to the terminal that shows the bar.
  private let sharesTerminal: Bool

  /// Nil where there is nothing to show: an hourly run is short, and a log for machines is no place for
  /// words.
  ///
  /// - Parameters:
  ///   - log: Writes lines of the log.
  ///   - logsToError: Whether that is to standard error.
  init?(
    _ kind: RunKind, environment: [String: String], logFormat: Logger.Format, logsToError: Bool,
    log: @escaping @Sendable (String) -> Void
  ) {
    let isTerminal = Self.columns(of: Self.standardError) >= 0 && environment["TERM"] != "dumb"
    guard kind != .hourly, isTerminal || logFormat == .text else { return nil }
    let place: ProgressDisplay.Place =
      isTerminal ? .terminal(Paint(isTerminal: true, environment: environment)) : .log
    state = Mutex(State(display: ProgressDisplay(kind, place: place)))
    sharesTerminal = isTerminal && (logsToError || Self.columns(of: Self.standardOutput) >= 0)
    self.log = log
  }

  /// Takes in what happened in the run.
  func take(_ event: SyncEvent) {
    state.withLock { state in
      switch event {
      case .started: state.began = .now
      case .finished, .failed, .interrupted:
        Self.write(&state) { $0.end(after: $1, width: $2) }
        state.began = nil
      default: Self.write(&state) { $0.take(event, after: $1, width: $2) }
      }
    }
  }

  /// Writes lines of the log.
  func makeRoom(for lines: String) {
    state.withLock { state in
      guard sharesTerminal, state.began != nil else { return log(lines) }
      Self.write(&state) { $0.making(roomFor: lines, after: $1, width: $2) }
    }
  }

  /// Lets time pass on the screen until the task is cancelled.
  func keepCurrent() async {
    while (try? await Clocks.sleep(Self.tick)) != nil {
      state.withLock { state in Self.write(&state) { $0.tick(after: $1, width: $2) } }
    }
  }

  // The width is asked for every time, so that a terminal may change its size.
  private static func write(
    _ state: inout State, _ text: (inout ProgressDisplay, Duration, Int) -> String
  ) {
    guard let began = state.began else { return }
    let columns = columns(of: standardError)
    let written = text(&state.display, began.duration(to: .now), columns > 0 ? columns : usualColumns)
    if !written.isEmpty { Output.error(written) }
  }

  /// Negative where there is no terminal.
  private static func columns(of descriptor: Int32) -> Int {
    Int(csystem_terminal_columns(descriptor))
  }

  private static let standardOutput: Int32 = 1
  private static let standardError: Int32 = 2
  /// Of a terminal that does not tell.
  private static let usualColumns = 80
  private static let tick: Int64 = 100
}
