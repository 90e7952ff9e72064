import CallDomain
import WebServer

extension HTTPResponse {
  /// Seconds after which to try again when a running run does not say.
  private static let runningRetryAfter = 60

  /// The answer to a run that did not start or did not succeed; the one place that maps codes to
  /// statuses.
  static func failure(_ failure: RunFailure, with more: [AnswerField] = []) -> HTTPResponse {
    let json = RunAnswer(failure.answer.fields + more).json
    var response = answer(json, status: status(of: failure.kind))
    let fallback = failure.kind == .alreadyRunning ? runningRetryAfter : nil
    if let seconds = failure.retryAfter ?? fallback {
      response.headers.set("Retry-After", String(max(0, seconds)))
    }
    return response
  }

  private static func status(of kind: RunFailure.Kind) -> HTTPStatus {
    switch kind {
    case .badParameter: .badRequest
    case .alreadyRunning, .conflict: .conflict
    case .twilio: .badGateway
    case .database(.refused), .leaseLost, .internal: .internalServerError
    case .database, .stopping: .serviceUnavailable
    }
  }
}
