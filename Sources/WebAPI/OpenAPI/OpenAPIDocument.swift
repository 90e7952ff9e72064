import CallDomain
import WebServer

/// The service's description of itself: OpenAPI 3.1, of exactly the routes that it has.
struct OpenAPIDocument: Sendable {
  /// The rows of the table, in their order.
  let rules: [RouteRule]
  /// The program's version.
  let version: String

  /// The whole description.
  var value: AnswerValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "twilio-sync",
        "version": .text(version),
        "summary": "Copies Twilio's call log into PostgreSQL and says whose call each one is.",
        "description": .text(Self.introduction),
        "license": ["name": "MIT", "identifier": "MIT"],
      ],
      "tags": Self.tags,
      "paths": .object(
        rules.compactMap { rule in
          RouteDescription.all[rule.pattern].map { AnswerField(rule.pattern, $0.pathItem(of: rule)) }
        }),
      "components": [
        "securitySchemes": Self.securitySchemes,
        "headers": .object(HeaderDescription.components),
        "responses": .object(ResponseDescription.shared.map { AnswerField($0.component ?? "", $0.whole) }),
        "schemas": .object(
          SchemaDescription.errors + SchemaDescription.runs + SchemaDescription.status
            + SchemaDescription.probes),
      ],
    ]
  }

  private static let introduction = """
    A request is judged in this order: 404 (no such path), 401 (or 429 after many wrong secrets), 405 (no such \
    method; `Allow` names those there are; `HEAD` on a route that starts a run is 405, since it must not start \
    one), then the rest. Errors other than 401 are `{"success":false,"error":"…"}`: the sentence, in Spanish, \
    says what failed and what to do; `runId` is there where a run is meant.

    Times are UTC, ISO 8601 with milliseconds and `Z`. More keys may follow those described. No answer is to be \
    cached.

    Every answer but the refusal of a request that is no valid HTTP carries `X-Request-Id`: the one that was sent, else the trace id of a valid `traceparent`, else \
    a new one. The log lines of the request, and of the run that it starts, carry the same.
    """

  private static let tags: AnswerValue = [
    ["name": "runs", "description": "Start a run. Whoever hangs up does not end it."],
    ["name": "records", "description": "What ran, and how the service stands."],
    ["name": "probes", "description": "For whoever keeps the process running; no secret needed."],
  ]

  private static let securitySchemes: AnswerValue = [
    "bearer": [
      "type": "http", "scheme": "bearer",
      "description": "The secret of the installation, `CRON_SECRET`. It is never accepted in the address.",
    ],
    "basic": [
      "type": "http", "scheme": "basic",
      "description": "The same secret as password, with any user name; only where nothing is started.",
    ],
  ]
}
