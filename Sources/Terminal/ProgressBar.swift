package import CallDomain

/// Draws progress: one line for a terminal, or one for a log.
package struct ProgressBar: Sendable {
  private let unit: String
  private let paint: Paint

  /// - Parameter kind: decides what the slices are called.
  package init(_ kind: RunKind, paint: Paint = .none) {
    unit = Words.slices(of: kind)
    self.paint = paint
  }

  /// The progress in exactly one column less than `width`, so that no terminal wraps it. What
  /// does not fit is left out, the least important first; the bar takes the columns that remain.
  package func drawn(_ progress: ProgressState, after elapsed: Duration, width: Int) -> String {
    let columns = max(1, width - 1)
    let gap = width < Self.narrow ? " " : "  "
    let parts = parts(progress, elapsed)
    var shown: Set<Int> = []
    var used = Self.shortestBar
    for (position, part) in parts.enumerated().sorted(by: { $0.element.rank < $1.element.rank }) {
      let length = part.text.count + gap.count
      if used + length <= columns {
        shown.insert(position)
        used += length
      }
    }
    let bar = columns - used + Self.shortestBar
    let texts = parts.indices.filter(shown.contains).map { parts[$0].text }
    return ([self.bar(progress, length: bar)] + texts).joined(separator: gap)
  }

  /// The progress as a line of a log.
  package func plainLine(_ progress: ProgressState, after elapsed: Duration) -> String {
    let parts: [String?] = [
      progress.percent.map { "\($0) %" }, Words.calls(progress.calls), Words.pages(progress.pages),
      "\(progress.rate(after: elapsed))/s",
      progress.slices > 0 ? "\(progress.slicesDone) de \(progress.slices) \(unit)" : nil,
      remaining(progress, elapsed), progress.retries > 0 ? Words.retries(progress.retries) : nil,
    ]
    return Words.progress(parts.compactMap(\.self))
  }

  /// What a line may hold, in its order. The smaller the rank, the longer a text stays when the terminal is
  /// narrow.
  private func parts(_ progress: ProgressState, _ elapsed: Duration) -> [(text: String, rank: Int)] {
    let parts: [(text: String?, rank: Int)] = [
      (progress.percent.map { "\($0) %" }, 0), (Words.calls(progress.calls), 1),
      (Words.shortPages(progress.pages), 6), ("\(progress.rate(after: elapsed))/s", 4),
      (progress.slices > 0 ? "\(progress.slicesDone)/\(progress.slices) \(unit)" : nil, 5),
      (remaining(progress, elapsed), 2), (progress.retries > 0 ? "↻ \(progress.retries)" : nil, 3),
    ]
    return parts.compactMap { text, rank in text.map { ($0, rank) } }
  }

  private func remaining(_ progress: ProgressState, _ elapsed: Duration) -> String? {
    progress.remainingSeconds(after: elapsed).map { Words.remaining(Self.clock($0)) }
  }

  /// A length of time as a clock shows it: `0:03`, `12:40`, `1:02:03`; negative lengths count as zero.
  private static func clock(_ seconds: Int64) -> String {
    let seconds = max(0, seconds)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return (hours == 0 ? "\(minutes)" : "\(hours):\(two(minutes))") + ":\(two(seconds % 60))"
  }

  private func bar(_ progress: ProgressState, length: Int) -> String {
    let full = (progress.percent ?? 0) * length / 100
    return paint.green(String(repeating: "█", count: full)) + String(repeating: "░", count: length - full)
  }

  private static let shortestBar = 3
  /// Below so many columns one space has to do between two parts.
  private static let narrow = 60
}
