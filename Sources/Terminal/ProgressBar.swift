package import CallDomain

/// Draws progress: one line for a terminal, or one for a log.
package struct ProgressBar: Sendable {
  private let unit: String
  private let paint: Paint

  /// - Parameter kind: decides what the parts of the work are called.
  package init(_ kind: RunKind, paint: Paint = .none) {
    unit = kind == .reattribute ? "lotes" : "tramos"
    self.paint = paint
  }

  /// The progress in exactly one column less than `width`, so that no terminal wraps it. What
  /// does not fit is left out, the least important first; the bar takes the columns that remain.
  package func drawn(_ progress: RunProgress, after elapsed: Duration, width: Int) -> String {
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
  package func plainLine(_ progress: RunProgress, after elapsed: Duration) -> String {
    let percent = progress.percent.map { "\($0) %" }
    let slices = progress.slices > 0 ? "\(progress.slicesDone) de \(progress.slices) \(unit)" : nil
    let remaining = remaining(progress, elapsed)
    let retries =
      progress.retries > 0 ? "\(progress.retries) \(progress.retries == 1 ? "reintento" : "reintentos")" : nil
    let parts: [String?] = [
      percent, "\(progress.calls) llamadas", progress.pages == 1 ? "1 página" : "\(progress.pages) páginas",
      "\(progress.rate(after: elapsed))/s", slices, remaining, retries,
    ]
    return "Progreso: " + parts.compactMap(\.self).joined(separator: ", ")
  }

  private struct Part {
    let text: String
    /// The smaller, the longer it stays when the terminal is narrow.
    let rank: Int
  }

  private func parts(_ progress: RunProgress, _ elapsed: Duration) -> [Part] {
    let percent = progress.percent.map { Part(text: "\($0) %", rank: 0) }
    let slices =
      progress.slices > 0
      ? Part(text: "\(progress.slicesDone)/\(progress.slices) \(unit)", rank: 5) : nil
    let parts: [Part?] = [
      percent,
      Part(text: "\(progress.calls) llamadas", rank: 1),
      Part(text: "\(progress.pages) pág.", rank: 6),
      Part(text: "\(progress.rate(after: elapsed))/s", rank: 4),
      slices,
      remaining(progress, elapsed).map { Part(text: $0, rank: 2) },
      progress.retries > 0 ? Part(text: "↻ \(progress.retries)", rank: 3) : nil,
    ]
    return parts.compactMap(\.self)
  }

  private func remaining(_ progress: RunProgress, _ elapsed: Duration) -> String? {
    progress.remainingSeconds(after: elapsed).map { "quedan \(ClockText.text(seconds: $0))" }
  }

  private func bar(_ progress: RunProgress, length: Int) -> String {
    let full = (progress.percent ?? 0) * length / 100
    return paint.green(String(repeating: "█", count: full)) + String(repeating: "░", count: length - full)
  }

  private static let shortestBar = 3
  /// Below so many columns one space has to do between two parts.
  private static let narrow = 60
}
