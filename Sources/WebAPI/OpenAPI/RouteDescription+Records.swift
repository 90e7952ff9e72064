import CallDomain
import WebServer

// The routes that tell what ran and how the service stands.
extension RouteDescription {
  static let runList = RouteDescription(
    name: "SyncRuns", tag: "records", summary: "Recorded runs, newest first", text: "A page of them.",
    parameters: [ParameterDescription.limit, ParameterDescription.before, ParameterDescription.kind],
    responses: [
      .json(
        .ok, "The runs.", "RunPage", example: ["runs": [Example.succeeded], "next": 1042]),
      badParameter("El parámetro limit debe ser un número entero (de 1 a 500)."),
      .failed, .databaseUnavailable,
    ])

  static let oneRun = RouteDescription(
    name: "SyncRun", tag: "records", summary: "One recorded run",
    text: "The address that `Location` names; the counts of a running one grow every 20 seconds.",
    parameters: [ParameterDescription.runID],
    responses: [
      .json(.ok, "The run.", "Run", example: Example.succeeded),
      .error(
        .notFound, "There is no run of this number.", "No hay ninguna ejecución con ese número."),
      .failed, .databaseUnavailable,
    ])

  static let status = RouteDescription(
    name: "SyncStatus", tag: "records", summary: "Last runs, lag and alerts",
    text: "200 also while alerts fire: `healthy` tells.",
    responses: [
      .json(.ok, "How the service stands.", "SyncStatus", example: Example.status),
      .failed, .databaseUnavailable,
    ])

  static let metrics = RouteDescription(
    name: "Metrics", tag: "records", summary: "Metrics for Prometheus",
    text: "Prometheus text format 0.0.4; what the database would tell is left out while it is out of reach.",
    responses: [
      text(.ok, "text/plain", "The metrics.", example: "# TYPE twilio_sync_runs_total counter\n")
    ])

  static let page = RouteDescription(
    name: "StatusPage", tag: "records", summary: "The status page", text: "For people, in a browser.",
    parameters: [ParameterDescription.language],
    responses: [
      text(.ok, "text/html", "The page.", example: "<!DOCTYPE html>"),
      text(.internalServerError, "text/html", "A page that says what failed.", example: "<!DOCTYPE html>"),
      ResponseDescription(
        status: HTTPStatus.serviceUnavailable.code,
        text:
          "A page that says that the database is out of reach; or JSON, when there are too many connections.",
        content: [
          ResponseDescription.media("text/html", ["type": "string"], example: "<!DOCTYPE html>"),
          ResponseDescription.media(
            "application/json", SchemaDescription.reference("Error"),
            example: HTTPResponse.refusalValue(.serviceUnavailable)),
        ]),
    ])

  static let description = RouteDescription(
    name: "OpenAPI", tag: "probes", summary: "This description", text: "OpenAPI 3.1.",
    responses: [
      ResponseDescription(
        status: HTTPStatus.ok.code, text: "The description.",
        content: [
          ResponseDescription.media("application/json", ["type": "object"], example: ["openapi": "3.1.0"])
        ])
    ])

  private static func text(
    _ status: HTTPStatus, _ type: String, _ text: String, example: AnswerValue
  ) -> ResponseDescription {
    ResponseDescription(
      status: status.code, text: text,
      content: [ResponseDescription.media(type, ["type": "string"], example: example)])
  }
}
