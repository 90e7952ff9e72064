import CallDomain
import TestSupport
import Testing

@Suite("The alerts")
struct AlertRulesTests {
  static let now = makeTime("2026-03-02T12:00:00Z")

  static func alert(
    _ name: Alert.Name, rules: AlertRules = AlertRules(), at now: Timestamp = now,
    _ change: (inout StatusFacts) -> Void
  ) -> Alert? {
    var facts = StatusFacts()
    change(&facts)
    let alerts = rules.alerts(facts, now: now)
    #expect(alerts.map(\.name) == Alert.Name.allCases)
    for alert in alerts {
      #expect((alert.whatToDo != nil) == alert.isFiring && !alert.detail.isEmpty)
      if !alert.isFiring { #expect(alert.since == nil) }
    }
    return alerts.first { $0.name == name }
  }

  @Test("no_calls fires when the newest call is more than two hours old, and from then on")
  func noCalls() {
    let atLimit = Self.alert(.noCalls) { $0.newestCall = Self.now.adding(hours: -2) }
    #expect(atLimit?.isFiring == false)
    let over = Self.alert(.noCalls) { $0.newestCall = Self.now.adding(minutes: -121) }
    #expect(over?.isFiring == true && over?.since == Self.now.adding(minutes: -1))
    #expect(Self.alert(.noCalls) { _ in }?.isFiring == false)
    let never = Self.alert(.noCalls) { $0.installedAt = Self.now.adding(hours: -3) }
    #expect(never?.isFiring == true && never?.since == Self.now.adding(hours: -1))
    var rules = AlertRules()
    rules.noCallsHours = 5
    #expect(
      Self.alert(.noCalls, rules: rules) { $0.newestCall = Self.now.adding(hours: -5) }?.isFiring == false)
    #expect(
      Self.alert(.noCalls, rules: rules) { $0.newestCall = Self.now.adding(hours: -6) }?.isFiring == true)
  }

  @Test("An installation of which nobody knows since when it stands is silent, since that was first seen")
  func unknownAge() throws {
    let noticed = Self.now.adding(minutes: -7)
    for name in [Alert.Name.noRun, .noCalls] {
      for firingSince in [nil, noticed] {
        let alert = Self.alert(name) { facts in
          facts.installedAt = .epoch
          facts.firingSince[name] = firingSince
        }
        #expect(alert?.isFiring == true && alert?.since == firingSince)
      }
    }
    var rules = AlertRules()
    rules.quietTimes = try #require(QuietTimes("11:00-13:00"))
    let muted = Self.alert(.noCalls, rules: rules) { $0.installedAt = .epoch }
    #expect(muted?.isFiring == false && muted?.isMuted == true)
  }

  @Test("Quiet times do not count as silence, and nobody is alerted in them")
  func quietTimes() throws {
    var rules = AlertRules()
    rules.quietTimes = try #require(QuietTimes("22:00-07:00"))
    func alert(at moment: String) -> Alert? {
      Self.alert(.noCalls, rules: rules, at: makeTime(moment)) {
        $0.newestCall = makeTime("2026-03-01T21:30:00Z")
      }
    }
    #expect(alert(at: "2026-03-02T03:00:00Z")?.isFiring == false)
    #expect(alert(at: "2026-03-02T08:30:00Z")?.isFiring == false)
    let morning = alert(at: "2026-03-02T08:31:00Z")
    #expect(morning?.isFiring == true && morning?.since == makeTime("2026-03-02T08:30:00Z"))
    let evening = alert(at: "2026-03-02T22:00:00Z")
    #expect(evening?.isFiring == false && evening?.isMuted == true && morning?.isMuted == false)
    #expect(alert(at: "2026-03-02T03:00:00Z")?.isMuted == false)
  }

  @Test("no_run fires two hours after the last successful hourly run, or the installation")
  func noRun() {
    func alert(_ success: Timestamp?, installed: Timestamp? = nil) -> Alert? {
      Self.alert(.noRun) { facts in
        facts.installedAt = installed
        facts.runs[.hourly] = StatusFacts.Runs()
        facts.runs[.hourly]?.lastSuccess = success
        facts.runs[.historical] = StatusFacts.Runs()
        facts.runs[.historical]?.lastSuccess = Self.now
      }
    }
    #expect(alert(Self.now.adding(hours: -2))?.isFiring == false)
    let late = alert(Self.now.adding(hours: -3))
    #expect(late?.isFiring == true && late?.since == Self.now.adding(hours: -1))
    #expect(alert(nil, installed: Self.now.adding(hours: -1))?.isFiring == false)
    #expect(alert(nil, installed: Self.now.adding(hours: -3))?.isFiring == true)
  }

  @Test(
    "default_workspace fires above 20 % and from 20 calls on",
    arguments: [
      (19, 19, false), (20, 20, true), (20, 100, false), (20, 99, true), (21, 100, true), (0, 0, false),
      (200, 1000, false), (201, 1000, true),
    ])
  func defaultWorkspace(inDefault: Int, all: Int, isFiring: Bool) {
    let alert = Self.alert(.defaultWorkspace) { facts in
      facts.callsOfDay = all
      facts.defaultCallsOfDay = inDefault
      facts.firingSince[.defaultWorkspace] = Self.now.adding(hours: -7)
    }
    #expect(alert?.isFiring == isFiring)
    #expect(alert?.since == (isFiring ? Self.now.adding(hours: -7) : nil))
    #expect(alert?.detail.contains("\(inDefault) de \(all)") == true)
  }

  @Test(
    "repeated_failures fires when the last three ended runs of a kind did not succeed",
    arguments: [
      ([RunState.failed, .failed, .failed], true), ([.failed, .interrupted, .interrupted], true),
      ([.failed, .failed], false), ([.succeeded, .failed, .failed], false),
      ([.failed, .failed, .succeeded], false),
    ])
  func repeatedFailures(states: [RunState], isFiring: Bool) {
    for kind in RunKind.allCases {
      let alert = Self.alert(.repeatedFailures) { facts in
        facts.runs[kind] = StatusFacts.Runs()
        facts.runs[kind]?.failingSince = Self.now.adding(hours: -4)
        facts.runs[kind]?.ended = states.enumerated().map { index, state in
          SyncRun(
            id: RunID(Int64(9 - index)), kind: kind, state: state, startedAt: Self.now, finishedAt: Self.now,
            error: state == .failed ? "Twilio no responde." : nil, requestedBy: "test")
        }
      }
      #expect(alert?.isFiring == isFiring)
      guard isFiring else { continue }
      #expect(alert?.since == Self.now.adding(hours: -4))
      #expect(alert?.detail.contains(kind.rawValue) == true)
      #expect(alert?.detail.contains("Twilio no responde.") == (states[0] == .failed))
    }
  }

  @Test("gap fires while a period is missing that Twilio may still keep, and no longer")
  func gap() {
    let gap = Period(start: Self.now.adding(hours: -300), end: Self.now.adding(hours: -200))
    let fires = Self.alert(.gap) { facts in
      facts.gaps = [gap]
      facts.firingSince[.gap] = Self.now.adding(hours: -7)
    }
    #expect(fires?.isFiring == true && fires?.since == Self.now.adding(hours: -7))
    #expect(fires?.whatToDo?.contains(gap.historicalCommand) == true)
    #expect(Self.alert(.gap) { $0.lost = [gap] }?.isFiring == false)
  }

  @Test("Healthy is when none fires; the lag is what hourly runs have not taken in yet")
  func status() {
    var facts = StatusFacts()
    #expect(ServiceStatus(facts, rules: AlertRules(), now: Self.now).isHealthy)
    #expect(ServiceStatus(facts, rules: AlertRules(), now: Self.now).lagSeconds == nil)
    facts.coveredUntil = Self.now.adding(seconds: -90)
    facts.newestCall = Self.now.adding(hours: -3)
    let status = ServiceStatus(facts, rules: AlertRules(), now: Self.now)
    #expect(!status.isHealthy && status.lagSeconds == 90)
    facts.coveredUntil = Self.now.adding(seconds: 5)
    #expect(ServiceStatus(facts, rules: AlertRules(), now: Self.now).lagSeconds == 0)
  }
}
