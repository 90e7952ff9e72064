import Synchronization

/// Writes events as lines, in one format, from any thread; the lines of one event stay
/// together and never mix with another's.
package final class Logger: Sendable {
  /// How lines look.
  package enum Format: String, Sendable, CaseIterable {
    /// The text for people, nothing else.
    case text
    /// One JSON object a line.
    case json
  }

  private let format: Format
  private let minimumLevel: LogLevel
  /// What is applied to everything that is written.
  package let redaction: Redaction
  private let clock: @Sendable () -> String
  private let sink: @Sendable (String) -> Void
  /// Held by whoever writes. The sink is not kept in it: a closure in a `Mutex` is wrapped once more each time
  /// it is taken out and put back, and calling it takes a little longer and deeper each time.
  private let turn = Mutex(())

  /// - Parameters:
  ///   - minimumLevel: events below it are dropped.
  ///   - redaction: the last net, applied to everything that is written.
  ///   - clock: the time of now, as lines show it.
  ///   - sink: takes whole lines, each ended by a line feed; never called by two threads at
  ///     once; must neither wait nor log itself.
  package init(
    format: Format, minimumLevel: LogLevel = .info, redaction: Redaction = .none,
    clock: @escaping @Sendable () -> String, sink: @escaping @Sendable (String) -> Void
  ) {
    self.format = format
    self.minimumLevel = minimumLevel
    self.redaction = redaction
    self.clock = clock
    self.sink = sink
  }

  /// The same logger with its lines going elsewhere.
  package func writing(to sink: @escaping @Sendable (String) -> Void) -> Logger {
    Logger(format: format, minimumLevel: minimumLevel, redaction: redaction, clock: clock, sink: sink)
  }

  /// Writes one event. In the text format an event without text writes nothing; in JSON the
  /// text is left out, so whatever a machine should know belongs into `fields`.
  ///
  /// Text and fields of an event that is dropped are not even made.
  ///
  /// - Parameter cause: What lies behind a failure, see `LogLine`.
  package func log(
    _ level: LogLevel, _ event: String, text: @autoclosure () -> [String] = [],
    fields: @autoclosure () -> [LogField] = [], cause: String? = nil
  ) {
    guard level >= minimumLevel else { return }
    let (text, fields) = (text(), fields())
    // The clock is read under the lock, so that times never run backwards in the output.
    turn.withLock { _ in
      let line = LogLine(time: clock(), level: level, event: event, text: text, fields: fields, cause: cause)
      let output = line.written(format, redaction)
      if !output.isEmpty { sink(output) }
    }
  }
}
