import CallDomain

extension SchemaDescription {
  /// Runs, their results and their lists.
  static let runs: [AnswerField] = [
    AnswerField("RunKind", words(RunKind.allCases.map(\.rawValue))),
    AnswerField("RunState", words(RunState.allCases.map(\.rawValue))),
    AnswerField(
      "Period",
      object(
        "From `start`, included, to `end`, not included.",
        [AnswerField("start", time), AnswerField("end", time)])),
    AnswerField("Run", object("A run as it is recorded; its counts grow while it runs.", record)),
    AnswerField(
      "RunPage",
      object(
        "Recorded runs, newest first.",
        [
          AnswerField("runs", ["type": "array", "items": reference("Run")]),
          AnswerField("next", described(orNull(runNumber), "What to give as `before` for the next page.")),
        ])),
    AnswerField(
      "SyncResult", object("A run that read Twilio's log and succeeded.", result(reference("Period"), time))),
    AnswerField(
      "ReattributionResult",
      object(
        "A reattribution that succeeded; it has no period.",
        result(orNull(reference("Period")), orNull(time)) + [
          AnswerField("moves", ["type": "array", "items": reference("Move")])
        ])),
    AnswerField(
      "Move",
      object(
        "So many calls went, or in a dry run would go, from one workspace to another.",
        [
          AnswerField("from", orNull(["type": "integer"])), AnswerField("to", ["type": "integer"]),
          AnswerField("calls", count),
        ])),
  ]

  /// An object of `/api/sync-runs`, in the order of its keys.
  private static let record: [AnswerField] =
    [
      AnswerField("id", runNumber), AnswerField("kind", reference("RunKind")),
      AnswerField("state", reference("RunState")), AnswerField("startedAt", time),
      AnswerField("finishedAt", orNull(time)), AnswerField("period", orNull(reference("Period"))),
    ] + counts + laterCounts + [
      AnswerField("error", described(orNull(["type": "string"]), "Why it did not succeed, in Spanish.")),
      AnswerField("durationMs", orNull(count)),
      AnswerField(
        "requestedBy",
        described(
          ["type": "string"], "Who asked: `cli`, `http`, or the product a client names itself by.")),
    ]

  /// The answer to whoever started a run, in the order of its keys.
  private static func result(_ period: AnswerValue, _ moment: AnswerValue) -> [AnswerField] {
    [
      AnswerField("success", ["const": true]),
      AnswerField("synced_at", described(moment, "The end of the period.")), AnswerField("period", period),
    ] + counts + [AnswerField("message", ["type": "string"])] + laterCounts + [
      AnswerField("durationMs", count), AnswerField("runId", runNumber),
    ]
  }

  private static let counts: [AnswerField] = [
    counted("totalCalls", "Calls that started in the period: cases 1, 2 and 3 and the skipped ones."),
    counted("savedCalls", "Those of cases 1 to 3 that are stored now, whether rewritten or not."),
    counted("createdPhones", "Numbers that were added to `workspace_phones`."),
    counted("case1Count", "`outbound-api`"), counted("case2Count", "`trunking-terminating`"),
    counted("case3Count", "`trunking-originating`: transfers."),
  ]

  private static let laterCounts: [AnswerField] = [
    counted("skippedCalls", "Calls of the period whose direction is not stored."),
    counted("unmatchedCalls", "Transfers of the period for which no related call is known."),
    counted("refreshedCalls", "Rows outside the period that were added or changed."),
    counted("reattributedCalls", "Stored transfers whose workspace changed."),
    counted("twilioRequests", "Requests to Twilio, repeated ones included."),
  ]

  private static func counted(_ key: String, _ text: String) -> AnswerField {
    AnswerField(key, described(count, text))
  }

  static func described(_ schema: AnswerValue, _ text: String) -> AnswerValue {
    guard case .object(let fields) = schema else { return schema }
    return .object(fields + [AnswerField("description", .text(text))])
  }
}
