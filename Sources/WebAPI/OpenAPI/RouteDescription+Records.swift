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
    text: "Prometheus text format.",
    responses: [
      text("text/plain", "The metrics.", example: "# TYPE twilio_sync_runs_total counter\n"), .failed,
      .databaseUnavailable,
    ])

  static let page = RouteDescription(
    name: "StatusPage", tag: "records", summary: "The status page", text: "For people, in a browser.",
    responses: [
      text("text/html", "The page.", example: "<!DOCTYPE html>"), .failed, .databaseUnavailable,
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

  private static func text(_ type: String, _ text: String, example: AnswerValue) -> ResponseDescription {
    ResponseDescription(
      status: HTTPStatus.ok.code, text: text,
      content: [ResponseDescription.media(type, ["type": "string"], example: example)])
  }
}
