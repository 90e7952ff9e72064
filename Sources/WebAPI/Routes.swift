package import CallDomain
package import WebServer

/// The service's HTTP interface as a handler for the server; `openapi.json` describes it.
///
/// A request is judged in the order 404, 401 (or 429), 405, the rest. Every answer carries a
/// request id and the headers of `HTTPResponse.protected`, and is reported as an event.
package struct Routes: Sendable {
  private let table: RouteTable
  private let secretGuard: SecretGuard
  private let clock: APIClock
  private let onEvent: @Sendable (APIEvent) -> Void

  /// - Parameters:
  ///   - secrets: what callers must send.
  ///   - version: the program's, as `/openapi.json` tells it.
  ///   - zone: by whose clocks the pages show times.
  ///   - onEvent: is told of every answer, from any thread; must not block.
  package init(
    service: any SyncService, secrets: CallerSecrets, version: String, clock: APIClock,
    zone: ClockZone = .utc,
    attempts: AttemptLimiter = AttemptLimiter(), onEvent: @escaping @Sendable (APIEvent) -> Void = { _ in }
  ) {
    table = RouteTable(service: service, version: version, clock: clock, zone: zone, onEvent: onEvent)
    secretGuard = SecretGuard(secrets: secrets, limiter: attempts)
    self.clock = clock
    self.onEvent = onEvent
  }

  /// Every route: which methods it has, and who may use it.
  package var all: [Route] { table.all }

  /// Answers every request.
  package var handler: HTTPHandler {
    { request in await self.answer(request) }
  }

  /// Answers on the server's event loop what waits for nothing: the liveness probe. Nil for all else.
  package var immediate: @Sendable (HTTPRequest) -> HTTPResponse? {
    { request in
      let health = ServiceRoutes.health
      guard request.target.path == health.pattern, health.methods.contains(request.method) else { return nil }
      return self.finished(
        ServiceRoutes.alive, of: request, route: health.pattern, trace: self.trace(of: request),
        since: self.clock.milliseconds())
    }
  }

  /// Judges a request by its head before its content is read: who may not pass costs no memory. Nil for who may.
  package var judge: @Sendable (HTTPRequest) -> HTTPResponse? {
    { request in
      let begin = self.clock.milliseconds()
      let trace = self.trace(of: request)
      let route = self.table.route(of: request.target.path)
      guard case .turnedAway(let response) = self.judgement(of: request, route: route, trace: trace) else {
        return nil
      }
      return self.finished(
        response.protected, of: request, route: route?.pattern ?? "unknown", trace: trace, since: begin)
    }
  }

  /// Words the server's own refusals (413, 414, 431, …) like all other errors.
  package static let refusal: @Sendable (HTTPStatus) -> HTTPResponse = { status in
    HTTPResponse.refusal(status).protected
  }

  private func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let begin = clock.milliseconds()
    let trace = trace(of: request)
    let route = table.route(of: request.target.path)
    let response = await judged(request, route: route, trace: trace)
    return finished(
      response.protected, of: request, route: route?.pattern ?? "unknown", trace: trace, since: begin)
  }

  /// What becomes of a request, by its head.
  private enum Judgement {
    case turnedAway(HTTPResponse)
    case admitted(Route, parameters: [String: String])
  }

  private func judgement(of request: HTTPRequest, route: Route?, trace: RequestTrace) -> Judgement {
    guard let route else { return .turnedAway(.refusal(.notFound)) }
    if let refusal = refusal(of: request, route: route, trace: trace) { return .turnedAway(refusal) }
    return switch table.match(request) {
    case .notFound: .turnedAway(.refusal(.notFound))
    case .methodNotAllowed(_, let allow): .turnedAway(.methodNotAllowed(allow))
    case .found(let route, _, let parameters): .admitted(route, parameters: parameters)
    }
  }

  private func judged(_ request: HTTPRequest, route: Route?, trace: RequestTrace) async -> HTTPResponse {
    switch judgement(of: request, route: route, trace: trace) {
    case .turnedAway(let response): return response
    case .admitted(let route, let parameters):
      do throws(RunFailure) {
        let query = try QueryParameters(request.target.query, allowed: route.parameters)
        return try await route.answer(
          RouteRequest(http: request, query: query, parameters: parameters, requestID: trace.id))
      } catch {
        // A wrong parameter is the client's, and the answer tells it.
        if error.code != .badParameter {
          onEvent(.requestFailed(requestID: trace.id, route: route.pattern, error))
        }
        return route.tell(error, request.target)
      }
    }
  }

  /// The answer to a request without the right secret; nil when it may pass.
  private func refusal(of request: HTTPRequest, route: Route, trace: RequestTrace) -> HTTPResponse? {
    let address = request.remoteAddress ?? "unknown"
    func report(limited: Bool) {
      onEvent(
        .secretRefused(requestID: trace.id, route: route.pattern, address: address, limited: limited))
    }
    let verdict = secretGuard.judge(
      authorization: request.headers.all("Authorization"), access: route.access, address: address,
      now: clock.milliseconds())
    switch verdict {
    case .admit:
      return nil
    case .refuse(let triedSecret):
      if triedSecret { report(limited: false) }
      return .unauthorized(challenges: route.access.challenges)
    case .turnAway(let retryAfter, let isFirst):
      if isFirst { report(limited: true) }
      return .tooManyAttempts(retryAfter: retryAfter)
    }
  }

  private func trace(of request: HTTPRequest) -> RequestTrace {
    RequestTrace(
      requestID: request.headers.all("X-Request-Id"), traceparent: request.headers.all("traceparent"),
      make: clock.makeRequestID)
  }

  /// Names the request in its answer and reports both.
  private func finished(
    _ response: HTTPResponse, of request: HTTPRequest, route: String, trace: RequestTrace, since: Int64
  ) -> HTTPResponse {
    var response = response
    response.headers.set("X-Request-Id", trace.id)
    if let traceparent = trace.traceparent { response.headers.set("traceparent", traceparent) }
    onEvent(
      .answered(
        AnsweredRequest(
          requestID: trace.id, route: route, method: AnsweredRequest.label(of: request.method),
          status: response.status.code, milliseconds: clock.milliseconds() - since)))
    return response
  }
}

/// Time, as the routes need it, and the ids they make: handed in, so that tests move them by hand.
package struct APIClock: Sendable {
  /// Milliseconds on a clock that never goes back; only differences count.
  package var milliseconds: @Sendable () -> Int64
  /// Waits that many milliseconds; ends early when its task is cancelled.
  package var sleep: @Sendable (_ milliseconds: Int64) async -> Void
  /// A new id for a request that brought none: 1 to 128 characters out of `[A-Za-z0-9-]`.
  package var makeRequestID: @Sendable () -> String

  package init(
    milliseconds: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (_ milliseconds: Int64) async -> Void,
    makeRequestID: @escaping @Sendable () -> String
  ) {
    self.milliseconds = milliseconds
    self.sleep = sleep
    self.makeRequestID = makeRequestID
  }
}
