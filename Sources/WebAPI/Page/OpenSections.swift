import CallDomain

/// What an operator may have to act on: calls of no known workspace, and what runs left undone.
struct OpenSections {
  /// When the facts were looked at.
  let now: Timestamp
  let scope: PageScope
  let facts: StatusFacts
  let figures: PageFigures
  let language: PageLanguage

  var defaultWorkspace: HTML {
    let title = language.say("En el workspace por defecto", "In the default workspace")
    guard facts.callsOfDay > 0 else { return .section("default", title, nobodyAssigned + [language.noCalls]) }
    let share = language.say(
      "\(language.number(facts.defaultCallsOfDay)) de \(language.number(facts.callsOfDay)) llamadas de las últimas 24 horas",
      "\(language.number(facts.defaultCallsOfDay)) of \(language.number(facts.callsOfDay)) calls of the last 24 hours"
    )
    let head = HTML.element(
      "p", [:],
      [
        .element(
          "b", ["class": "figure"],
          text: language.percent(facts.defaultCallsOfDay, of: facts.callsOfDay)), .text(" "),
        language.link(share, to: callsOfDay),
      ])
    guard !figures.defaultShares.isEmpty else {
      return .section("default", title, nobodyAssigned + [head])
    }
    return .section(
      "default", title,
      nobodyAssigned + [
        head,
        Table(
          caption: language.say("Números con más llamadas", "Numbers with most calls"),
          columns: [.text(language.say("Número", "Number")), .number(language.say("Llamadas", "Calls"))],
          rows: figures.defaultShares.map(row)
        ).html,
        .paragraph(
          language.say(
            "Un número suyo: «twilio-sync phones assign NÚMERO WORKSPACE» se lo da, con sus llamadas.",
            "A number of yours: “twilio-sync phones assign NUMBER WORKSPACE” gives it one, with its calls."),
          style: "quiet"),
      ])
  }

  private var nobodyAssigned: [HTML] {
    guard !figures.hasAssignedNumbers else { return [] }
    return [
      .paragraph(
        language.say(
          """
          Ningún número de workspace_phones tiene un workspace propio: toda llamada va al workspace por defecto. \
          Dé el suyo a cada número de un cliente: «twilio-sync phones assign NÚMERO WORKSPACE».
          """,
          """
          No number in workspace_phones has a workspace of its own: every call goes to the default workspace. Give \
          each customer's number its own: “twilio-sync phones assign NUMBER WORKSPACE”.
          """), style: "advice")
    ]
  }

  /// Those of the last 24 hours in the default workspace: up to now, and without the moment a day ago.
  private var callsOfDay: CallSearch {
    var search = CallSearch.calls(of: Period(start: now.adding(hours: -24).next, end: now.next))
    search.workspace = figures.defaultWorkspace
    return search
  }

  private func row(_ share: PageFigures.DefaultShare) -> Table.Row {
    let calls = language.number(share.calls)
    var search = callsOfDay
    switch share.reason {
    case .number(let number, let attributionCase):
      search.number = PhoneNumber(stored: number)
      search.cases = [attributionCase]
      let name = language.say(" (caso \(attributionCase.number))", " (case \(attributionCase.number))")
      return Table.Row([
        .element("span", [:], [.element("bdi", text: number), .text(name)]), language.link(calls, to: search),
      ])
    case .relatedTransfers:
      search.cases = [.transfer]
      search.isUnmatched = false
      return Table.Row([
        .text(language.say("transferencias con llamada relacionada", "transfers with a related call")),
        language.link(calls, to: search),
      ])
    case .unmatched:
      search.isUnmatched = true
      return Table.Row([
        .text(language.say("transferencias sin llamada relacionada", "transfers without a related call")),
        language.link(calls, to: search),
      ])
    case .withheld:
      return Table.Row(texts: [language.say("de un número oculto", "from a withheld number"), calls])
    }
  }

  private var unmatched: CallSearch {
    var search = scope.calls
    search.isUnmatched = true
    return search
  }

  private func pending(_ pending: CallSearch.Pending) -> CallSearch {
    var search = CallSearch()
    search.pending = pending
    return search
  }

