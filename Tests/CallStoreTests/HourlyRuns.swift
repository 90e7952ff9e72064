import CallDomain
import TestSupport

/// The runs of a month, each with the pages that it commits: every hour, some of them missing, some begun by
/// hand in between; the calls as Twilio's log shows them at that moment.
struct HourlyRuns {
  /// The pages of each run that found something, in the order of time.
  private(set) var runs: [[IntakePage]] = []
  /// The newest version of each call that a run has seen.
  private var seen: [CallSID: Call] = [:]
  private var coveredUntil: Timestamp?
  private let month: GeneratedMonth

  init(_ month: GeneratedMonth, random: inout SeededRandom) {
    self.month = month
    let created = month.lives.compactMap(\.first?.dateCreated)
    guard let first = created.min(), let last = created.max() else { return }
    // The last calls have ended and are priced by then.
    let end = last.adding(hours: 5)
    coveredUntil = first
    var now = first.adding(minutes: random.number(in: 1...60))
    while now < end {
      now = now.adding(minutes: random.chance(15) ? random.number(in: 1...50) : 60)
      // Missed: a single one, or an outage that is caught up in slices.
      if random.chance(8) { now = now.adding(hours: random.one(of: 1, 1, 1, 5, 30)) }
      run(at: now, random: &random)
    }
    // What changed after it left the windows is asked for by its SID, at the latest now.
    let rest = month.calls.filter { call in seen[call.sid].map { $0 != call } == true }
    add(pages(of: rest, at: now.adding(hours: 12), random: &random))
  }

  private mutating func run(at now: Timestamp, random: inout SeededRandom) {
    let plan = WindowPlan(now: now, coveredUntil: coveredUntil, windowMinutes: 75, maxCatchUpHours: 168)
    var found: [IntakePage] = []
    for slice in plan.slices {
      var pages = pages(of: listed(slice, now: now, random: &random), at: now, random: &random)
      guard !pages.isEmpty else { continue }
      pages[pages.count - 1].marks = [.coveredUntil(slice.end)]
      found += pages
    }
    coveredUntil = now
    if random.chance(10) {
      let unsettled = seen.values.filter(\.isUnsettled).sorted { $0.sid < $1.sid }
      let asked = unsettled.shuffled(using: &random).prefix(8).map(\.sid)
      let late = month.lives.compactMap { life in
        asked.contains(life[0].sid) ? version(of: life, at: now, &random) : nil
      }
      found += pages(of: late, at: now, random: &random)
    }
    add(found)
  }

  private mutating func add(_ pages: [IntakePage]) {
    if !pages.isEmpty { runs.append(pages) }
  }

  // What ended in the slice or up to two hours before, and what started in it.
  private func listed(_ slice: Period, now: Timestamp, random: inout SeededRandom) -> [Call] {
    let endings = Period(start: slice.start.adding(minutes: -120), end: slice.end)
    // The second list is read a little later than the first.
    let later = now.adding(seconds: random.number(in: 0...90))
    var calls: [Call] = []
    for life in month.lives {
      guard let first = life.first?.dateCreated, first < slice.end,
        let last = life.last?.dateUpdated, last >= endings.start
      else { continue }
      if let call = version(of: life, at: later, &random), call.callDate.map(slice.contains) == true {
        calls.append(call)
      } else if let call = version(of: life, at: now, &random), call.endTime.map(endings.contains) == true {
        calls.append(call)
      }
    }
    return calls
  }

  // Of versions with the same stamp the last one may not be known everywhere at once.
  private func version(of life: [Call], at moment: Timestamp, _ random: inout SeededRandom) -> Call? {
    let known = life.filter { ($0.dateUpdated ?? .epoch) <= moment }
    guard random.chance(20) else { return known.last }
    return random.element(of: known.filter { $0.dateUpdated == known.last?.dateUpdated })
  }

  private mutating func pages(
    of calls: [Call], at now: Timestamp, random: inout SeededRandom
  ) -> [IntakePage] {
    for call in calls { seen[call.sid] = call }
    var rest = calls[...]
    var pages: [IntakePage] = []
    while !rest.isEmpty {
      let calls = rest.prefix(random.one(of: 2, 20, 60, 1000))
      pages.append(IntakePage(calls: Array(calls), readAt: now))
      rest = rest.dropFirst(calls.count)
    }
    return pages
  }
}
