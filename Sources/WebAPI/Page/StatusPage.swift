import CallDomain
import WebServer

/// The status page `/`, for a person's browser: whether the calls are in, whose they are, and what to do when
/// they are not.
struct StatusPage: Sendable {
  let status: ServiceStatus
  let figures: PageFigures
  let language: PageLanguage

  /// Nil without the actions for status and figures.
  static func route(
    _ service: any SyncService, zone: ClockZone, onEvent: @escaping @Sendable (APIEvent) -> Void
  ) -> Route {
    Route("/", [.get, .head], .bearerOrBasic) { request in
      let language = PageLanguage(query: request.http.target.query, zone: zone)
      do throws(RunFailure) {
        let page = StatusPage(
          status: try await service.status(), figures: try await service.figures(), language: language)
        return .page(page.html)
      } catch {
        onEvent(.requestFailed(requestID: request.requestID, route: "/", error))
        return .unavailable(error, language)
      }
    }
  }

  private var html: String {
    let workspaces = Workspaces(figures, language: language)
    let health = HealthSections(status: status, language: language)
    let runs = RunSections(status: status, figures: figures, language: language)
    let charts = CallCharts(now: status.asOf, figures: figures, workspaces: workspaces, language: language)
    let cost = CostSection(now: status.asOf, figures: figures, workspaces: workspaces, language: language)
    let open = OpenSections(now: status.asOf, facts: status.facts, figures: figures, language: language)
    return PageFrame(language: language, state: state, asOf: status.asOf).page(
      [health.now, health.alerts] + runs.resync + [charts.hours, charts.days, cost.html]
        + [.element("div", ["class": "pair"], [open.defaultWorkspace, open.undone]), runs.recent])
  }

  private var state: PageFrame.State {
    if !status.isHealthy { return .bad(language.say("Necesita atención", "Needs attention")) }
    return status.facts.runs[.hourly]?.last == nil
      ? .new(language.say("Espera su primera ejecución", "Waits for its first run"))
      : .good(language.say("Todo en orden", "All is well"))
  }
}
