import CallDomain

extension SyncRun {
  /// The run as an object of `/api/sync-runs` (Reference.md, "Recorded runs"): numbers as numbers, times in
  /// UTC with milliseconds, null for what is not known yet. Who asked and how long it took follow.
  var record: AnswerValue {
    .object(head + countFields + tail)
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

  private var countFields: [AnswerField] {
    let named: [(String, Int)] = [
      ("totalCalls", counts.totalCalls), ("savedCalls", counts.savedCalls),
      ("createdPhones", counts.createdPhones), ("case1Count", counts.case1Count),
      ("case2Count", counts.case2Count), ("case3Count", counts.case3Count),
      ("skippedCalls", counts.skippedCalls), ("unmatchedCalls", counts.unmatchedCalls),
      ("refreshedCalls", counts.refreshedCalls), ("reattributedCalls", counts.reattributedCalls),
      ("twilioRequests", counts.twilioRequests),
    ]
    return named.map { AnswerField($0.0, .number(Int64($0.1))) }
  }

  private var tail: [AnswerField] {
    [
      AnswerField("error", error.map { .text($0) } ?? .null),
      AnswerField("durationMs", durationMilliseconds.map { .number($0) } ?? .null),
      AnswerField("requestedBy", .text(requestedBy)),
    ]
  }
}

extension Period {
  /// The period as an object of the answers.
  var record: AnswerValue {
    .object([AnswerField("start", .text(start.iso8601)), AnswerField("end", .text(end.iso8601))])
  }
}
