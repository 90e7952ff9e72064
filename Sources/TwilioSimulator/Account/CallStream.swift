import CallDomain
import Synchronization

/// A long series of calls made from a seed, any of them computed on demand.
///
/// Each is made and written once and kept in blocks: what a page of a long history costs then is copying.
/// Bounded in bytes: what comes when it is full is made anew each time.
final class CallStream: Sendable {
  /// A page of 1000 looks up few blocks, and a page of 10 makes few calls that it does not show.
  static let blockSize = 64

  let timetable: Timetable
  private let rates: CallRates
  private let seed: UInt64
  private let sids: SIDSeries
  private let json: CallJSON
  /// In bytes of JSON.
  private let capacity: Int
  private let kept = Mutex<(blocks: [Int: [SettledCall]], bytes: Int)>(([:], 0))

  init(seed: UInt64, _ timetable: Timetable, _ rates: CallRates, _ json: CallJSON, capacity: Int) {
    (self.seed, self.timetable, self.rates, sids) = (seed, timetable, rates, SIDSeries(seed: seed))
    (self.json, self.capacity) = (json, capacity)
  }

  /// The same calls written in another way.
  func written(as json: CallJSON) -> CallStream {
    CallStream(seed: seed, timetable, rates, json, capacity: capacity)
  }

  /// The number of the call with this SID; nil when it is none of this stream.
  func index(of sid: String) -> Int? {
    sids.index(of: sid).flatMap { timetable.exists($0) ? $0 : nil }
  }

  /// The calls from `number * blockSize` on as they are in the end, as far as the stream goes.
  func block(_ number: Int) -> [SettledCall] {
    if let block = kept.withLock({ $0.blocks[number] }) { return block }
    let first = number * Self.blockSize
    let block = (first..<first + Self.blockSize).filter(timetable.exists)
      .map { SettledCall(LivingCall(call(at: $0)), json) }
    let size = block.reduce(0) { $0 + $1.bytes.count }
    kept.withLock { kept in
      guard kept.bytes + size <= capacity, kept.blocks[number] == nil else { return }
      kept.blocks[number] = block
      kept.bytes += size
    }
    return block
  }

  func position(at index: Int) -> LogPosition {
    LogPosition(created: timetable.creation(at: index), sid: sids.sid("CA", index))
  }

  func call(at index: Int) -> SimulatedCall {
    var random = SeededRandom(seed: seed ^ 0x43_41_4C_4C, index: index)
    let kind = kind(at: index)
    let own = OwnNumber.all[draw(OwnNumber.all.count, 0x4F_57_4E, index)].number
    let life = rates.life(
      created: timetable.creation(at: index), incoming: Kinds.incoming.contains(kind), &random)
    var call = SimulatedCall(
      sid: sids.sid("CA", index), from: own, to: Party.lead(lead(at: index)), life: life,
      price: CallRates.price(of: life, &random))
    switch kind {
    case Kinds.outboundAPI:
      if random.happens(permille: 200), life.answered != nil {
        call.lateFields["answered_by"] = .string(random.pick(["human", "machine_start"]))
      }
    case Kinds.trunkTerminating:
      call.direction = "trunking-terminating"
      let isWithheld = rates.oddities && random.happens(permille: 3)
      call.from = isWithheld ? Party.withheld(&random) : Party.spelled(own, &random)
    case Kinds.transfers:
      call.direction = "trunking-originating"
      call.from = transferredLead(at: index, &random)
      call.to = Party.sipAddress(own, &random)
      if random.happens(permille: 300) { call.lateFields["forwarded_from"] = .string(own) }
    case Kinds.trunkTwins:
      call.direction = "trunking-originating"
      (call.from, call.to) = (twinCaller(of: index - 1), own)
    case Kinds.inbound:
      call.direction = "inbound"
      (call.from, call.to) = (random.happens(permille: 30) ? Party.withheld(&random) : call.to, own)
    case Kinds.outboundDial:
      call.direction = "outbound-dial"
      if random.happens(permille: 100) { call.to = "client:ana" }
      call.parentCallSID = index > 0 ? sids.sid("CA", index - 1) : nil
    default: call.direction = "outbound-hologram"
    }
    if Kinds.withTrunk.contains(kind) { call.lateFields["trunk_sid"] = .string(sids.sid("TK", index % 3)) }
    if rates.oddities, random.happens(permille: 10) {
      call.lateFields["simulated_hint"] = .object(["carrier": .string("example"), "score": .number(0.5)])
    }
    return call
  }

  /// The kinds of rows that a real log mixes, of a thousand; the few that are left have a direction that Twilio
  /// does not know.
  private enum Kinds {
    static let outboundAPI = 0..<580
    static let trunkTerminating = 580..<730
    static let transfers = 730..<870
    static let trunkTwins = 870..<885
    static let inbound = 885..<940
    static let outboundDial = 940..<995
    /// Those that ring a lead from one of our numbers.
    static let toLeads = 0..<730
    static let incoming = 730..<940
    static let withTrunk = 580..<885
  }

  private func kind(at index: Int) -> Int {
    let kind = draw(1000, 0x4B_49_4E_44, index)
    return rates.oddities || kind < Kinds.outboundDial.upperBound ? kind : 0
  }
  private func lead(at index: Int) -> Int { draw(Party.leadCount, 0x4C_45_41_44, index) }

  /// A number below `bound` from a series of its own, so that one call can look at the kind and the lead of
  /// others without making them.
  private func draw(_ bound: Int, _ series: UInt64, _ index: Int) -> Int {
    var random = SeededRandom(seed: seed ^ series, index: index)
    return random.below(bound)
  }

  /// The lead of a transfer: called shortly before, shortly after, weeks ago, or never; or withheld.
  private func transferredLead(at index: Int, _ random: inout SeededRandom) -> String {
    let other: Int
    switch random.below(100) {
    case ..<5: return Party.withheld(&random)
    case ..<12: return Party.lead(Party.leadCount + random.below(1000))
    case ..<70: other = index - random.within(1...40)
    case ..<85: other = index + random.within(1...20)
    default: other = index - timetable.callsPerWeek * random.within(1...4)
    }
    let called = (other - 11...other).reversed().first {
      timetable.exists($0) && Kinds.toLeads.contains(kind(at: $0))
    }
    return Party.lead(called.map(lead) ?? Party.leadCount)
  }

  /// The second row of one conversation has the caller of the first.
  private func twinCaller(of index: Int) -> String {
    guard index >= 0, Kinds.transfers.contains(kind(at: index)) else {
      return Party.lead(lead(at: index + 1))
    }
    return call(at: index).from
  }
}
