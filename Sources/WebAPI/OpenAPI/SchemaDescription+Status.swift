import CallDomain

extension SchemaDescription {
  /// How the service stands.
  static let status: [AnswerField] = [
    AnswerField(
      "SyncStatus",
      object(
        "The state of the synchronization and the four alerts.",
        [
          AnswerField("healthy", described(["type": "boolean"], "No alert fires.")),
          AnswerField(
            "coveredUntil", described(orNull(time), "Up to where hourly runs have taken in Twilio's log.")),
          AnswerField("lagSeconds", described(orNull(count), "From `coveredUntil` until now.")),
          AnswerField("lastRuns", lastRuns),
          AnswerField("alerts", ["type": "array", "items": reference("Alert")]),
          AnswerField(
            "unsettledCalls",
            described(
              count, "Calls that are asked for again, because Twilio may still add to them.")),
          AnswerField(
            "givenUpCalls",
            described(
              count, "Calls that were given up after 48 hours without a final status or a price.")),
          AnswerField(
            "holes",
            described(
              ["type": "array", "items": reference("Period")],
              "Periods that no hourly run will take in; a historical run fills them.")),
          AnswerField("asOf", described(time, "When it was asked.")),
          AnswerField(
            "newestCall", described(orNull(time), "When the newest stored call of Twilio's began.")),
          AnswerField("callsLastDay", described(count, "Stored calls of Twilio's of the last 24 hours.")),
          AnswerField(
            "defaultWorkspaceCallsLastDay", described(count, "Those of them in the default workspace.")),
        ])),
    AnswerField(
      "Alert",
      object(
        "One of the four alerts, firing or not.",
        [
          AnswerField("name", words(Alert.Name.allCases.map(\.rawValue))),
          AnswerField("firing", ["type": "boolean"]),
          AnswerField("since", described(orNull(time), "Since when it fires, as far as that is known.")),
          AnswerField("detail", described(["type": "string"], "What was found, in Spanish.")),
          AnswerField(
            "whatToDo", described(orNull(["type": "string"]), "In Spanish; null while it does not fire.")),
        ])),
  ]

  private static let lastRuns = object(
    "The newest run of each kind, in progress or ended; null for a kind that never ran.",
    RunKind.allCases.map { AnswerField($0.rawValue, orNull(reference("Run"))) })
}
