import CallDomain
import WebServer

/// What the description says of a route besides what its row in the table says.
struct RouteDescription: Sendable {
  /// What the operation is called in client code, after the method.
  let name: String
  let tag: String
  let summary: String
  /// What a caller must know, in Markdown.
  let text: String
  var parameters: [AnswerValue] = []
  /// The answers of its own; those that every route of its access has are added.
  let responses: [ResponseDescription]

  /// Every route the contract knows, by its pattern; which of them appear is the table's decision.
  static let all: [String: RouteDescription] = [
    "/api/sync-twilio-hourly": hourly, "/api/resync-twilio-historical": historical,
    "/api/reattribute": reattribute, "/api/sync-runs": runList, "/api/sync-runs/{id}": oneRun,
    "/api/sync-status": status, "/metrics": metrics, "/": page, "/health": health, "/ready": ready,
    "/openapi.json": description,
  ]

  /// The path with an operation for each of its methods.
  func pathItem(of rule: RouteRule) -> AnswerValue {
    let allowed = rule.methods.map(\.text).joined(separator: ", ")
    return .object(
      [AnswerField("description", "Any other method is answered 405 with `Allow: \(allowed)`.")]
        + rule.methods.map { AnswerField($0.text.lowercased(), operation($0, rule.access)) })
  }

  private func operation(_ method: HTTPMethod, _ access: RouteAccess) -> AnswerValue {
    let verb = method.text.lowercased()
    return [
      "operationId": .text(verb + name),
      "tags": [.text(tag)],
      "summary": .text(method == .head ? "\(summary): the head of the answer alone" : summary),
      "description": .text(text),
      "security": access.requirement,
      "parameters": .list(parameters + ParameterDescription.common),
      "responses": .object(
        answers(access).map { AnswerField(String($0.status), $0.value(for: method)) }),
    ]
  }

  /// By status; an answer of its own stands for the one that all routes have.
  private func answers(_ access: RouteAccess) -> [ResponseDescription] {
    let own = Set(responses.map(\.status))
    let common =
      ResponseDescription.refusals + (access == .open ? [] : ResponseDescription.secretRefusals(access))
    return (responses + common.filter { !own.contains($0.status) }).sorted { $0.status < $1.status }
  }
}

extension RouteAccess {
  /// `security` of an operation: any one of the list will do; an empty list needs none.
  fileprivate var requirement: AnswerValue {
    switch self {
    case .open: []
    case .bearer: [["bearer": []]]
    case .bearerOrBasic: [["bearer": []], ["basic": []]]
    }
  }
}
