package import CallDomain
import WebServer

/// Something that happened at the routes, for logs and metrics.
package enum APIEvent: Hashable, Sendable {
  /// A request got its answer; of an answer in lines, its beginning.
  case answered(AnsweredRequest)
  /// A wrong secret was sent to a route; the event does not say which. `limited`: it was one too many and
  /// was answered with 429; further ones of that minute are not reported.
  case secretRefused(requestID: String, route: String, address: String, limited: Bool)
  /// A request started a run.
  case runStarted(requestID: String, kind: RunKind, id: RunID)
  /// A request with the right secret asked for a run, and none was started.
  case runRefused(requestID: String, kind: RunKind, RunFailure)
  /// A request that only reads could not be answered.
  case requestFailed(requestID: String, route: String, RunFailure)
}

/// A request and how it was answered; all its texts but the id come from small fixed sets.
package struct AnsweredRequest: Hashable, Sendable {
  package var requestID: String
  /// The path of the route's row in the table, such as `/api/sync-runs/{id}`; `unknown` for paths
  /// that are not in it.
  package var route: String
  /// `GET`, `HEAD`, `POST`, … or `OTHER`.
  package var method: String
  package var status: Int
  /// From the request's arrival at the routes to its answer.
  package var milliseconds: Int64

  package init(requestID: String, route: String, method: String, status: Int, milliseconds: Int64) {
    self.requestID = requestID
    self.route = route
    self.method = method
    self.status = status
    self.milliseconds = milliseconds
  }
}

extension AnsweredRequest {
  private static let knownMethods: Set<HTTPMethod> = [
    .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
  ]

  /// A method as one of a small set of texts: what clients invent must not become metric labels.
  static func label(of method: HTTPMethod) -> String {
    knownMethods.contains(method) ? method.text : "OTHER"
  }
}
