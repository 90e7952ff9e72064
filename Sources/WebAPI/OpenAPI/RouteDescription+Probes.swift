import CallDomain
import WebServer

// The probes, which need no secret.
extension RouteDescription {
  static let health = RouteDescription(
    name: "Health", tag: "probes", summary: "Whether the process lives", text: "Touches nothing else.",
    responses: [.json(.ok, "It lives.", "Health", example: ["status": "ok"])])

  static let ready = RouteDescription(
    name: "Ready", tag: "probes", summary: "Whether a run could start now",
    text: "All callers share one check of the database, which is made at most every two seconds.",
    responses: [
      .json(.ok, "It could.", "Readiness", example: ["status": "ready", "database": "ok", "schema": "ok"]),
      ResponseDescription(
        status: HTTPStatus.serviceUnavailable.code,
        text: "It could not; or there are too many connections at once.",
        content: [
          ResponseDescription.media(
            "application/json",
            ["anyOf": [SchemaDescription.reference("Readiness"), SchemaDescription.reference("Error")]],
            example: ["status": "unready", "database": "ok", "schema": "migrating"])
        ]),
    ])
}
