package import CallDomain

/// Decides what is written to standard error, and when: on a terminal one line redrawn in
/// place, elsewhere a plain line now and then. Time and width come in, text to write comes
/// out, empty when there is nothing to write.
package struct ProgressDisplay: Sendable {
  /// Where the text goes.
  package enum Place: Hashable, Sendable {
    case terminal(Paint)
    case log
  }

  /// How far the run has come.
  package private(set) var progress = RunProgress()
  private let bar: ProgressBar
  private let isTerminal: Bool
  private let interval: Duration
  private var lastWrite = Duration.zero
  /// Columns of the bar that stands on the terminal now; zero when none does.
  private var columnsDrawn = 0

  /// - Parameter interval: how long to wait between two writings; a tenth of a second on a
  ///   terminal and ten seconds elsewhere if nil.
  package init(_ kind: RunKind, place: Place, interval: Duration? = nil) {
    switch place {
    case .terminal(let paint):
      bar = ProgressBar(kind, paint: paint)
      isTerminal = true
      self.interval = interval ?? .milliseconds(100)
    case .log:
      bar = ProgressBar(kind)
      isTerminal = false
      self.interval = interval ?? .seconds(10)
    }
  }

  /// Takes a step in, and writes if it is time to.
  package mutating func take(_ step: ProgressStep, after elapsed: Duration, width: Int) -> String {
    progress.take(step)
    return tick(after: elapsed, width: width)
  }

  /// Time has passed.
  package mutating func tick(after elapsed: Duration, width: Int) -> String {
    guard elapsed - lastWrite >= interval else { return "" }
    return written(after: elapsed, width: width)
  }

  /// A line of the log goes to the same terminal: the bar makes room and stands below it again.
  package mutating func making(
    roomFor line: String, after elapsed: Duration, width: Int
  ) -> String {
    guard columnsDrawn > 0 else { return line }
    return erased(width: width) + line + written(after: elapsed, width: width)
  }

  /// The last state, which stays on the terminal.
  package mutating func end(after elapsed: Duration, width: Int) -> String {
    let last = written(after: elapsed, width: width)
    columnsDrawn = 0
    return isTerminal ? last + "\n" : last
  }

  private mutating func written(after elapsed: Duration, width: Int) -> String {
    lastWrite = elapsed
    guard isTerminal else { return bar.plainLine(progress, after: elapsed) + "\n" }
    let line = bar.drawn(progress, after: elapsed, width: width)
    let text = erased(width: width) + line
    columnsDrawn = max(1, width - 1)
    return text
  }

  // A terminal that became narrower has wrapped the bar: the cursor stands on its last row, and
  // the rows above belong to the bar too.
  private mutating func erased(width: Int) -> String {
    let rowsAbove = columnsDrawn > 0 ? (columnsDrawn - 1) / max(1, width) : 0
    columnsDrawn = 0
    return "\r" + (rowsAbove > 0 ? "\u{1B}[\(rowsAbove)A" : "") + "\u{1B}[J"
  }
}
