import CallDomain

extension SchemaDescription {
  /// What the probes answer.
  static let probes: [AnswerField] = [
    AnswerField("Health", object("The process lives.", [AnswerField("status", ["const": "ok"])])),
    AnswerField(
      "Readiness",
      object(
        "Whether a run could start now, in one word a check.",
        [
          AnswerField("status", words(["ready", "unready"])),
          AnswerField("database", words(Readiness.Database.allCases.map(\.rawValue))),
          AnswerField("schema", words(Readiness.Schema.allCases.map(\.rawValue))),
        ])),
  ]
}
