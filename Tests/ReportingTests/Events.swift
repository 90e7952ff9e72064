import CallDomain
import SyncEngine
import TestSupport
import Testing

/// The period of the example in Reference.md, "The answer of a run".
func makePeriod(
  _ start: String = "2025-10-05T18:45:00Z", _ end: String = "2025-10-05T20:00:00Z"
) throws -> Period {
  Period(
    start: try #require(Timestamp(iso8601: start)), end: try #require(Timestamp(iso8601: end)))
}

/// The counts of the example in Reference.md, "The answer of a run".
func makeCounts(totalCalls: Int = 87) -> RunCounts {
  var counts = RunCounts()
  counts.totalCalls = totalCalls
  counts.savedCalls = 87
  counts.case1Count = 62
  counts.case2Count = 15
  counts.case3Count = 10
  return counts
}

/// The events of the example in Reference.md, "Log", in their order.
func makeHourlyEvents() throws -> [SyncEvent] {
  [
    .started(.hourly), .period(try makePeriod()), .directoryLoaded(numbers: 17), .fetching(.hourly),
    .fetched(calls: 87), .processing(calls: 87, outbound: 77, transfers: 10), .saving(calls: 87),
    .saved(calls: 87), .finished(.hourly, makeCounts()),
  ]
}

/// Calls of a month that moved, in two currencies.
func makeSum(from: Int64? = 1) -> MoveSum {
  MoveSum(
    month: "2026-03", number: makeNumber("+34910000004"), from: from.map(WorkspaceID.init),
    to: WorkspaceID(4), calls: 12, minutes: 34,
    cost: [
      MoveSum.Cost(priceUnit: "EUR", sum: "0.90000"), MoveSum.Cost(priceUnit: "USD", sum: "1.25"),
    ])
}

/// At least one event of each case.
func makeEveryEvent() throws -> [SyncEvent] {
  let kinds = RunKind.allCases
  let failure = RunFailure(.database(.unreachable), "La base de datos no responde.")
  var day = AuditDay(.epoch)
  day.examples = AuditDifference.Kind.allCases.map { AuditDifference(makeSID(1).text, $0, field: "status") }
  day.missing = 1
  var lost = AuditDay(.epoch)
  lost.isKept = false
  let others: [SyncEvent] = [
    .dayAudited(AuditDay(.epoch)), .dayAudited(day), .dayAudited(lost), .auditDiffers("Ejecute esto."),
    .goneNoted(calls: 2), .goneNotNoted(calls: 1, failure), .goneNotNoted(calls: nil, failure),
    .noCalls,
    .retrying(
      attempt: 1, delay: 250,
      RunFailure(.twilio(.transient), "Twilio respondió 503", twilioRequestID: "RQ1")),
    .retrying(attempt: 1, delay: 250, RunFailure(.twilio(.transient), "sin respuesta")),
    .unreadableRecords(2),
    .clockOff(seconds: 61), .gap(try makePeriod()), .sliceDone(try makePeriod(), calls: 3),
    .refused(RefusedCall(sid: makeSID(1), attributionCase: .transfer, reason: "SQLSTATE 22003")),
    .kept(KeptCalls(sids: [makeSID(1), makeSID(2)], reason: "SQLSTATE P0001")),
    .phoneRefused(makeNumber("+34910000077"), reason: "SQLSTATE 23514, e164"), .notTaken(calls: 2),
    .callNotGiven(makeSID(1), RunFailure(.twilio(.refused), "Twilio rechaza la petición.")),
    .callNotCompared(makeSID(1), RunFailure(.twilio(.refused), "Twilio rechaza la petición.")),
    .listNotGiven(RunFailure(.twilio(.refused), "Twilio rechaza la petición.")), .coverageAhead(.epoch),
    .directoryLoaded(numbers: 0), .lost(try makePeriod()), .moving(calls: 64), .moved(makeSum()),
    .assigned(makeNumber("+34910000004"), WorkspaceID(4), createdPhones: 1), .wouldBeRefused(failure),
    .movedOtherwise(sums: 3, calls: 9),
    .retentionReached(start: .epoch), .resuming(slicesDone: 1, slices: 2, share: 0.5),
  ]
  return try makeHourlyEvents() + kinds.map { .started($0) } + kinds.map { .fetching($0) }
    + kinds.map { .finished($0, makeCounts()) } + kinds.map { .failed($0, failure) }
    + kinds.map { .interrupted($0) } + others
}
