import CallDomain
import WebAPI

/// 2025-10-05T20:00:00.000Z, the moment of the contract's example.
let exampleEnd = Timestamp(milliseconds: 1_759_694_400_000)

/// A run; by default the one of contract section 4, succeeded.
func makeRun(
  id: Int64 = 7, kind: RunKind = .hourly, state: RunState = .succeeded,
  startedAt: Timestamp = exampleEnd, finishedAt: Timestamp? = exampleEnd.adding(seconds: 2),
  period: Period? = Period(start: exampleEnd.adding(minutes: -75), end: exampleEnd),
  counts: RunCounts = makeCounts(), error: String? = nil, requestedBy: String = "vercel-cron/1.0"
) -> SyncRun {
  SyncRun(
    id: RunID(id), kind: kind, state: state, startedAt: startedAt, finishedAt: finishedAt, period: period,
    counts: counts, error: error, requestedBy: requestedBy)
}

/// A run that has just been recorded.
func makeRunningRun(id: Int64 = 7, kind: RunKind = .hourly) -> SyncRun {
  makeRun(id: id, kind: kind, state: .running, finishedAt: nil, period: nil, counts: RunCounts())
}

/// The counts of the contract's example.
func makeCounts(total: Int = 87, cases: (Int, Int, Int) = (62, 15, 10)) -> RunCounts {
  var counts = RunCounts()
  counts.totalCalls = total
  counts.savedCalls = cases.0 + cases.1 + cases.2
  (counts.case1Count, counts.case2Count, counts.case3Count) = cases
  counts.twilioRequests = 3
  return counts
}
