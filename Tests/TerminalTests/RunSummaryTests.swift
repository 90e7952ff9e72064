import CallDomain
import Foundation
import Terminal
import Testing

struct RunSummaryTests {
  private func makeRun(
    kind: RunKind = .hourly, state: RunState = .succeeded, totalCalls: Int = 87, milliseconds: Int64 = 4321,
    error: String? = nil
  ) throws -> SyncRun {
    let start = try #require(Timestamp(iso8601: "2025-10-05T18:45:00Z"))
    let end = try #require(Timestamp(iso8601: "2025-10-05T20:00:00Z"))
    var counts = RunCounts()
    counts.totalCalls = totalCalls
    counts.savedCalls = 87
    counts.case1Count = 62
    counts.case2Count = 15
    counts.case3Count = 10
    counts.twilioRequests = 2
    return SyncRun(
      id: RunID(42), kind: kind, state: state, startedAt: end,
      finishedAt: Timestamp(milliseconds: end.milliseconds + milliseconds),
      period: Period(start: start, end: end), counts: counts, error: error, requestedBy: "cli")
  }

  @Test("The answer has the keys of the promised answer in their order, then further ones")
  func json() throws {
    let json = try makeRun().answer.json
    #expect(
      json == """
        {"success":true,"synced_at":"2025-10-05T20:00:00.000Z",\
        "period":{"start":"2025-10-05T18:45:00.000Z","end":"2025-10-05T20:00:00.000Z"},\
        "totalCalls":87,"savedCalls":87,"createdPhones":0,\
        "case1Count":62,"case2Count":15,"case3Count":10,\
        "message":"Sincronización horaria completada",\
        "skippedCalls":0,"unmatchedCalls":0,"refreshedCalls":0,"reattributedCalls":0,\
        "twilioRequests":2,"refusedCalls":0,"durationMs":4321,"runId":42,"dryRun":false,"moves":[]}
        """)
    _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
  }

  @Test(
    "The message says what was done",
    arguments: [
      (RunKind.hourly, 0, "No hay llamadas nuevas"), (.hourly, 1, "Sincronización horaria completada"),
      (.historical, 0, "No hay llamadas nuevas"), (.historical, 1, "Resincronización histórica completada"),
      (.reattribute, 0, "Reasignación de llamadas completada"),
    ])
  func message(kind: RunKind, totalCalls: Int, expected: String) throws {
    let answer = try makeRun(kind: kind, totalCalls: totalCalls).answer
    #expect(answer.fields.first { $0.key == "message" }?.value == .text(expected))
  }

  @Test("A rehearsal's answer says so, and what would be; moves stand in it with all their keys")
  func rehearsal() throws {
    var run = try makeRun(kind: .reattribute)
    run.isRehearsal = true
    run.counts.reattributedCalls = 3
    run.moves = [
      MoveSum(
        month: nil, number: nil, from: nil, to: WorkspaceID(4), calls: 3, minutes: 5,
        cost: [MoveSum.Cost(priceUnit: "USD", sum: "0.0130")])
    ]
    let json = run.answer.json
    #expect(
      json.contains(
        #""message":"Ensayo completado, nada ha cambiado. Llamadas que se reasignarían: 3""#))
    #expect(
      json.hasSuffix(
        #""runId":42,"dryRun":true,"moves":[{"month":null,"number":null,"from":null,"to":4,"calls":3,"minutes":5,"#
          + #""cost":[{"priceUnit":"USD","sum":"0.0130"}]}]}"#))
  }

  @Test("A failed run answers with its error and id")
  func failureJSON() throws {
    let run = try makeRun(state: .failed, error: "Twilio dijo \"no\"\n\u{2028}.")
    #expect(run.answer.json == #"{"success":false,"error":"Twilio dijo \"no\"\n\u2028.","runId":42}"#)
    #expect(
      RunFailure(.stopping, "El servidor se detiene.").answer.json
        == #"{"success":false,"error":"El servidor se detiene."}"#)
  }

  @Test("A run without a period is answered with null, and synced when it ended")
  func withoutPeriod() throws {
    var run = try makeRun(kind: .reattribute)
    run.period = nil
    #expect(
      run.answer.json.hasPrefix(#"{"success":true,"synced_at":"2025-10-05T20:00:04.321Z","period":null,"#))
  }

  @Test("A failure is one line that begins with what failed")
  func failureLines() {
    let failure = RunFailure(.twilio(.permanent), "Twilio no responde.", runID: RunID(42))
    #expect(RunSummary.lines(for: failure) == ["❌ Twilio no responde. (ejecución 42)"])
  }

  @Test(
    "An interrupted run is gone on with by the dates it was given",
    arguments: [
      (RunOrder.hourly, "twilio-sync hourly"),
      (.historical(since: nil, until: nil, restart: true), "twilio-sync historical"),
      (
        .historical(
          since: Timestamp(iso8601: "2025-08-01"), until: Timestamp(iso8601: "2025-08-02T10:00Z"),
          restart: false),
        "twilio-sync historical --since 2025-08-01 --until 2025-08-02T10:00:00.000Z"
      ),
      (
        .reattribute(since: Timestamp(iso8601: "2025-08-01"), dryRun: true),
        "twilio-sync reattribute --since 2025-08-01 --dry-run"
      ),
    ])
  func continuation(order: RunOrder, expected: String) throws {
    let word = order.kind == .historical ? "continuar" : "repetir"
    #expect(RunSummary.continuation(of: order, isOpen: true) == "Para \(word): \(expected)")
    let isRestart = if case .historical(_, _, true) = order { true } else { false }
    #expect(
      RunSummary.continuation(of: order, isOpen: false)
        == "Para \(word): \(expected)\(isRestart ? " --restart" : "")")
    let arguments = expected.split(separator: " ").dropFirst().map(String.init)
    guard case .run(let again) = try Command(arguments: arguments).action else {
      Issue.record("not a run")
      return
    }
    #expect(again.kind == order.kind)
  }
}
