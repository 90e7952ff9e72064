import CallDomain
import WebServer

/// The recorded runs: a page of them, and one.
struct RunRoutes: Sendable {
  let service: any SyncService

  /// `/api/sync-runs?limit=50&before=ID&kind=KIND`.
  var list: Route {
    Route(reading: "/api/sync-runs", parameters: RunListQuery.names) { request throws(RunFailure) in
      let query = try RunListQuery(request.query)
      // One more than asked for tells whether there is a next page.
      var further = query
      further.limit += 1
      return .answer(Self.page(of: try await service.runs(further), limit: query.limit).json)
    }
  }

  /// `/api/sync-runs/{id}`.
  var one: Route {
    Route(reading: "/api/sync-runs/{id}") { request throws(RunFailure) in
      guard let id = Self.runID(request.parameters["id"]), let run = try await service.run(id) else {
        return .refusal(.notFound, noRun)
      }
      return .answer(run.record.json)
    }
  }

  /// `{"runs": […], "next": ID or null}`; `next` is what to give as `before`.
  private static func page(of runs: [SyncRun], limit: Int) -> AnswerValue {
    let shown = runs.prefix(limit)
    let next = runs.count > limit ? shown.last?.id : nil
    return .object([
      AnswerField("runs", .list(shown.map(\.record))),
      AnswerField("next", next.map { .number($0.number) } ?? .null),
    ])
  }

  /// A run has one address only: digits without sign or leading zeros.
  static func runID(_ text: String?) -> RunID? {
    guard let text, let number = Int64(text), number > 0, String(number) == text else { return nil }
    return RunID(number)
  }
}
