import CallDomain

// How many calls there were.
extension StatusPage {
  var hours: HTML {
    let starts = (1 - PageFigures.hourCount...0).map { status.asOf.startOfHour.adding(hours: $0) }
    return chart(
      "hours", language.say("Llamadas por hora, últimas 24 horas", "Calls per hour, last 24 hours"),
      heading: language.say("Hora (UTC)", "Hour (UTC)"), bars(starts, figures.hours, label: language.minute),
      ticks: stride(from: 0, to: starts.count, by: 4).map { language.clock(starts[$0]) })
  }

  var days: HTML {
    let starts = (1 - PageFigures.dayCount...0).map { status.asOf.startOfDay.adding(hours: 24 * $0) }
    return chart(
      "days", language.say("Llamadas por día, últimos 30 días", "Calls per day, last 30 days"),
      heading: language.say("Día (UTC)", "Day (UTC)"), bars(starts, figures.days, label: language.day),
      ticks: stride(from: 0, to: starts.count, by: 6).map { language.day(starts[$0]) })
  }

  private func bars(
    _ starts: [Timestamp], _ buckets: [PageFigures.Bucket], label: (Timestamp) -> String
  ) -> [StackedBars.Bar] {
    let byStart = Dictionary(grouping: buckets, by: \.start)
    return starts.map { StackedBars.Bar(label: label($0), values: workspaces.values(byStart[$0] ?? [])) }
  }

  private func chart(
    _ id: String, _ title: String, heading: String, _ bars: [StackedBars.Bar], ticks: [String]
  ) -> HTML {
    let total = bars.reduce(0) { $0 + $1.total }
    guard total > 0 else {
      return section(id, title, [noCalls])
    }
    let busiest = bars.max { $0.total < $1.total }
    let most = "\(language.number(busiest?.total ?? 0)) (\(busiest?.label ?? ""))"
    let description = language.say(
      "\(language.number(total)) llamadas; el máximo, \(most). La última barra aún crece.",
      "\(language.number(total)) calls; the most, \(most). The last bar is still growing.")
    return section(
      id, title,
      [
        paragraph(description, style: "quiet"),
        StackedBars(
          title: title, description: description, labelHeading: heading, series: workspaces.series,
          bars: bars, ticks: ticks, language: language, id: "\(id)-chart"
        ).html,
      ])
  }
}
