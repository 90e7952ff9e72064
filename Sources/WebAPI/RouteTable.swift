import CallDomain
import WebServer

/// All routes of contract section 3 that have their action, found by path.
struct RouteTable: Sendable {
  private var router = Router<Route>()
  private var access: [String: RouteAccess] = [:]
  /// The rows in their order.
  private(set) var rules: [RouteRule] = []

  init(
    actions: ServiceActions, version: String, clock: APIClock,
    onEvent: @escaping @Sendable (APIEvent) -> Void
  ) {
    let runs = RunRoutes(actions: actions)
    let start = StartRoutes(actions: actions, clock: clock, onEvent: onEvent)
    add(HealthRoutes.health)
    add(HealthRoutes.ready(actions.readiness, milliseconds: clock.milliseconds))
    add(start.route(.hourly, "/api/sync-twilio-hourly", [.get, .post]))
    add(start.route(.historical, "/api/resync-twilio-historical", [.get, .post]))
    add(start.route(.reattribute, "/api/reattribute", [.post]))
    add(runs.list)
    add(runs.one)
    add(StatusRoute.route(actions))
    add(StatusPage.route(actions))
    add(MetricsRoute.route(actions))
    // The last one: it describes the others.
    add(OpenAPIRoute.route(rules: rules, version: version))
  }

  // One by one: of an array of routes that is walked through at once, the optimizer of Swift 6.3 takes the
  // arrays of methods for temporary ones and leaves the table with memory of a stack that is gone.
  private mutating func add(_ route: Route?) {
    guard let route else { return }
    access[route.pattern] = route.access
    rules.append(RouteRule(pattern: route.pattern, methods: route.methods, access: route.access))
    for method in route.methods { router.on(route.pattern, method, handler: route) }
  }

  /// The row that has this path, and who may use it; nil means 404.
  func row(of path: String) -> (pattern: String, access: RouteAccess)? {
    router.pattern(of: path).flatMap { pattern in access[pattern].map { (pattern, $0) } }
  }

  /// What answers this path and method.
  func match(_ request: HTTPRequest) -> Router<Route>.Match {
    router.match(path: request.target.path, method: request.method)
  }
}
