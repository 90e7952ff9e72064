import CallDomain

/// The status page: whether the calls are in, whose they are, and what to do when they are not.
struct StatusPage: Sendable {
  let status: ServiceStatus
  let figures: PageFigures
  let language: PageLanguage
  let workspaces: Workspaces

  init(_ status: ServiceStatus, _ figures: PageFigures, language: PageLanguage) {
    self.status = status
    self.figures = figures
    self.language = language
    workspaces = Workspaces(figures, language: language)
  }

  var html: String {
    PageFrame(language: language, state: state, asOf: status.asOf).page(
      [health, alerts] + resync + [hours, days, money]
        + [.element("div", ["class": "pair"], [defaults, undone]), runs])
  }

  private var state: PageFrame.State {
    if !status.isHealthy { return .bad(language.say("Necesita atención", "Needs attention")) }
    return status.facts.runs[.hourly]?.last == nil
      ? .new(language.say("Espera su primera ejecución", "Waits for its first run"))
      : .good(language.say("Todo en orden", "All is well"))
  }

  var noCalls: HTML {
    paragraph(language.say("Ninguna llamada.", "No calls."), style: "quiet")
  }

  /// A part of the page under its heading.
  func section(_ id: String, _ title: String, _ children: [HTML]) -> HTML {
    .element(
      "section", ["aria-labelledby": id], [.element("h2", ["id": id], text: title)] + children)
  }

  func paragraph(_ text: String, style: String? = nil) -> HTML {
    .element("p", ["class": style], text: text)
  }
}

extension PageLanguage {
  /// The language of stored sentences, where it is another than the page's.
  var foreign: String? { self == .spanish ? nil : "es" }

  func kind(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: say("horaria", "hourly")
    case .historical: say("histórica", "historical")
    case .reattribute: say("reasignación", "reattribution")
    }
  }

  func state(_ state: RunState) -> String {
    switch state {
    case .running: say("en curso", "running")
    case .succeeded: say("bien", "succeeded")
    case .failed: say("falló", "failed")
    case .interrupted: say("interrumpida", "interrupted")
    }
  }
}
