import CallDomain
import TestSupport
import Testing

@Suite("Runs as often as SYNC_EVERY_MINUTES says")
struct CadenceTests {
  private static let start = makeTime("2026-03-02T00:07:00Z")

  private static func rules(every minutes: Int) -> AlertRules {
    var rules = AlertRules()
    rules.everyMinutes = minutes
    return rules
  }

  /// What is stored after a run that ended well at that moment and took in a call of the minute before.
  private static func facts(_ moment: Timestamp) -> StatusFacts {
    var facts = StatusFacts()
    facts.installedAt = start.adding(hours: -1000)
    facts.newestCall = moment.adding(minutes: -1)
    facts.runs[.hourly] = StatusFacts.Runs()
    facts.runs[.hourly]?.lastSuccess = moment
    facts.runs[.hourly]?.last = SyncRun(
      id: RunID(1), kind: .hourly, state: .succeeded, startedAt: moment, finishedAt: moment,
      requestedBy: "test")
    return facts
  }

  @Test(
    "The bounds: the time between two runs and the larger of an hour and a quarter of it; hours that are set win",
    arguments: [
      (5, 65, "65 minutos", "5 minutos"), (60, 120, "2 horas", "hora"),
      (90, 150, "150 minutos", "90 minutos"),
      (240, 300, "5 horas", "4 horas"), (720, 900, "15 horas", "12 horas"),
      (1440, 1800, "30 horas", "24 horas"),
    ])
  func bounds(every: Int, minutes: Int, words: String, pause: String) throws {
    var rules = Self.rules(every: every)
    #expect(rules.noRunSeconds == minutes * 60 && rules.noCallsSeconds == minutes * 60)
    let facts = Self.facts(Self.start)
    let bound = Self.start.adding(minutes: minutes)
    let before = rules.alerts(facts, now: bound).filter(\.isFiring).map(\.name)
    #expect(before == [.noCalls])
    let alerts = rules.alerts(facts, now: bound.adding(seconds: 1)).filter(\.isFiring)
    #expect(alerts.map(\.name) == [.noCalls, .noRun])
    #expect(alerts.map(\.since) == [bound.adding(minutes: -1), bound])
    for alert in alerts { #expect(alert.detail.hasSuffix(" Hace más de \(words).")) }
    #expect(alerts.last?.whatToDo?.contains("llama cada \(pause) a /api/") == true)
    let status = ServiceStatus(facts, rules: rules, now: bound)
    #expect(status.nextExpected == Self.start.adding(minutes: every))
    rules.noRunHours = 1
    rules.noCallsHours = 200
    #expect(rules.noRunSeconds == 3600 && rules.noCallsSeconds == 720_000)
  }

  @Test(
    "A day of 288 runs and a month of one a day: no gap, every run overlaps the last, no alert fires between them",
    arguments: [(5, 288, 75, 1), (60, 24, 75, 1), (1440, 30, 1455, 6)])
  func punctual(every: Int, runs: Int, window: Int, slices: Int) {
    let rules = Self.rules(every: every)
    var covered = Self.start
    var fired = 0
    for number in 1...runs {
      let moment = Self.start.adding(minutes: number * every)
      for minute in Array(stride(from: 0, to: every, by: max(1, every / 60))) + [every] {
        let now = moment.adding(minutes: minute - every)
        fired += rules.alerts(Self.facts(covered), now: now).count(where: \.isFiring)
      }
      let plan = WindowPlan(
        now: moment, coveredUntil: covered, windowMinutes: max(75, every + WindowPlan.overlapMinutes),
        maxCatchUpHours: 168)
      #expect(plan.gap == nil)
      #expect(plan.period == Period(start: moment.adding(minutes: -window), end: moment))
      #expect(plan.period.start <= covered.adding(minutes: -15))
      #expect(plan.slices.count == slices)
      covered = moment
    }
    #expect(fired == 0)
  }
}
