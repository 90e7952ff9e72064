import CallDomain

/// A bar for each hour or day, stacked by workspace, as SVG with a table of the same numbers behind it.
struct StackedBars: Sendable {
  /// One bar.
  struct Bar: Sendable {
    /// Under the bar; empty for most, so that they do not run into one another.
    let tick: String
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
  let language: PageLanguage
  /// Tells this chart's ids from another's.
  let id: String

  var html: HTML {
    .element("figure", [:], [svg, table])
  }

  private static let width = 720
  private static let height = 200
  private static let left = 44
  private static let bottom = 24
  private static let top = 8

  private var plotHeight: Int { Self.height - Self.top - Self.bottom }

  /// The least of 1, 2 or 5 times a power of ten at which four steps hold the highest bar.
  private var step: Int {
    let highest = max(bars.map(\.total).max() ?? 0, 4)
    var power = 1
    while true {
      for factor in [1, 2, 5] where factor * power * 4 >= highest { return factor * power }
      power *= 10
    }
  }

  private var svg: HTML {
    .element(
      "svg",
      [
        "viewBox": "0 0 \(Self.width) \(Self.height)", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-desc",
      ],
      [
        .element("title", ["id": "\(id)-title"], text: title),
        .element("desc", ["id": "\(id)-desc"], text: description),
      ] + grid + bars.enumerated().map { stack($0.element, at: $0.offset) })
  }

  private var grid: [HTML] {
    (0...4).flatMap { line -> [HTML] in
      let y = Self.top + plotHeight - plotHeight * line / 4
      return [
        .element(
          "line",
          [
            "class": "grid", "x1": "\(Self.left)", "x2": "\(Self.width)", "y1": "\(y)",
            "y2": "\(y)",
          ]),
        .element(
          "text", ["class": "axis", "x": "\(Self.left - 6)", "y": "\(y + 4)", "text-anchor": "end"],
          text: language.number(line * step)),
      ]
    }
  }

  private func stack(_ bar: Bar, at index: Int) -> HTML {
    let slot = Double(Self.width - Self.left) / Double(max(bars.count, 1))
    let x = Double(Self.left) + slot * (Double(index) + 0.12)
    var y = Double(Self.top + plotHeight)
    var parts: [HTML] = [.element("title", [:], text: caption(bar))]
    for (entry, value) in zip(series, bar.values) where value > 0 {
      let height = Double(plotHeight) * Double(value) / Double(step * 4)
      y -= height
      parts.append(
        .element(
          "rect",
          [
            "class": entry.style, "x": Self.short(x), "y": Self.short(y),
            "width": Self.short(slot * 0.76), "height": Self.short(height),
          ]))
    }
    if !bar.tick.isEmpty {
      parts.append(
        .element(
          "text",
          [
            "class": "axis", "x": Self.short(x + slot * 0.38), "y": "\(Self.height - 6)",
            "text-anchor": "middle",
          ], text: bar.tick))
    }
    return .element("g", [:], parts)
  }

  private func caption(_ bar: Bar) -> String {
    let shares = zip(series, bar.values).filter { $0.1 > 0 }.map { "\($0.0.name) \(language.number($0.1))" }
    return "\(bar.label): \(language.number(bar.total))"
      + (shares.isEmpty ? "" : " (\(shares.joined(separator: ", ")))")
  }

  /// A number with one decimal at the most.
  private static func short(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  private var table: HTML {
    .element(
      "details", [:],
      [
        .element("summary", [:], text: language.say("Ver los números", "Show the numbers")),
        Table(
          caption: title,
          headings: [labelHeading] + series.map(\.name) + [language.say("Total", "Total")],
          rows: bars.map { bar in
            [bar.label] + bar.values.map(language.number) + [language.number(bar.total)]
          }
        ).html,
      ])
  }
}
