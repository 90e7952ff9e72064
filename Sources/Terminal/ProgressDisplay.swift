package import CallDomain
package import SyncEngine

/// Decides what is written to standard error, and when: on a terminal one line, redrawn in place every tenth
/// of a second, elsewhere a plain line every ten seconds. Time and width come in, the text to write comes out,
/// empty when there is nothing to write.
package struct ProgressDisplay: Sendable {
  /// Where the text goes.
  package enum Place: Hashable, Sendable {
    case terminal(Paint)
    case log
  }

  private var progress = ProgressState()
  private let bar: ProgressBar
  private let isTerminal: Bool
  private let interval: Duration
  private var lastWrite = Duration.zero
  /// Columns of the bar that is on the terminal now; zero when there is none.
  private var columnsDrawn = 0

  package init(_ kind: RunKind, place: Place) {
    switch place {
    case .terminal(let paint):
      bar = ProgressBar(kind, paint: paint)
      isTerminal = true
      interval = .milliseconds(100)
    case .log:
      bar = ProgressBar(kind)
      isTerminal = false
      interval = .seconds(10)
    }
  }

  /// Takes an event in; when it means progress and it is time to, writes.
  package mutating func take(_ event: SyncEvent, after elapsed: Duration, width: Int) -> String {
    progress.take(event) ? tick(after: elapsed, width: width) : ""
  }

  /// Writes if it is time to.
  package mutating func tick(after elapsed: Duration, width: Int) -> String {
    guard elapsed - lastWrite >= interval else { return "" }
    return written(after: elapsed, width: width)
  }

  /// A line of the log goes to the same terminal: the bar makes room and comes again below it.
  package mutating func making(roomFor line: String, after elapsed: Duration, width: Int) -> String {
    guard columnsDrawn > 0 else { return line }
    return erased(width: width) + line + written(after: elapsed, width: width)
  }

  /// The last state, which stays on the terminal; elsewhere nothing of a run that made no progress.
  package mutating func end(after elapsed: Duration, width: Int) -> String {
    guard isTerminal || progress != ProgressState() else { return "" }
    let last = written(after: elapsed, width: width)
    columnsDrawn = 0
    return isTerminal ? last + "\n" : last
  }

  private mutating func written(after elapsed: Duration, width: Int) -> String {
    lastWrite = elapsed
    guard isTerminal else { return bar.plainLine(progress, after: elapsed) + "\n" }
    defer { columnsDrawn = max(1, width - 1) }
    return erased(width: width) + bar.drawn(progress, after: elapsed, width: width)
  }

  // A terminal that became narrower has wrapped the bar: the cursor is on its last row, and the rows above
  // belong to the bar too.
  private mutating func erased(width: Int) -> String {
    let rowsAbove = columnsDrawn > 0 ? (columnsDrawn - 1) / max(1, width) : 0
    columnsDrawn = 0
    return "\r" + (rowsAbove > 0 ? "\u{1B}[\(rowsAbove)A" : "") + "\u{1B}[J"
  }
}
