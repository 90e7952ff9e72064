import CallDomain

/// What an answer looks like, made by the code that makes the real ones.
enum Example {
  /// The hourly run of the README.
  static let result = AnswerValue.object(run(.hourly, .succeeded).answer.fields)

  static let historicalResult = AnswerValue.object(run(.historical, .succeeded).answer.fields)

  static let reattribution: AnswerValue = {
    var reattributed = run(.reattribute, .succeeded)
    reattributed.period = nil
    reattributed.moves = [WorkspaceMove(from: WorkspaceID(1), to: WorkspaceID(4)): 12]
    return .object(reattributed.answer.fields)
  }()

  static let running = run(.hourly, .running).record
  static let succeeded = run(.hourly, .succeeded).record

  /// An answer in lines: the run at once and every few seconds, then its result.
  static let lines = AnswerValue.text([running, running, result].map { $0.json + "\n" }.joined())

  static let status: AnswerValue = {
    var facts = StatusFacts()
    facts.coveredUntil = end
    facts.newestCall = Timestamp(milliseconds: end.milliseconds - 95_000)
    facts.callsOfDay = 1912
    facts.defaultCallsOfDay = 40
    facts.unsettledCalls = 3
    facts.runs[.hourly] = StatusFacts.Runs()
    facts.runs[.hourly]?.last = run(.hourly, .succeeded)
    facts.runs[.hourly]?.lastSuccess = run(.hourly, .succeeded).finishedAt
    let now = Timestamp(milliseconds: end.milliseconds + 7_500_000)
    return .object(StatusRoute.answer(ServiceStatus(facts, rules: AlertRules(), now: now)).fields)
  }()

  private static let end = Timestamp(milliseconds: 1_759_694_400_000)

  private static func run(_ kind: RunKind, _ state: RunState) -> SyncRun {
    var run = SyncRun(
      id: RunID(1042), kind: kind, state: state, startedAt: end,
      period: Period(start: Timestamp(milliseconds: end.milliseconds - 4_500_000), end: end),
      requestedBy: "vercel-cron/1.0")
    guard state == .succeeded else { return run }
    run.finishedAt = Timestamp(milliseconds: end.milliseconds + 4210)
    run.counts.totalCalls = 87
    run.counts.savedCalls = 87
    run.counts.case1Count = 62
    run.counts.case2Count = 15
    run.counts.case3Count = 10
    run.counts.twilioRequests = 3
    return run
  }
}
