import CallDomain
import WebServer

/// The page of one call, `/calls/{sid}`: what is stored of it, and why it belongs to its workspace.
struct CallPage {
  let explanation: Explanation
  let language: PageLanguage

  static func route(_ service: any SyncService, zone: ClockZone) -> Route {
    Route(page: "/calls/{sid}", zone: zone) { request, language throws(RunFailure) in
      guard let sid = request.parameters["sid"].flatMap(CallSID.init) else {
        return .missing(noSID, language)
      }
      guard let explanation = try await service.explanation(of: sid) else {
        return .missing(
          RunFailure.notStored(sid, setAsideFor: try await service.refusal(of: sid)).message, language)
      }
      return .page(CallPage(explanation: explanation, language: language).html)
    }
  }

  private var html: String {
    let (text, whatToDo) = explanation.words(language.say, isolating: HTML.isolated)
    let state: PageFrame.State =
      explanation.difference == nil
      ? .subject(language.say("Llamada", "Call"))
      : .bad(language.say("Lo guardado no coincide con las reglas", "What is stored differs from the rules"))
    return PageFrame(language: language, state: state, asOf: nil).page(
      [facts, reason(text, whatToDo)] + directory + candidates + moves)
  }

  // MARK: What is stored

  private var facts: HTML {
    let call = explanation.facts.call
    let cost = call.cost.map { [$0, call.priceUnit].compactMap(\.self).joined(separator: " ") }
    func text(_ text: String?) -> HTML { .element("bdi", text: text ?? "–") }
    let facts: [(String, HTML)] = [
      (language.say("Workspace", "Workspace"), workspace(call.workspace)),
      (language.say("Número que decidió", "Number that decided"), decidingNumber(call)),
      (language.say("Número del lead", "Lead's number"), text(call.leadNumber)),
      (language.say("De", "From"), language.caller(of: call)), (language.say("A", "To"), text(call.to)),
      (language.say("Dirección", "Direction"), text(direction(call))),
      (language.say("Estado", "Status"), text(call.status)),
      (language.say("Empezó", "Began"), text(call.callDate.map(language.time))),
      (language.say("Acabó", "Ended"), text(call.endedAt.map(language.time))),
      (
        language.say("Duración", "Duration"),
        text(call.duration.map { language.duration(seconds: Int64($0)) })
      ),
      (language.say("Coste", "Cost"), text(cost)),
    ]
    return .section(
      "call", call.sid.text,
      [
        .element(
          "dl", ["class": "cards"],
          facts.map { name, value in
            .element(
              "div", [:], [.element("dt", text: name), .element("dd", [:], [value])])
          })
      ])
  }

  private func direction(_ call: ListedCall) -> String {
    let number = call.attributionCase.map { language.say("caso \($0.number)", "case \($0.number)") }
    return [call.direction ?? "–", number.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
  }

  /// In a row that no rule has decided somebody else may have written a lead's.
  private func decidingNumber(_ call: ListedCall) -> HTML {
    guard let number = call.phoneNumber, explanation.decided != nil else {
      return .party(call.phoneNumber)
    }
    return language.link(toCallsOf: PhoneNumber(stored: number))
  }

  private func workspace(_ id: WorkspaceID?) -> HTML {
    guard let id else { return .text(language.say("Sin workspace", "No workspace")) }
    return language.link(toCallsOf: id, explanation.facts.names[id])
  }

  // MARK: Why

  private func reason(_ text: [String], _ whatToDo: String?) -> HTML {
    .section(
      "why", language.say("Por qué es de su workspace", "Why it belongs to its workspace"),
      text.map { .paragraph(language.readable($0)) }
        + (whatToDo.map { [.paragraph($0, style: "advice")] } ?? []))
  }

  private var directory: [HTML] {
    guard !explanation.rows.isEmpty else { return [] }
    let title = language.say("Filas del directorio", "Rows of the directory")
    return [
      .section(
        "directory", title,
        [
          Table(
            caption: title,
            columns: [
              .number(language.say("Fila", "Row")), .text(language.say("Número", "Number")),
              .name("Workspace"), .text(language.say("Cuenta", "Counts")),
            ],
            rows: explanation.rows.map { ranked in
              Table.Row([
                .text("\(ranked.row.id)"),
                PhoneNumber(listed: ranked.row.number)
                  .map { language.link(toCallsOf: $0, written: ranked.row.number) }
                  ?? .party(ranked.row.number),
                workspace(ranked.row.workspace),
                verdict(ranked.isChosen, ranked.reason.words(language.say)),
              ])
            }, isStacked: true
          ).html
        ])
    ]
  }

  private var candidates: [HTML] {
    guard !explanation.candidates.isEmpty else { return [] }
    let title = language.say("Llamadas a ese lead, las más cercanas", "Calls to that lead, the nearest")
    return [
      .section(
        "candidates", title,
        [
          Table(
            caption: title,
            columns: [
              .text("SID"), .text(language.say("Hora", "Time")),
              .number(language.say("Distancia", "Distance")),
              .text(language.say("Nuestro número", "Our number")), .name("Workspace"),
              .text(language.say("Decide", "Decides")),
            ], rows: explanation.candidates.map(row), isStacked: true
          ).html
        ])
    ]
  }

  private func row(_ candidate: Explanation.Candidate) -> Table.Row {
    let call = candidate.candidate.call
    let source = candidate.candidate.timeSource.map { " (\($0.words(language.say)))" } ?? ""
    let sign = candidate.offset < 0 ? "−" : candidate.offset > 0 ? "+" : ""
    return Table.Row([
      .element(
        "a", ["href": "/calls/\(call.sid.text)?lang=\(language.rawValue)"],
        text: call.sid.text), .text(language.time(call.time) + source),
      .text(sign + candidate.distance.replacing(" ", with: "\u{A0}")),
      language.link(toCallsOf: call.ownNumber), workspace(candidate.workspace),
      verdict(candidate.isChosen, candidate.reason.words(language.say)),
    ])
  }

  private var moves: [HTML] {
    guard !explanation.facts.moves.isEmpty else { return [] }
    let title = language.say("Cambios de workspace", "Changes of workspace")
    return [
      .section(
        "moves", title,
        [
          Table(
            caption: title,
            columns: [
              .text(language.say("Cuándo", "When")), .name(language.say("De", "From")),
              .name(language.say("A", "To")),
              .text(language.say("Número que decidió", "Number that decided")),
              .text(language.say("Por qué", "Why")), .text(language.say("Ejecución", "Run")),
            ],
            rows: explanation.facts.moves.map { move in
              Table.Row([
                .text(move.movedAt.map(language.time) ?? "–"), workspace(move.from), workspace(move.to),
                move.number.map { language.link(toCallsOf: $0) } ?? .text("–"),
                .text(move.reason(language.say)),
                move.run.map { run in
                  .element(
                    "a", ["href": "/runs/\(run.number)?lang=\(language.rawValue)"], text: "\(run.number)")
                } ?? .text("migrate"),
              ])
            }, isStacked: true
          ).html
        ])
    ]
  }

  private func verdict(_ isChosen: Bool, _ words: String) -> HTML {
    isChosen ? .element("span", ["class": "mark good"], text: "✓ " + words) : .text(words)
  }
}
