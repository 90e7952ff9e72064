import CallDomain
import WebServer

/// The status page `/`, for a person's browser: whether the calls are in, whose they are, and what to do when
/// they are not.
struct StatusPage: Sendable {
  let status: ServiceStatus
  let figures: PageFigures
  let scope: PageScope
  let language: PageLanguage
  /// Seconds after which the browser asks again; nil for a page that stays as it is.
  var refresh: Int64?
  /// As of `PageFrame`.
  var query = ""

  static func route(_ service: any SyncService, zone: ClockZone) -> Route {
    Route(page: "/", parameters: ["since", "until", "workspace", "refresh"], zone: zone) {
      request, language throws(RunFailure) in
      let (since, until) = try request.query.bounds()
      let refresh = try request.query.number("refresh", in: 10...3600)
      let workspace = try request.query.number("workspace", in: 0...Int64.max).map { WorkspaceID($0) }
      let status = try await service.status()
      let scope = PageScope(since: since, until: until, workspace: workspace, now: status.asOf)
      let page = StatusPage(
        status: status, figures: try await service.figures(scope), scope: scope, language: language,
        refresh: refresh, query: request.http.target.queryButLanguage)
      return .page(page.html)
    }
  }

  private var html: String {
    let workspaces = Workspaces(figures, language: language)
    let health = HealthSections(status: status, language: language)
    let runs = RunSections(status: status, figures: figures, language: language)
    let charts = CallCharts(
      now: status.asOf, scope: scope, figures: figures, workspaces: workspaces, language: language)
    let cost = CostSection(scope: scope, figures: figures, workspaces: workspaces, language: language)
    let open = OpenSections(
      now: status.asOf, scope: scope, facts: status.facts, figures: figures, language: language)
    return PageFrame(
      language: language, state: state, asOf: status.asOf, refresh: refresh, query: query
    ).page(
      [health.now, health.alerts] + runs.resync + [charts.hours].compactMap(\.self) + [
        choice, charts.days, cost.html,
      ]
        + [
          .element("div", ["class": "pair"], [open.defaultWorkspace, open.undone]), open.audits, runs.recent,
        ])
  }

  /// Other periods, and the way back to all workspaces.
  private var choice: HTML {
    let today = status.asOf.startOfDay
    let month = Timestamp(iso8601: status.asOf.isoDate.prefix(7) + "-01") ?? today
    let monthBefore = Timestamp(iso8601: month.adding(hours: -24).isoDate.prefix(7) + "-01") ?? month
    let periods: [(String, Timestamp?, Timestamp?)] = [
      (language.say("7 días", "7 days"), today.adding(hours: -144), nil),
      (language.say("30 días", "30 days"), nil, nil),
      (language.say("90 días", "90 days"), today.adding(hours: -2136), nil),
      (language.say("este mes", "this month"), month, nil),
      (language.say("el mes pasado", "last month"), monthBefore, month),
    ]
    var links = periods.map { name, since, until in
      HTML.element("a", ["href": scope.address(since, until, scope.workspace, language)], text: name)
    }
    if scope.workspace != nil {
      let all = scope.address(scope.period.start, scope.endsNow ? nil : scope.period.end, nil, language)
      links.append(
        .element("a", ["href": all], text: language.say("todos los workspaces", "all workspaces")))
    }
    let same = query.split(separator: "&").filter { !$0.hasPrefix("refresh=") }.map { $0 + "&" }.joined()
    links.append(
      refresh == nil
        ? .element(
          "a", ["href": "/?\(same)lang=\(language.rawValue)&refresh=60"],
          text: language.say("recargar cada minuto", "reload every minute"))
        : .element(
          "a", ["href": "/?\(same)lang=\(language.rawValue)"],
          text: language.say("no recargar más", "reload no more")))
    return .element(
      "nav", ["aria-label": language.say("Periodo", "Period"), "class": "periods"], links)
  }

  private var state: PageFrame.State {
    switch status.state {
    case .broken: .bad(language.say("No funciona", "Broken"))
    case .attention: .bad(language.say("Necesita atención", "Needs attention"))
    case .ok where status.facts.runs[.hourly]?.last == nil:
      .new(language.say("Espera su primera ejecución", "Waits for its first run"))
    case .ok: .good(language.say("Todo en orden", "All is well"))
    }
  }
}

extension PageScope {
  /// The address of the status page of another scope.
  func address(
    _ since: Timestamp?, _ until: Timestamp?, _ workspace: WorkspaceID?, _ language: PageLanguage
  ) -> String {
    var search = CallSearch()
    search.since = since
    search.until = until
    search.workspace = workspace
    return search.address("/", language)
  }

  /// The calls of the scope, with those of its last moment.
  var calls: CallSearch {
    var search = CallSearch.calls(of: Period(start: period.start, end: last.next))
    search.workspace = workspace
    return search
  }
}
