import CallDomain
import WebServer

/// The routes that start a run. What prevents a start (400, 409, 503) is answered before anything
/// else, in whatever form the client wants its answer; a client that hangs up ends nothing.
struct StartRoutes: Sendable {
  let service: any SyncService
  let clock: APIClock
  let onEvent: @Sendable (APIEvent) -> Void

  /// The row for a kind of run.
  func route(_ kind: RunKind, _ path: String, _ methods: [HTTPMethod]) -> Route {
    Route(path, methods, .bearer) { request in
      do throws(RunFailure) {
        return await answer(try await start(kind, request), to: request.http)
      } catch {
        onEvent(.runRefused(requestID: request.requestID, kind: kind, error))
        return .failure(error)
      }
    }
  }

  private func start(_ kind: RunKind, _ request: RouteRequest) async throws(RunFailure) -> any LiveRun {
    let order = try RunOrder(kind, request)
    let requester = Requester.name(userAgent: request.http.headers["User-Agent"])
    let started = try await service.start(order, requestedBy: requester, requestID: request.requestID)
    onEvent(.runStarted(requestID: request.requestID, kind: kind, id: started.run.id))
    return started
  }

  private func answer(_ started: any LiveRun, to request: HTTPRequest) async -> HTTPResponse {
    let headers = request.headers
    switch AnswerMode(prefer: headers.all("Prefer"), accept: headers.all("Accept")) {
    case .atOnce: return Self.accepted(started)
    case .inLines: return lines(of: started)
    case .whenDone:
      // What the run fails with its own lines have told.
      do throws(RunFailure) {
        return .answer(try await started.success().answer.json)
      } catch {
        return .failure(error)
      }
    }
  }

  private static func accepted(_ started: any LiveRun) -> HTTPResponse {
    var response = HTTPResponse.answer(started.run.record.json, status: .accepted)
    response.headers.set("Location", "/api/sync-runs/\(started.run.id.number)")
    response.headers.set("Preference-Applied", "respond-async")
    return response
  }

  private func lines(of started: any LiveRun) -> HTTPResponse {
    let sleep = clock.sleep
    return HTTPResponse(
      // The second header keeps a reverse proxy (nginx) from collecting the lines.
      headers: ["Content-Type": "application/x-ndjson; charset=utf-8", "X-Accel-Buffering": "no"],
      body: .stream(length: nil) { writer in
        for await line in RunLines.stream(of: started, sleep: sleep) { try await writer.write(line) }
      })
  }
}
