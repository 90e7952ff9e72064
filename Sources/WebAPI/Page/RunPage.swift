import CallDomain
import WebServer

/// The page of one recorded run, `/runs/{id}`.
struct RunPage {
  let run: SyncRun
  /// What workspaces are called.
  let names: [WorkspaceID: String]
  let language: PageLanguage

  static func route(_ service: any SyncService, zone: ClockZone) -> Route {
    Route(page: "/runs/{id}", zone: zone) { request, language throws(RunFailure) in
      guard let id = RunRoutes.runID(request.parameters["id"]), let run = try await service.run(id) else {
        return .missing(noRun, language)
      }
      let names = run.moves.isEmpty ? [:] : try await service.workspaceNames()
      return .page(RunPage(run: run, names: names, language: language).html)
    }
  }

  private var html: String {
    let words = language.say(
      "Ejecución \(language.kind(of: run)) \(run.id.number)",
      "Run \(run.id.number), \(language.kind(of: run))")
    return PageFrame(language: language, state: .subject(words), asOf: nil).page(
      [
        .section(
          "run", language.say("Qué hizo", "What it did"),
          [.element("p", [:], [language.mark(run.state)])] + error + [
            .element("dl", ["class": "cards"], facts)
          ]
        )
      ] + moves + days)
  }

  /// Of an audit, what it found of each day, and the first calls that differ.
  private var days: [HTML] {
    guard !run.days.isEmpty else { return [] }
    let title = language.say("Días comparados (UTC)", "Days compared (UTC)")
    let headings = [
      language.say("Twilio", "Twilio"), language.say("Guardadas", "Stored"),
      language.say("Faltan", "Missing"),
      language.say("Borradas", "Gone"), language.say("Distintas", "Different"),
      language.say("Mal asignadas", "Misattributed"), language.say("Rechazadas", "Refused"),
      language.say("No se guardan", "Not stored"),
    ]
    let table = Table(
      caption: title,
      columns: [.text(language.say("Día", "Day"))] + headings.map(Table.Column.number),
      rows: run.days.map { day in
        Table.Row(
          texts: [day.day.isoDate]
            + AuditDay.figures.map { day.isKept ? language.number(day[keyPath: $0.path]) : "–" })
      }, isStacked: true)
    let examples = run.days.flatMap { day in day.examples.map { (day, $0) } }.prefix(Self.mostSums)
    let calls = Table(
      caption: language.say("Llamadas que difieren", "Calls that differ"),
      columns: [
        .text(language.say("Llamada", "Call")), .text(language.say("Día", "Day")),
        .text(language.say("Qué", "What")), .text(language.say("Campo", "Field")),
      ],
      rows: examples.map { day, example in
        Table.Row([
          example.kind == .missing
            ? .text(example.sid)
            : .element(
              "a", ["href": "/calls/\(example.sid)?lang=\(language.rawValue)"], text: example.sid),
          .text(day.day.isoDate), .text(language.kind(example.kind)), .text(example.field ?? "–"),
        ])
      }, isStacked: true)
    return [
      .section("days", title, [table.html] + (examples.isEmpty ? [] : [calls.html]))
    ]
  }

  /// What it moved, or would move: the most first, as many as a page can show.
  private var moves: [HTML] {
    guard !run.moves.isEmpty else { return [] }
    let title =
      run.isRehearsal
      ? language.say("Se reasignarían", "Would be moved") : language.say("Reasignadas", "Moved")
    let table = Table(
      caption: title,
      columns: [
        .text(language.say("Mes (UTC)", "Month (UTC)")), .text(language.say("Número", "Number")),
        .name(language.say("De workspace", "From workspace")),
        .name(language.say("A workspace", "To workspace")),
        .number(language.say("Llamadas", "Calls")), .number(language.say("Minutos", "Minutes")),
        .number(language.say("Coste", "Cost")),
      ],
      rows: run.moves.prefix(Self.mostSums).map { sum in
        Table.Row([
          .element("span", ["class": "whole"], text: sum.month ?? "–"),
          sum.number.map { language.link(toCallsOf: $0) } ?? .text("–"),
          sum.from.map(workspace) ?? .text("–"), workspace(sum.to),
          .text(language.number(sum.calls)), .text(language.number(sum.minutes)),
          .text(sum.cost.isEmpty ? "–" : sum.cost.text),
        ])
      }, isStacked: true)
    let others = max(0, run.moves.count - Self.mostSums)
    let rest = language.say(
      "Y \(language.number(others)) más, en /api/sync-runs/\(run.id.number).",
      "And \(language.number(others)) more, in /api/sync-runs/\(run.id.number).")
    return [.section("moves", title, [table.html] + (others > 0 ? [.paragraph(rest, style: "quiet")] : []))]
  }

