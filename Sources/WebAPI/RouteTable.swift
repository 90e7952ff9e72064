import CallDomain
package import WebServer

/// Who may use a route.
package enum RouteAccess: Hashable, Sendable {
  /// Anybody.
  case open
  /// Clients that send the secret as `Bearer`. For routes that start something: browsers resend `Basic` by
  /// themselves, so a foreign page could start a run in an operator's browser.
  case bearer
  /// Clients that send the secret as `Bearer`, or as the password of `Basic`. For routes that only read.
  case bearerOrBasic
  /// The same, also for those who may read no more than the figures of the service.
  case figures

  /// The values of `WWW-Authenticate`, one a line (RFC 9110 section 11.6.1).
  var challenges: [String] {
    let bearer = #"Bearer realm="twilio-sync""#
    return switch self {
    case .open: []
    case .bearer: [bearer]
    case .bearerOrBasic, .figures: [bearer, #"Basic realm="twilio-sync", charset="UTF-8""#]
    }
  }
}

/// One row of the table: a path, what may be done with it, and what answers.
package struct Route: Sendable {
  /// A path whose segments are literal or a name in braces (see `Router`).
  package let pattern: String
  package let methods: [HTTPMethod]
  package let access: RouteAccess
  /// The names that its query may have: any other is answered 400. Nil where the query is not looked at here: it
  /// means nothing, or orders a run (`RunOrder`).
  package let parameters: [String]?
  let answer: @Sendable (RouteRequest) async throws(RunFailure) -> HTTPResponse
  /// Tells what failed.
  private(set) var tell: @Sendable (RunFailure, RequestTarget) -> HTTPResponse = { failure, _ in
    .failure(failure)
  }

  init(
    _ pattern: String, _ methods: [HTTPMethod], _ access: RouteAccess, parameters: [String]? = nil,
    answer: @escaping @Sendable (RouteRequest) async throws(RunFailure) -> HTTPResponse
  ) {
    self.pattern = pattern
    self.methods = methods
    self.access = access
    self.parameters = parameters
    self.answer = answer
  }

  /// A route with GET and HEAD that only reads, for clients with the secret.
  ///
  /// - Parameter fields: What an answer has besides that tells of a failure which is not the client's.
  init(
    reading pattern: String, _ access: RouteAccess = .bearerOrBasic, parameters: [String]? = [],
    failing fields: [AnswerField] = [],
    answer: @escaping @Sendable (RouteRequest) async throws(RunFailure) -> HTTPResponse
  ) {
    self.init(pattern, [.get, .head], access, parameters: parameters, answer: answer)
    tell = { failure, _ in .failure(failure, with: failure.code == .badParameter ? [] : fields) }
  }

  /// A page, for clients with the secret: what cannot be shown is told by a page, too.
  ///
  /// - Parameter hasAddress: Whether a link leads to it; the answer to a form has none.
  init(
    page pattern: String, _ methods: [HTTPMethod] = [.get, .head], parameters: [String] = [],
    hasAddress: Bool = true, zone: ClockZone,
    answer: @escaping @Sendable (RouteRequest, PageLanguage) async throws(RunFailure) -> HTTPResponse
  ) {
    self.init(pattern, methods, .bearerOrBasic, parameters: parameters + ["lang"]) {
      request throws(RunFailure) in
      try await answer(request, PageLanguage(query: request.http.target.query, zone: zone))
    }
    tell = { .unavailable($0, $1, hasAddress: hasAddress, zone: zone) }
  }
}

/// A request that has passed 404, 401 and 405.
struct RouteRequest: Sendable {
  let http: HTTPRequest
  /// Of its query, what the route names.
  let query: QueryParameters
  /// The values of the names in the route's pattern.
  let parameters: [String: String]
  /// What ties its events together.
  let requestID: String
}

/// All routes, found by path. `openapi.json` describes each of them.
struct RouteTable: Sendable {
  private var router = Router<Route>()
  private var byPattern: [String: Route] = [:]
  /// In the order in which they were added.
  private(set) var all: [Route] = []

  init(
    service: any SyncService, version: String, clock: APIClock, zone: ClockZone,
    onEvent: @escaping @Sendable (APIEvent) -> Void
  ) {
    let runs = RunRoutes(service: service)
    let start = StartRoutes(service: service, clock: clock, onEvent: onEvent)
    add(ServiceRoutes.health)
    add(ServiceRoutes.ready(service.readiness, milliseconds: clock.milliseconds))
    add(ServiceRoutes.metrics(service))
    add(ServiceRoutes.description(version: version))
    add(start.route(.hourly, "/api/sync-twilio-hourly", [.get, .post]))
    add(start.route(.historical, "/api/resync-twilio-historical", [.get, .post]))
    add(start.route(.reattribute, "/api/reattribute", [.post]))
    add(start.route(.audit, "/api/audit", [.post]))
    add(runs.list)
    add(runs.one)
    add(StatusRoute.route(service))
    add(PhoneRoutes.list(service))
    add(start.route(.assign, "/api/phones/{number}", [.put]))
    let calls = CallRoutes(service: service)
    add(calls.list)
    add(calls.csv(onEvent: onEvent))
    add(calls.one)
    add(RunPage.route(service, zone: zone))
    add(CallsPage.route(service, zone: zone))
    add(CallsPage.search(service, zone: zone))
    add(PhonesPage.route(service, zone: zone))
    add(CallPage.route(service, zone: zone))
    add(StatusPage.route(service, zone: zone))
  }

  // One by one: of an array of routes that is walked through at once, the optimizer of Swift 6.3 takes the
  // arrays of methods for temporary ones and leaves the table with memory of a stack that is gone.
  private mutating func add(_ route: Route) {
    byPattern[route.pattern] = route
    all.append(route)
    for method in route.methods { router.on(route.pattern, method, handler: route) }
  }

  /// The route that has this path, whatever the method; nil means 404.
  func route(of path: String) -> Route? {
    router.pattern(of: path).flatMap { byPattern[$0] }
  }

  /// What answers this path and method.
  func match(_ request: HTTPRequest) -> Router<Route>.Match {
    router.match(path: request.target.path, method: request.method)
  }
}
