import CallDomain
import WebServer

// The routes that start a run.
extension RouteDescription {
  static let hourly = RouteDescription(
    name: "SyncTwilioHourly", tag: "runs", summary: "Run the hourly sync",
    text: """
      Reads what started, and what ended, since the log was last taken in, at least the last 75 minutes, and asks \
      again for calls that were not final or not priced. Parameters of the address are ignored.

      \(forms)
      """,
    parameters: [ParameterDescription.prefer],
    responses: starting("SyncResult", Example.result) + [twilioFailed])

  static let historical = RouteDescription(
    name: "ResyncTwilioHistorical", tag: "runs", summary: "Resync the history, or a period of it",
    text: """
      Goes on with an interrupted run of the same `since` and `until`. Without them it reads from the configured \
      start (`HISTORY_START`) to now. Where Twilio no longer keeps the beginning, `period.start` is the start that \
      was possible.

      \(forms)
      """,
    parameters: [ParameterDescription.since, ParameterDescription.until, ParameterDescription.prefer],
    responses: starting("SyncResult", Example.historicalResult) + [
      badParameter("El parámetro since debe ser anterior a until."), twilioFailed,
    ])

  static let reattribute = RouteDescription(
    name: "Reattribute", tag: "runs", summary: "Apply the attribution rules again",
    text: """
      To stored calls, without Twilio: after an edit of `workspace_phones`.

      \(forms)
      """,
    parameters: [ParameterDescription.since, ParameterDescription.dryRun, ParameterDescription.prefer],
    responses: starting("ReattributionResult", Example.reattribution) + [
      badParameter("El parámetro dryRun debe ser true o false.")
    ])

  private static let forms = """
    It answers when the run is done. `Prefer: respond-async` answers 202 at once, with the run's address in \
    `Location`. `Accept: application/x-ndjson` answers in lines, for proxies that cut silent connections: the run \
    as it stands (schema `Run`) at once and at least every 10 seconds, and as the last line the result (as in \
    `application/json`) or an `Error`, told apart by `success`. What prevents a start (400, 401, 409, 503) is \
    answered before that.
    """

  private static func starting(_ schema: String, _ example: AnswerValue) -> [ResponseDescription] {
    [
      ResponseDescription(
        status: HTTPStatus.ok.code, text: "The run succeeded; or, in lines, it has started.",
        content: [
          ResponseDescription.media(
            "application/json", SchemaDescription.reference(schema), example: example),
          ResponseDescription.media(
            "application/x-ndjson",
            SchemaDescription.described(["type": "string"], "One JSON object a line."), example: Example.lines
          ),
        ]),
      .json(
        .accepted, "With `Prefer: respond-async`: the run holds its lease and is recorded.", "Run",
        example: Example.running,
        headers: [HeaderDescription.location, HeaderDescription.preferenceApplied]),
      .error(
        .conflict, "Another run of this kind is in progress; `runId` is its number. Nothing was started.",
        "Ya hay otra ejecución de este tipo en curso; espere a que termine y repita.", run: 1042,
        headers: [HeaderDescription.retryAfter]),
      .error(
        .internalServerError, "The run failed for another reason.",
        "Error interno. Inténtelo de nuevo y, si persiste, revise los registros.", run: 1042),
      .error(
        .serviceUnavailable,
        """
        The database is out of reach, read-only, full, of an old or too new schema, without the default \
        workspace, or hides rows; or the server is stopping, or has too many connections.
        """,
        "El servicio se está parando; repita la petición cuando vuelva a estar en marcha.",
        headers: [HeaderDescription.possibleRetryAfter]),
    ]
  }

  private static let twilioFailed = ResponseDescription.error(
    .badGateway, "Twilio refused, failed or could not be reached.",
    "Twilio no acepta las credenciales; revise TWILIO_API_KEY y TWILIO_API_SECRET.", run: 1042,
    headers: [HeaderDescription.possibleRetryAfter])

  static func badParameter(_ sentence: String) -> ResponseDescription {
    .error(
      .badRequest, "A parameter is unknown, repeated or wrong; or the request is no valid HTTP/1.1.", sentence
    )
  }
}
