import CallDomain

// What runs left undone, and the runs themselves.
extension StatusPage {
  var undone: HTML {
    let facts = status.facts
    let items = [
      (
        language.say(
          "Transferencias sin llamada relacionada, 30 días", "Transfers without a related call, 30 days"),
        figures.unmatchedTransfers
      ),
      (
        language.say(
          "Sin precio o sin acabar, se preguntan otra vez", "Without a price or an end, asked again"),
        facts.unsettledCalls
      ),
      (language.say("Abandonadas tras 48 horas", "Given up after 48 hours"), facts.givenUpCalls),
      (language.say("Periodos que faltan", "Missing periods"), facts.holes.count),
    ]
    return section(
      "undone", language.say("Pendiente", "Undone"),
      [
        .element(
          "dl", ["class": "cards"],
          items.map { name, count in
            .element(
              "div", [:],
              [
                .element("dt", [:], text: name),
                .element("dd", ["class": "figure"], text: language.number(count)),
              ])
          })
      ] + holes)
  }

  private var holes: [HTML] {
    let holes = status.facts.holes
    guard !holes.isEmpty else { return [] }
    let shown = holes.prefix(Self.shownHoles)
    return [
      paragraph(
        language.say(
          "Lo que ninguna ejecución horaria leerá; cada orden rellena un periodo:",
          "What no hourly run will read; each command fills one period:"), style: "advice"),
      .element(
        "ul", ["class": "commands"],
        shown.map { hole in
          .element(
            "li", [:],
            [
              .element(
                "code", [:],
                text: "twilio-sync historical --since \(hole.start.iso8601) --until \(hole.end.iso8601)")
            ])
        }),
    ]
      + (holes.count > shown.count
        ? [paragraph(language.say("Los demás, en /api/sync-status.", "The others are at /api/sync-status."))]
        : [])
  }

  private static let shownHoles = 5

  var runs: HTML {
    let title = language.say("Últimas ejecuciones", "Recent runs")
    guard !figures.runs.isEmpty else {
      return section(
        "runs", title,
        [
          paragraph(
            language.say(
              "Ninguna todavía. Llame a /api/sync-twilio-hourly o ejecute «twilio-sync hourly».",
              "None yet. Call /api/sync-twilio-hourly or run “twilio-sync hourly”."))
        ])
    }
    return section(
      "runs", title,
      [
        Table(
          caption: title,
          headings: [
            "#", language.say("Tipo", "Kind"), language.say("Estado", "State"),
            language.say("Empezó (UTC)", "Began (UTC)"),
            language.say("Duración", "Duration"), language.say("Llamadas", "Calls"),
            language.say("Pidió", "By"),
            "Error",
          ],
          rows: figures.runs.map(row), text: [1, 2, 3, 6, 7]
        ).html
      ])
  }

  private func row(_ run: SyncRun) -> [String] {
    [
      "\(run.id.number)", language.kind(run.kind), language.state(run.state), language.minute(run.startedAt),
      run.durationMilliseconds.map(Self.seconds) ?? "–", language.number(run.counts.totalCalls),
      run.requestedBy,
      run.error ?? "",
    ]
  }
}