  private func workspace(_ id: WorkspaceID) -> HTML { language.link(toCallsOf: id, names[id]) }

  private static let mostSums = 200

  private var error: [HTML] {
    run.error.map {
      [.element("p", ["lang": language.foreign, "class": "advice"], text: language.readable($0))]
    } ?? []
  }

  private var facts: [HTML] {
    let period: [(String, HTML?)] = [
      (language.say("Leyó desde", "Read from"), run.period.map { .text(language.time($0.start)) }),
      (language.say("Leyó hasta", "Read up to"), run.period.map { .text(language.time($0.end)) }),
    ]
    let times: [(String, HTML?)] = [
      (language.say("Empezó", "Began"), .text(language.time(run.startedAt))),
      (language.say("Acabó", "Ended"), run.finishedAt.map { .text(language.time($0)) }),
      (language.say("Duración", "Duration"), run.durationMilliseconds.map { .text(language.seconds($0)) }),
    ]
    let asked: [(String, HTML?)] = [
      (language.say("Pidió", "Asked by"), .element("bdi", text: run.requestedBy))
    ]
    return (times + (run.kind == .assign ? [] : period) + asked + counts).map { name, value in
      .element("div", [:], [.element("dt", text: name), .element("dd", [:], [value ?? .text("–")])])
    }
  }

  private var counts: [(String, HTML?)] {
    let counts = run.counts
    func figure(_ count: Int) -> HTML { .text(language.number(count)) }
    let changes = [
      (
        run.isRehearsal
          ? language.say("Se reasignarían", "Would move") : language.say("Cambiaron de workspace", "Moved"),
        figure(counts.reattributedCalls)
      ),
      (language.say("Números creados", "Numbers created"), figure(counts.createdPhones)),
    ]
    guard run.kind != .assign else { return changes }
    return [
      (language.say("Llamadas del periodo", "Calls of the period"), figure(counts.totalCalls)),
      (
        language.say("Guardadas", "Stored"), language.storedCalls(of: run, language.number(counts.savedCalls))
      ),
      (language.say("Caso 1", "Case 1"), figure(counts.case1Count)),
      (language.say("Caso 2", "Case 2"), figure(counts.case2Count)),
      (language.say("Caso 3", "Case 3"), figure(counts.case3Count)),
      (language.say("No se guardan", "Not stored"), figure(counts.skippedCalls)),
      (language.say("Rechazadas", "Refused"), figure(counts.refusedCalls)),
      (language.say("Sin llamada relacionada", "Without a related call"), figure(counts.unmatchedCalls)),
      (language.say("De otros periodos", "Of other periods"), figure(counts.refreshedCalls)),
    ] + changes + [
      (language.say("Peticiones a Twilio", "Requests to Twilio"), figure(counts.twilioRequests))
    ]
  }
}

extension PageLanguage {
  /// How many calls a run stored, which leads to those of the period that it read, also to what later runs stored of
  /// it; of one that failed, or stores none, there is nothing to see.
  func storedCalls(of run: SyncRun, _ text: String) -> HTML {
    guard run.state == .succeeded, [.hourly, .historical].contains(run.kind), let period = run.period else {
      return .text(text)
    }
    return link(text, to: .calls(of: period))
  }
}
