import CallDomain

extension SyncRun {
  /// The run as an object of `/api/sync-runs` (Reference.md, "Recorded runs"): numbers as numbers, times in
  /// UTC with milliseconds, null for what is not known yet. Who asked, how long it took and what it moved follow.
  var record: AnswerValue {
    .object(head + counts.fields + tail)
  }

  private var head: [AnswerField] {
    [
      AnswerField("id", .number(id.number)),
      AnswerField("kind", .text(kind.rawValue)),
      AnswerField("state", .text(state.rawValue)),
      AnswerField("startedAt", .text(startedAt.iso8601)),
      AnswerField("finishedAt", finishedAt.map { .text($0.iso8601) } ?? .null),
      AnswerField("period", period?.record ?? .null),
    ]
  }

  private var tail: [AnswerField] {
    [
      AnswerField("error", error.map { .text($0) } ?? .null),
      AnswerField("durationMs", durationMilliseconds.map { .number($0) } ?? .null),
      AnswerField("requestedBy", .text(requestedBy)),
    ] + rehearsalAndMoves
  }
}

extension Period {
  /// The period as an object of the answers.
  var record: AnswerValue { .object(fields) }

  var fields: [AnswerField] {
    [AnswerField("start", .text(start.iso8601)), AnswerField("end", .text(end.iso8601))]
  }
}
