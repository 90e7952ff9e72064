import CallDomain

/// How many calls there were in each hour and on each day, by workspace.
struct CallCharts {
  let now: Timestamp
  let scope: PageScope
  let figures: PageFigures
  let workspaces: Workspaces
  let language: PageLanguage

  /// Nil where the scope ends earlier.
  var hours: HTML? {
    guard scope.endsNow else { return nil }
    let starts = (1 - PageFigures.hourCount...0).map { now.startOfHour.adding(hours: $0) }
    let first = starts.first ?? now
    return chart(
      "hours",
      language.say(
        "Llamadas por hora, desde el \(language.minute(first))",
        "Calls per hour, since \(language.minute(first))"),
      heading: language.say("Hora (\(language.zone.name))", "Hour (\(language.zone.name))"),
      starts, hours: 1, figures.hours, label: language.minute,
      ticks: stride(from: 0, to: starts.count, by: 4).map { language.clock(starts[$0]) })
  }

  var days: HTML {
    let starts = scope.days
    return chart(
      "days",
      language.say("Llamadas por día, \(language.days(scope))", "Calls per day, \(language.days(scope))"),
      heading: language.say("Día (UTC)", "Day (UTC)"),
      starts, hours: 24, figures.days, label: language.day,
      ticks: stride(from: 0, to: starts.count, by: max(1, starts.count / 5)).map { language.day(starts[$0]) })
  }

  private func bars(
    _ starts: [Timestamp], hours: Int, _ buckets: [PageFigures.Bucket], label: (Timestamp) -> String
  ) -> [StackedBars.Bar] {
    let byStart = Dictionary(grouping: buckets, by: \.start)
    return starts.map { start in
      var calls = scope.calls
      calls.since = start
      calls.until = calls.until.map { min($0, start.adding(hours: hours)) }
      return StackedBars.Bar(
        label: label(start), search: calls, values: workspaces.values(byStart[start] ?? []))
    }
  }

  private func chart(
    _ id: String, _ title: String, heading: String, _ starts: [Timestamp], hours: Int,
    _ buckets: [PageFigures.Bucket], label: (Timestamp) -> String, ticks: [String]
  ) -> HTML {
    let bars = bars(starts, hours: hours, buckets, label: label)
    let total = bars.reduce(0) { $0 + $1.total }
    guard total > 0 else { return .section(id, title, [language.noCalls]) }
    let busiest = bars.max { $0.total < $1.total }
    let most = "\(language.number(busiest?.total ?? 0)) (\(busiest?.label ?? ""))"
    let isGrowing = scope.endsNow && starts.last.map { $0.adding(hours: hours) > now } ?? false
    let description =
      language.say(
        "\(language.number(total)) llamadas; el máximo, \(most).",
        "\(language.number(total)) calls; the most, \(most).")
      + (isGrowing ? language.say(" La última barra aún crece.", " The last bar is still growing.") : "")
    return .section(
      id, title,
      [
        .paragraph(description, style: "quiet"),
        StackedBars(
          title: title, description: description, labelHeading: heading, series: workspaces.series,
          bars: bars, ticks: ticks, language: language, id: "\(id)-chart"
        ).html,
      ])
  }
}

/// A bar for each hour or day, stacked by workspace, as SVG with a table of the same numbers behind it.
///
/// The bars are stretched to the screen's width; the text is beside them in HTML, at the size of all
/// other text.
private struct StackedBars {
  /// One bar.
  struct Bar {
    /// In the table and the bar's title.
    let label: String
    /// Finds those that it counts.
    let search: CallSearch
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
          "div", ["class": "ticks", "aria-hidden": "true"], ticks.map { .element("span", text: $0) }),
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
            entry.swatch, .element("bdi", text: entry.name),
            .element("b", [:], [count(calls, of: entry)]),
          ])
      })
  }

  /// The calls of one workspace in all bars; several together lead nowhere, since no search finds them and no others.
  private func count(_ calls: Int, of entry: Workspaces.Entry) -> HTML {
    let number = language.number(calls)
    guard let id = entry.id, var search = bars.first?.search else { return .text(number) }
    search.until = bars.last?.search.until
    search.workspace = id
    return language.link(number, to: search)
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
      (0...4).reversed().map { .element("span", text: language.number($0 * step)) })
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
    let shares = zip(series, bar.values).filter { $0.1 > 0 }
      .map { "\(HTML.isolated($0.0.name)) \(language.number($0.1))" }
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
        .element("summary", text: language.say("Ver los números", "Show the numbers")),
        Table(
          caption: title,
          columns: [.text(labelHeading)] + series.map { .number($0.name) } + [
            .number(language.say("Total", "Total"))
          ],
          rows: bars.map { bar in
            Table.Row(
              ([bar.label] + bar.values.map(language.number)).map(HTML.text) + [
                language.link(language.number(bar.total), to: bar.search)
              ])
          }
        ).html,
      ])
  }
}