  var undone: HTML {
    .section(
      "undone", language.say("Pendiente", "Undone"),
      [
        .element(
          "dl", ["class": "counts"],
          [
            count(
              figures.unmatchedTransfers,
              language.say("Transferencias sin llamada relacionada", "Transfers without a related call"),
              language.say(
                "Se asignan solas si la llamada aparece (\(language.days(scope))).",
                "Assigned by themselves if the call turns up (\(language.days(scope)))."), unmatched),
            count(
              facts.unsettledCalls,
              language.say("Llamadas sin precio o sin acabar", "Calls without a price or an end"),
              language.say("Se preguntan otra vez a Twilio.", "Twilio is asked for them again."),
              pending(.unsettled)),
            count(
              facts.givenUpCalls, language.say("Llamadas abandonadas", "Calls given up"),
              language.say(
                "Sin precio o sin acabar, y nadie pregunta ya por ellas.",
                "Without a price or an end, and nobody asks for them any more."), pending(.givenUp)),
            facts.refusedCalls == 0
              ? nil
              : count(
                facts.refusedCalls, language.say("Llamadas rechazadas", "Calls refused"),
                language.say(
                  "La base de datos no las admite: el motivo está en refused_calls.",
                  "The database does not take them: the reason is in refused_calls.")),
            count(
              facts.gaps.count, language.say("Periodos que faltan", "Missing periods"),
              language.say("Ninguna ejecución horaria los leerá.", "No hourly run will read them.")),
            facts.lost.isEmpty
              ? nil
              : count(
                facts.lost.count, language.say("Periodos perdidos", "Lost periods"),
                language.say(
                  "Ninguna ejecución los leyó y Twilio ya no los conserva.",
                  "No run has read them, and Twilio no longer keeps them.")),
          ].compactMap(\.self))
      ] + gaps)
  }

  /// - Parameter search: Those calls, where they can be asked for.
  private func count(_ number: Int, _ name: String, _ note: String, _ search: CallSearch? = nil) -> HTML {
    let figure = language.number(number)
    return .element(
      "div", [:],
      [
        .element("dt", [:], [.text(name), .element("span", ["class": "quiet"], text: note)]),
        .element("dd", ["class": "figure"], [search.map { language.link(figure, to: $0) } ?? .text(figure)]),
      ])
  }

  private var gaps: [HTML] {
    guard !facts.gaps.isEmpty else { return [] }
    let shown = facts.gaps.prefix(Self.shownGaps)
    return [
      .paragraph(
        language.say("Cada orden rellena uno de ellos:", "Each command fills one of them:"), style: "advice"),
      .element(
        "ul", ["class": "commands"],
        shown.map { gap in
          .element(
            "li", [:],
            [
              .element(
                "code", [:],
                [
                  .text("twilio-sync historical "),
                  .element("span", text: "--since \(gap.start.iso8601)"), .text(" "),
                  .element("span", text: "--until \(gap.end.iso8601)"),
                ])
            ])
        }),
    ]
      + (facts.gaps.count > shown.count
        ? [.paragraph(language.say("Los demás, en /api/sync-status.", "The others are at /api/sync-status."))]
        : [])
  }

  private static let shownGaps = 5

  /// What audits found; one sentence before the first.
  var audits: HTML {
    .section(
      "audits", language.say("Comparado con Twilio", "Compared with Twilio"),
      facts.audits.isEmpty
        ? [
          .paragraph(
            language.say(
              "Todavía ningún día; «twilio-sync audit» compara los últimos siete.",
              "No day yet; “twilio-sync audit” compares the last seven."), style: "quiet")
        ] : auditedDays)
  }

  /// The days that an audit could have looked at, the newest first, what it found, and what settles it.
  private var auditedDays: [HTML] {
    let known = Dictionary(facts.audits.map { ($0.day, $0) }, uniquingKeysWith: { first, _ in first })
    let newest = now.adding(hours: -72).startOfDay
    let days = (0..<StatusFacts.auditDays).map { newest.adding(hours: -24 * $0) }
    let others = facts.audits.map(\.day).filter { !days.contains($0) }
    let row = HTML.element(
      "ul", ["class": "legend"], (others + days).sorted(by: >).map { audit($0, known[$0]) })
    let remedies = facts.differingAudits.remedies
    guard !remedies.isEmpty else { return [row] }
    return [
      row,
      .paragraph(
        language.say("Cada par de órdenes arregla unos días:", "Each pair of commands settles some days:"),
        style: "advice"),
      .element(
        "ul", ["class": "commands"],
        remedies.prefix(Self.shownGaps).map { commands in
          .element("li", [:], commands.map { .element("code", text: $0) })
        }),
    ]
  }

  private func audit(_ day: Timestamp, _ found: AuditDay?) -> HTML {
    let (style, verdict) =
      switch found {
      case nil: ("mark", language.say("sin mirar", "not looked at"))
      case let found? where !found.isKept:
        ("mark", language.say("Twilio no lo conserva", "not kept by Twilio"))
      case let found? where found.differences > 0:
        (
          "mark bad",
          language.say(
            "difiere: \(language.number(found.differences))", "differs: \(language.number(found.differences))"
          )
        )
      default: ("mark good", language.say("coincide", "agrees"))
      }
    let name = HTML.element("b", text: language.day(day))
    let link = found?.run.map { run in
      HTML.element("a", ["href": "/runs/\(run.number)?lang=\(language.rawValue)"], [name])
    }
    return .element("li", [:], [link ?? name, .element("span", ["class": style], text: verdict)])
  }
}
