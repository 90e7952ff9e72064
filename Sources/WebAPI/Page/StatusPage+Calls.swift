import CallDomain

// How many calls there were, whose they are, and what they came to.
extension StatusPage {
  var hours: HTML {
    let starts = (0..<24).map { status.asOf.startOfHour.adding(hours: $0 - 23) }
    let bars = bars(starts, figures.hours) { start, index in
      let hour = String(language.minute(start).suffix(5))
      return (index.isMultiple(of: 4) ? hour : "", "\(String(start.isoDate.suffix(5))) \(hour)")
    }
    return chart(
      "hours", language.say("Llamadas por hora, últimas 24 horas", "Calls per hour, last 24 hours"),
      language.say("Hora (UTC)", "Hour (UTC)"), bars)
  }

  var days: HTML {
    let starts = (0..<30).map { status.asOf.startOfDay.adding(hours: 24 * ($0 - 29)) }
    let bars = bars(starts, figures.days) { start, index in
      let day = String(start.isoDate.suffix(5))
      return (index % 5 == 4 ? day : "", start.isoDate)
    }
    return chart(
      "days", language.say("Llamadas por día, últimos 30 días", "Calls per day, last 30 days"),
      language.say("Día (UTC)", "Day (UTC)"), bars)
  }

  private func bars(
    _ starts: [Timestamp], _ buckets: [PageFigures.Bucket],
    _ words: (Timestamp, Int) -> (tick: String, label: String)
  ) -> [StackedBars.Bar] {
    let byStart = Dictionary(grouping: buckets, by: \.start)
    return starts.enumerated().map { index, start in
      let (tick, label) = words(start, index)
      return StackedBars.Bar(tick: tick, label: label, values: workspaces.values(byStart[start] ?? []))
    }
  }

  private func chart(_ id: String, _ title: String, _ heading: String, _ bars: [StackedBars.Bar]) -> HTML {
    let total = bars.reduce(0) { $0 + $1.total }
    guard total > 0 else {
      return section(id, title, [paragraph(language.say("Ninguna llamada.", "No calls."), style: "quiet")])
    }
    let busiest = bars.max { $0.total < $1.total }
    let description = language.say(
      "\(language.number(total)) llamadas; el máximo, \(language.number(busiest?.total ?? 0)), \(busiest?.label ?? "").",
      "\(language.number(total)) calls; the most, \(language.number(busiest?.total ?? 0)), \(busiest?.label ?? "")."
    )
    return section(
      id, title,
      [
        paragraph(description, style: "quiet"), workspaces.legend,
        StackedBars(
          title: title, description: description, labelHeading: heading, series: workspaces.series,
          bars: bars,
          language: language, id: "\(id)-chart"
        ).html,
      ])
  }

  var money: HTML {
    let title = language.say(
      "Coste y minutos facturables, últimos 30 días", "Cost and billable minutes, last 30 days")
    guard !figures.totals.isEmpty else {
      return section(
        "money", title, [paragraph(language.say("Ninguna llamada.", "No calls."), style: "quiet")])
    }
    var byWorkspace: [(id: WorkspaceID?, totals: [PageFigures.Total])] = []
    for total in figures.totals {
      if let last = byWorkspace.indices.last, byWorkspace[last].id == total.workspace {
        byWorkspace[last].totals.append(total)
      } else {
        byWorkspace.append((total.workspace, [total]))
      }
    }
    return section(
      "money", title,
      [
        Table(
          caption: title,
          headings: [
            "Workspace", language.say("Llamadas", "Calls"), language.say("Minutos", "Minutes"),
            language.say("Coste", "Cost"),
          ],
          rows: byWorkspace.map { entry in
            [
              workspaces.name(of: entry.id), language.number(entry.totals.reduce(0) { $0 + $1.calls }),
              language.number(entry.totals.reduce(0) { $0 + $1.minutes }), costs(entry.totals),
            ]
          }
        ).html,
        paragraph(
          language.say(
            "Cada llamada cuenta con su duración redondeada al minuto siguiente. Sin las que aún no tienen precio.",
            "Each call counts with its duration rounded up to the minute. Without those that have no price yet."
          ),
          style: "quiet"),
      ])
  }

  private func costs(_ totals: [PageFigures.Total]) -> String {
    let costs = totals.compactMap { total in total.cost.map { language.money($0, unit: total.unit) } }
    return costs.isEmpty ? "–" : costs.joined(separator: " + ")
  }

  var defaults: HTML {
    let facts = status.facts
    let share = facts.callsOfDay > 0 ? facts.defaultCallsOfDay * 100 / facts.callsOfDay : 0
    let sentence = language.say(
      "\(language.number(facts.defaultCallsOfDay)) de \(language.number(facts.callsOfDay)) llamadas de las últimas 24 horas (\(share) %).",
      "\(language.number(facts.defaultCallsOfDay)) of \(language.number(facts.callsOfDay)) calls of the last 24 hours (\(share) %)."
    )
    let title = language.say("En el workspace por defecto", "In the default workspace")
    guard !figures.defaultNumbers.isEmpty else { return section("default", title, [paragraph(sentence)]) }
    let none = language.say(
      "sin llamada relacionada, o número oculto", "no related call, or a withheld number")
    return section(
      "default", title,
      [
        paragraph(sentence),
        Table(
          caption: language.say("Números con más llamadas", "Numbers with most calls"),
          headings: [language.say("Número", "Number"), language.say("Llamadas", "Calls")],
          rows: figures.defaultNumbers.map { [$0.number ?? none, language.number($0.calls)] }
        ).html,
        paragraph(
          language.say(
            "Un número suyo: póngale su workspace en workspace_phones y ejecute «twilio-sync reattribute».",
            "A number of yours: give it its workspace in workspace_phones and run “twilio-sync reattribute”."),
          style: "quiet"),
      ])
  }
}
