import CallDomain
import WebServer

extension RunOrder {
  /// The order that a request for `kind` gives by its query. Throws `badParameter`.
  init(_ kind: RunKind, query items: [RequestTarget.QueryItem]) throws(RunFailure) {
    switch kind {
    case .hourly:
      // Schedulers add parameters of their own; an hourly run has none, so none can be mistyped.
      self = .hourly
    case .historical:
      let parameters = try Parameters(items, allowed: ["since", "until"])
      let since = try parameters.timestamp("since")
      let until = try parameters.timestamp("until")
      if let since, let until, since >= until {
        throw RunFailure(.badParameter, "El parámetro since debe ser anterior a until.")
      }
      self = .historical(since: since, until: until, restart: false)
    case .reattribute:
      let parameters = try Parameters(items, allowed: ["since", "dryRun"])
      self = .reattribute(since: try parameters.timestamp("since"), dryRun: try parameters.flag("dryRun"))
    }
  }
}
