import CallDomain

// What the calls came to.
extension StatusPage {
  /// The calls of a workspace, whatever their unit.
  private struct Sum {
    var calls = 0
    var minutes = 0
    var unpriced = 0
    var money = Money()

    mutating func add(_ total: PageFigures.Total) {
      calls += total.calls
      minutes += total.minutes
      unpriced += total.unpriced
      if let cost = total.cost { money.add(cost, unit: total.unit) }
    }
  }

  var money: HTML {
    let title = language.say(
      "Coste y minutos facturables, últimos 30 días", "Cost and billable minutes, last 30 days")
    guard !figures.totals.isEmpty else {
      return section("money", title, [noCalls])
    }
    var all = Sum()
    var sums: [WorkspaceID?: Sum] = [:]
    for total in figures.totals {
      all.add(total)
      sums[total.workspace, default: Sum()].add(total)
    }
    let order = sums.sorted {
      ($1.value.calls, $0.key?.number ?? 0) < ($0.value.calls, $1.key?.number ?? 0)
    }
    return section(
      "money", title,
      [
        Table(
          caption: title, columns: columns(all),
          rows: order.map { id, sum in
            Table.Row(
              [
                .element(
                  "span", ["class": "name"],
                  [workspaces.swatch(of: id), .element("bdi", [:], text: workspaces.name(of: id))])
              ] + cells(sum, all))
          },
          sum: Table.Row([.text(language.say("Todos", "All"))] + cells(all, all))
        ).html,
        paragraph(
          language.say(
            "Cada llamada cuenta con su duración redondeada al minuto siguiente. El coste es el de las que ya tienen precio.",
            "Each call counts with its duration rounded up to the minute. The cost is that of calls that have a price."
          ),
          style: "quiet"),
      ])
  }

  private func columns(_ all: Sum) -> [Table.Column] {
    [
      .text("Workspace"), .number(language.say("Llamadas", "Calls")),
      .number(language.say("Minutos", "Minutes")),
    ]
      + (all.unpriced > 0
        ? [Table.Column(heading: language.say("Sin precio", "No price"), style: "number aside")] : [])
      + [.number(language.say("Coste", "Cost"))]
  }

  private func cells(_ sum: Sum, _ all: Sum) -> [HTML] {
    ([language.number(sum.calls), language.number(sum.minutes)]
      + (all.unpriced > 0 ? [language.number(sum.unpriced)] : []) + [sum.money.text(language) ?? "–"])
      .map(HTML.text)
  }
}
