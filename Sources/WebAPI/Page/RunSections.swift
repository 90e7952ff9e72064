import CallDomain

/// The recent runs, and a resync that is in progress.
struct RunSections {
  let status: ServiceStatus
  let figures: PageFigures
  let language: PageLanguage

  var recent: HTML {
    let title = language.say("Últimas ejecuciones", "Recent runs")
    guard !figures.runs.isEmpty else {
      return .section(
        "runs", title,
        [
          .paragraph(
            language.say(
              "Ninguna todavía. Llame a /api/sync-twilio-hourly o ejecute «twilio-sync hourly».",
              "None yet. Call /api/sync-twilio-hourly or run “twilio-sync hourly”."))
        ])
    }
    return .section(
      "runs", title,
      [
        Table(
          caption: title,
          columns: [
            .text(language.say("Empezó", "Began")), .text(language.say("Tipo", "Kind")),
            .text(language.say("Estado", "State")), .number(language.say("Duración", "Duration")),
            .number(language.say("Guardadas", "Stored")), .aside(language.say("Pidió", "By")),
            .text(language.say("Número", "Number")),
          ],
          rows: figures.runs.map(row), isStacked: true
        ).html
      ])
  }

  private func row(_ run: SyncRun) -> Table.Row {
    Table.Row(
      [
        .text(language.minute(run.startedAt)), .text(language.kind(run.kind)), language.mark(run.state),
        .text(run.durationMilliseconds.map(language.seconds) ?? "–"),
        language.storedCalls(of: run, language.number(run.counts.savedCalls)),
        .element("bdi", text: run.requestedBy),
        .element("a", ["href": "/runs/\(run.id.number)?lang=\(language.rawValue)"], text: "\(run.id.number)"),
      ], note: run.error.map { .element("span", ["lang": language.foreign], text: language.readable($0)) })
  }

  /// How far a resync has come, while one is running.
  var resync: [HTML] {
    guard let run = status.facts.runs[.historical]?.last, run.state == .running else { return [] }
    let share = figures.resync?.percent ?? 0
    let slices =
      "\(language.number(figures.resync?.doneSlices ?? 0))/\(language.number(figures.resync?.slices ?? 0))"
    let calls = language.number(run.counts.totalCalls)
    let began = language.ago(run.startedAt, now: status.asOf)
    let period = run.period.map {
      language.say(
        " Del \(language.time($0.start)) al \(language.time($0.end)).",
        " From \(language.time($0.start)) to \(language.time($0.end)).")
    }
    return [
      .section(
        "resync", language.say("Resincronización histórica en curso", "Historical resync in progress"),
        [
          .figure(
            "\(share)\u{A0}%",
            language.say(
              "del periodo; tramos \(slices), \(calls) llamadas, empezó \(began).",
              "of the period; slices \(slices), \(calls) calls, began \(began).") + (period ?? "")),
          .element(
            "progress",
            [
              "value": "\(share)", "max": "100",
              "aria-label": language.say("Parte del periodo leída", "Share of the period read"),
            ],
            text: "\(share)\u{A0}%"),
        ])
    ]
  }
}
