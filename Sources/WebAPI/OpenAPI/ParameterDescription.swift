import CallDomain

/// The parameters of requests. `Accept` and `Authorization` are none: OpenAPI tells them by an answer's content
/// types and by the security schemes (section "Parameter Object").
enum ParameterDescription {
  /// What every route takes.
  static let common: [AnswerValue] = [
    header(
      "X-Request-Id",
      "Ties the log lines of the sender to ours: 1 to 128 of `A-Z a-z 0-9 - _ . : / + = @`. Anything else is replaced.",
      example: "0af7651916cd43dd8448eb211c80319c"),
    header(
      "traceparent", "W3C Trace Context, version 00. Anything else is ignored.",
      example: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
  ]

  /// How a route that starts a run is asked to answer at once.
  static let prefer = header(
    "Prefer",
    "`respond-async` (RFC 7240) answers 202 as soon as the run is recorded. It wins over `Accept: application/x-ndjson`.",
    example: "respond-async")

  static let since = time("since", "Only what began at this moment or later.", example: "2025-09-01")
  static let until = time(
    "until", "Only what began before this moment, which must be later than `since`.", example: "2025-10-01")

  static let dryRun = query(
    "dryRun", "Whether the moves are only counted and nothing is written.",
    ["type": "boolean", "default": false], example: false)

  static let limit = query(
    "limit", "The most runs to return.",
    [
      "type": "integer", "minimum": 1, "maximum": .number(Int64(RunListQuery.largestLimit)),
      "default": .number(Int64(RunListQuery.defaultLimit)),
    ], example: 10)

  static let before = query(
    "before", "Only runs with a smaller number: `next` of the page before.", SchemaDescription.runNumber,
    example: 1042)

  static let language = query(
    "lang", "`es` or `en`; anything else is Spanish.", ["type": "string", "default": "es"], example: "en")

  static let kind = query(
    "kind", "Only runs of this kind.", SchemaDescription.reference("RunKind"), example: "hourly")

  static let runID: AnswerValue = [
    "name": "id", "in": "path", "required": true,
    "description": "The run's number: digits without leading zeros.",
    "schema": SchemaDescription.runNumber, "example": 1042,
  ]

  private static func time(_ name: String, _ text: String, example: AnswerValue) -> AnswerValue {
    query(
      name, "\(text) `YYYY-MM-DD` or an ISO 8601 time; UTC unless it has an offset.",
      ["anyOf": [["type": "string", "format": "date"], ["type": "string", "format": "date-time"]]],
      example: example)
  }

  private static func query(
    _ name: String, _ text: String, _ schema: AnswerValue, example: AnswerValue
  ) -> AnswerValue {
    [
      "name": .text(name), "in": "query", "required": false, "description": .text(text), "schema": schema,
      "example": example,
    ]
  }

  private static func header(_ name: String, _ text: String, example: String) -> AnswerValue {
    [
      "name": .text(name), "in": "header", "required": false, "description": .text(text),
      "schema": ["type": "string"], "example": .text(example),
    ]
  }
}
