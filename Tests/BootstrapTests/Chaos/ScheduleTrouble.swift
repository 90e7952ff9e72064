import CallDomain
import TestSupport
import TwilioSimulator

/// What befalls the runs of a schedule: bounds that count as whole days in one answer and not in the next, pages and
/// rows that are refused, and calls that Twilio corrects before they are settled.
struct ScheduleTrouble {
  /// Calls that were of a case and are of none now.
  private(set) var former: Set<String> = []
  /// Numbers that were ours while their calls had another direction.
  private(set) var formerOwn: Set<String> = []
  /// Whether the table still refuses odd calls.
  private(set) var refusesOdd = false

  private let installation: Installation
  private var random: TestSupport.SeededRandom
  private let schedule: Schedule
  /// Those that nobody has corrected yet.
  private var calls: [SimulatedCall]
  /// When the table takes odd calls; never where the schedule is over before.
  private let mended: Timestamp
  private var refusesMost = false

  init(
    _ installation: Installation, _ schedule: Schedule, _ calls: [SimulatedCall],
    random: TestSupport.SeededRandom
  ) {
    self.installation = installation
    self.schedule = schedule
    self.calls = calls
    var random = random
    let hours = schedule.lastCall.seconds(since: Schedule.start) / 3600
    mended = Schedule.start.adding(hours: random.one(of: random.number(in: 1...hours), 10_000))
    self.random = random
  }

  mutating func begin() async throws {
    refusesOdd = random.chance(60)
    if refusesOdd { try await installation.sql(RefusingTable.refuseOdd) }
  }

  /// Draws what befalls the next run.
  ///
  /// - Returns: Whether it may fail. The first one does not, and those at the end make up for all others.
  mutating func strike(before moment: Timestamp) async throws -> Bool {
    correct(before: moment)
    if refusesOdd, moment >= mended {
      try await installation.sql(RefusingTable.takeOdd)
      refusesOdd = false
    }
    let (request, share) = (random.number(in: 1...3), random.number(in: 10...90))
    var faults = random.one(of: "", "", "*:whole-days", "2n:whole-days", "\(share)%:whole-days")
    let isCalm = moment == Schedule.start || moment > schedule.lastCall
    let isCut = !isCalm && random.chance(15)
    if isCut { faults += random.one(of: "; list/\(request)-:401", "; list/\(request):empty=400") }
    try installation.simulation.setFaults(faults)
    refusesMost = !isCalm && random.chance(8)
    if refusesMost { try await installation.sql(RefusingTable.refuseMost) }
    return isCut || refusesMost
  }

  /// After the run.
  mutating func relieve() async throws {
    if refusesMost { try await installation.sql(RefusingTable.takeMost) }
    refusesMost = false
  }

  /// Corrects calls that runs look at once more in any case: those that are under way, or wait for a price.
  private mutating func correct(before moment: Timestamp) {
    var rest: [SimulatedCall] = []
    var corrections: [SimulatedCall] = []
    for call in calls {
      let isPending = call.life.created < moment && call.life.settled.map { moment < $0 } == true
      guard isPending, random.chance(20) else {
        rest.append(call)
        continue
      }
      corrections.append(corrected(call, at: moment))
    }
    calls = rest
    installation.simulation.put(corrections)
  }

  private mutating func corrected(_ call: SimulatedCall, at moment: Timestamp) -> SimulatedCall {
    if random.chance(30), let ended = call.life.ended, ended < moment,
      let priced = call.pricedAtItsEnd(call.price ?? "-0.0100")
    {
      return priced
    }
    let turned = call.turned(&random)
    if call.isOurs { formerOwn.insert(call.from) }
    if !turned.isOurs, turned.direction != "trunking-originating" { former.insert(call.sid) }
    return turned
  }
}
