import CallDomain
import WebServer

/// The stored calls: one with its explanation.
struct CallRoutes: Sendable {
  let service: any SyncService

  /// `/api/calls/{sid}`.
  var one: Route {
    Route(reading: "/api/calls/{sid}") { request throws(RunFailure) in
      guard let sid = request.parameters["sid"].flatMap(CallSID.init) else {
        return .refusal(.notFound, noSID)
      }
      guard let explanation = try await service.explanation(of: sid) else {
        let failure = RunFailure.notStored(sid, setAsideFor: try await service.refusal(of: sid))
        return .refusal(.notFound, failure.message)
      }
      return .answer(
        AnswerValue.object([
          AnswerField("call", .object(explanation.facts.call.fields)),
          AnswerField("attribution", explanation.answer),
        ]).json)
    }
  }
}
