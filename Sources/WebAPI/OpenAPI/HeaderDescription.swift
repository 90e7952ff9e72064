import CallDomain

/// The headers of answers.
enum HeaderDescription {
  /// What answers share, as components.
  static let components: [AnswerField] = [
    AnswerField(
      "RequestId", header("Ties the answer to the log lines: what was sent, or a new id.", required: false)),
    AnswerField("TraceParent", header("A valid `traceparent`, as it was sent.", required: false)),
    AnswerField("RetryAfter", retryAfter(required: true)),
    AnswerField("PossibleRetryAfter", retryAfter(required: false)),
  ]

  /// Of every answer that a route makes.
  static let traced: [AnswerField] = [
    AnswerField("X-Request-Id", reference("RequestId")), AnswerField("traceparent", reference("TraceParent")),
  ]

  static let retryAfter = AnswerField("Retry-After", reference("RetryAfter"))

  /// Only where somebody knows.
  static let possibleRetryAfter = AnswerField("Retry-After", reference("PossibleRetryAfter"))

  static let location = AnswerField(
    "Location", header("The run's address: `/api/sync-runs/{id}`.", required: true))

  static let preferenceApplied = AnswerField(
    "Preference-Applied", header("`respond-async`", required: true))

  /// The schemes that the route takes, one a line of the header.
  static func challenge(_ access: RouteAccess) -> AnswerField {
    let schemes = access.challenges.map { "`\($0)`" }.joined(separator: " and ")
    return AnswerField("WWW-Authenticate", header("\(schemes), each in a line of its own.", required: true))
  }

  private static func reference(_ name: String) -> AnswerValue { ["$ref": "#/components/headers/\(name)"] }

  private static func retryAfter(required: Bool) -> AnswerValue {
    [
      "description": "Seconds after which trying again makes sense.", "required": .bool(required),
      "schema": ["type": "integer", "minimum": 0],
    ]
  }

  private static func header(_ text: String, required: Bool) -> AnswerValue {
    ["description": .text(text), "required": .bool(required), "schema": ["type": "string"]]
  }
}
