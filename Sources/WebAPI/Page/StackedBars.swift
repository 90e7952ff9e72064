import CallDomain

/// A bar for each hour or day, stacked by workspace, as SVG with a table of the same numbers behind it.
///
/// The bars are stretched to the screen's width; what is to be read stands beside them in HTML, at the size of
/// all other text.
struct StackedBars: Sendable {
  /// One bar.
  struct Bar: Sendable {
    /// In the table and the bar's title.
    let label: String
    /// By series, in the order of `series`.
    let values: [Int]

    var total: Int { values.reduce(0, +) }
  }

  let title: String
  let description: String
  let labelHeading: String
  let series: [Workspaces.Entry]
  let bars: [Bar]
  /// Under the bars, evenly from the first of them on.
  let ticks: [String]
  let language: PageLanguage
  /// Tells this chart's ids from another's.
  let id: String

  var html: HTML {
    .element(
      "figure", [:],
      [
        legend, .element("div", ["class": "plot"], [scale, svg]),
        .element(
          "div", ["class": "ticks", "aria-hidden": "true"], ticks.map { .element("span", [:], text: $0) }),
        table,
      ])
  }

  private var legend: HTML {
    .element(
      "ul", ["class": "legend"],
      series.enumerated().map { index, entry in
        let calls = bars.reduce(0) { $0 + $1.values[index] }
        return .element(
          "li", [:],
          [
            entry.swatch, .element("bdi", [:], text: entry.name),
            .element("b", [:], text: language.number(calls)),
          ])
      })
  }

  /// The least of 1, 2 or 5 times a power of ten at which four steps hold the highest bar.
  private var step: Int {
    let highest = max(bars.map(\.total).max() ?? 0, 4)
    var power = 1
    while true {
      for factor in [1, 2, 5] where factor * power * 4 >= highest { return factor * power }
      power *= 10
    }
  }

  private var scale: HTML {
    .element(
      "div", ["class": "scale", "aria-hidden": "true"],
      (0...4).reversed().map { .element("span", [:], text: language.number($0 * step)) })
  }

  // A bar has ten units of width with what lies between it and the next, all bars have a thousand of height.
  private var svg: HTML {
    .element(
      "svg",
      [
        "viewBox": "0 0 \(bars.count * 10) 1000", "preserveAspectRatio": "none", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-desc",
      ],
      [
        .element("title", ["id": "\(id)-title"], text: title),
        .element("desc", ["id": "\(id)-desc"], text: description),
        .element(
          "path",
          ["class": "grid", "d": (0...4).map { "M0 \($0 * 250)H\(bars.count * 10)" }.joined()]),
      ] + series.indices.map(segments) + bars.enumerated().map { title(of: $0.element, at: $0.offset) })
  }

  /// All bars' parts of one series.
  private func segments(_ position: Int) -> HTML {
    let parts = bars.enumerated().map { index, bar in
      let below = bar.values.prefix(position).reduce(0, +)
      let (bottom, top) = (height(below), height(below + bar.values[position]))
      guard bar.values[position] > 0 else { return "" }
      // Neighbours are kept apart where there is room for it.
      let gap = position > 0 && top - bottom > 16 ? 8 : 0
      return "M\(index * 10 + 1) \(1000 - bottom - gap)h8V\(1000 - top)h-8z"
    }
    return .element("path", ["class": series[position].style, "d": parts.joined()])
  }

  private func height(_ calls: Int) -> Int {
    calls.multipliedClamped(by: 1000) / (step * 4)
  }

  /// What a pointer on a bar is told.
  private func title(of bar: Bar, at index: Int) -> HTML {
    let shares = zip(series, bar.values).filter { $0.1 > 0 }.map { "\($0.0.name) \(language.number($0.1))" }
    return .element(
      "rect", ["x": "\(index * 10)", "width": "10", "height": "1000"],
      [
        .element(
          "title", [:],
          text: "\(bar.label): \(language.number(bar.total))"
            + (shares.isEmpty ? "" : " (\(shares.joined(separator: ", ")))"))
      ])
  }

  private var table: HTML {
    .element(
      "details", [:],
      [
        .element("summary", [:], text: language.say("Ver los números", "Show the numbers")),
        Table(
          caption: title,
          columns: [.text(labelHeading)] + series.map { .number($0.name) } + [
            .number(language.say("Total", "Total"))
          ],
          rows: bars.map { bar in
            Table.Row(texts: [bar.label] + bar.values.map(language.number) + [language.number(bar.total)])
          }
        ).html,
      ])
  }
}
