import CallDomain
import WebServer

/// The routes that start a run. What prevents a start (400, 409, 503) is answered before anything
/// else, in whatever form the client wants its answer; a client that hangs up ends nothing.
struct StartRoutes: Sendable {
  let actions: ServiceActions
  let clock: APIClock
  let onEvent: @Sendable (APIEvent) -> Void

  /// The row for a kind of run; nil when the service does not start it.
  func route(_ kind: RunKind, _ path: String, _ methods: [HTTPMethod]) -> Route? {
    guard actions.kinds.contains(kind) else { return nil }
    return Route(path, methods, .bearer) { request in
      do throws(RunFailure) {
        return await answer(try await start(kind, request), to: request.http)
      } catch {
        onEvent(.runRefused(requestID: request.requestID, kind: kind, error))
        return .failure(error)
      }
    }
  }

  private func start(_ kind: RunKind, _ request: RouteRequest) async throws(RunFailure) -> StartedRun {
    let order = try RunOrder(kind, query: request.http.target.query)
    let requester = Requester.name(userAgent: request.http.headers["User-Agent"])
    let started = try await actions.start(order, requester, request.requestID)
    onEvent(.runStarted(requestID: request.requestID, kind: kind, id: started.run.id))
    return started
  }

  private func answer(_ started: StartedRun, to request: HTTPRequest) async -> HTTPResponse {
    let headers = request.headers
    switch AnswerMode(prefer: headers.all("Prefer"), accept: headers.all("Accept")) {
    case .atOnce: return Self.accepted(started)
    case .inLines: return lines(of: started)
    case .whenDone:
      let result = await RunResult(of: started)
      return result.failure.map { .failure($0) } ?? .answer(result.json)
    }
  }

  private static func accepted(_ started: StartedRun) -> HTTPResponse {
    var response = HTTPResponse.answer(started.run.record.json, status: .accepted)
    response.headers.set("Location", "/api/sync-runs/\(started.run.id.number)")
    response.headers.set("Preference-Applied", "respond-async")
    return response
  }

  private func lines(of started: StartedRun) -> HTTPResponse {
    let sleep = clock.sleep
    return HTTPResponse(
      // The second header keeps a reverse proxy (nginx) from collecting the lines.
      headers: ["Content-Type": "application/x-ndjson; charset=utf-8", "X-Accel-Buffering": "no"],
      body: .stream(length: nil) { writer in
        for await line in RunLines.stream(of: started, sleep: sleep) { try await writer.write(line) }
      })
  }
}
