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

  static let status: AnswerValue = [
    "healthy": false, "coveredUntil": .text(end.iso8601), "lagSeconds": 7500,
    "lastRuns": ["hourly": succeeded],
    "alerts": [
      [
        "name": "no_run", "firing": true, "since": "2025-10-05T22:00:04.210Z",
        "detail":
          "La última ejecución horaria correcta acabó el 2025-10-05T20:00:04.210Z. Hace más de 2 horas.",
        "whatToDo": "Compruebe que el programador llama cada hora a /api/sync-twilio-hourly.",
      ]
    ],
    "unsettledCalls": 3, "givenUpCalls": 0, "holes": [],
  ]

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
