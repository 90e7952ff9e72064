import CallDomain
import WebServer

/// `/api/sync-status`: how the service stands, for dashboards and scripts. It is 200 whether it is healthy or
/// not; what fails is the question itself, when the database is out of reach, and then the state is `broken`.
enum StatusRoute {
  static func route(_ service: any SyncService) -> Route {
    Route(
      reading: "/api/sync-status", .figures,
      failing: [AnswerField("state", .text(ServiceState.broken.rawValue))]
    ) { _ throws(RunFailure) in
      .answer(answer(try await service.status()).json)
    }
  }

  /// The first keys are those of the first version, in their order; later ones follow.
  private static func answer(_ status: ServiceStatus) -> AnswerValue {
    let facts = status.facts
    return .object([
      AnswerField("healthy", .bool(status.isHealthy)),
      AnswerField("coveredUntil", time(facts.coveredUntil)),
      AnswerField("lagSeconds", status.lagSeconds.map { .number($0) } ?? .null),
      AnswerField("lastRuns", .object(lastRuns(facts))),
      AnswerField("alerts", .list(status.alerts.map(answer))),
      AnswerField("unsettledCalls", .number(Int64(facts.unsettledCalls))),
      AnswerField("givenUpCalls", .number(Int64(facts.givenUpCalls))),
      AnswerField("holes", .list(holes(facts))),
      AnswerField("asOf", time(status.asOf)),
      AnswerField("newestCall", time(facts.newestCall)),
      AnswerField("callsLastDay", .number(Int64(facts.callsOfDay))),
      AnswerField("defaultWorkspaceCallsLastDay", .number(Int64(facts.defaultCallsOfDay))),
      AnswerField("refusedCalls", .number(Int64(facts.refusedCalls))),
      AnswerField("state", .text(status.state.rawValue)),
    ])
  }

  /// By kind; a kind that never ran is null.
  private static func lastRuns(_ facts: StatusFacts) -> [AnswerField] {
    RunKind.allCases.map { kind in
      AnswerField(kind.rawValue, facts.runs[kind]?.last?.record ?? .null)
    }
  }

  /// Lost ones are marked; the others are filled by a historical run.
  private static func holes(_ facts: StatusFacts) -> [AnswerValue] {
    let holes = facts.gaps.map { ($0, isLost: false) } + facts.lost.map { ($0, isLost: true) }
    return holes.sorted { $0.0.start < $1.0.start }.map { period, isLost in
      .object(period.fields + (isLost ? [AnswerField("lost", .bool(true))] : []))
    }
  }

  private static func answer(_ alert: Alert) -> AnswerValue {
    .object([
      AnswerField("name", .text(alert.name.rawValue)),
      AnswerField("firing", .bool(alert.isFiring)),
      AnswerField("since", time(alert.since)),
      AnswerField("detail", .text(alert.detail)),
      AnswerField("whatToDo", alert.whatToDo.map { .text($0) } ?? .null),
    ])
  }

  private static func time(_ moment: Timestamp?) -> AnswerValue {
    moment.map { .text($0.iso8601) } ?? .null
  }
}
