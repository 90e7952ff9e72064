/// A long series of calls made from a seed, any of them computed on demand: half a million calls
/// take no memory.
struct CallStream: Sendable {
  /// No call of a stream lives longer from creation to end.
  static let longestLifeSeconds: Int64 = 3 * 3600

  let timetable: Timetable
  let rates: CallRates
  let cipher: SIDCipher
  private let seed: UInt64

  init(seed: UInt64, timetable: Timetable, rates: CallRates) {
    self.seed = seed
    self.timetable = timetable
    self.rates = rates
    cipher = SIDCipher(seed: seed)
  }

  func sid(at index: Int) -> String {
    cipher.sid("CA", index)
  }

  /// The number of the call with this SID; nil when it is none of this stream.
  func index(of sid: String) -> Int? {
    guard let index = cipher.index(of: sid), timetable.exists(index) else { return nil }
    return index
  }

  func call(at index: Int) -> SimulatedCall {
    var random = SeededRandom(seed: seed ^ 0x43_41_4C_4C, index: index)
    let kind = kind(at: index)
    let life = LifeWriter(rates: rates).life(
      created: timetable.creation(at: index), incoming: kind.isIncoming, &random)
    var call = SimulatedCall(
      sid: sid(at: index), direction: kind.direction, from: "", to: "", life: life,
      price: LifeWriter.price(of: life, &random))
    addParties(to: &call, kind: kind, index: index, &random)
    call.answeredBy =
      kind == .outboundAPI && random.happens(permille: 200) ? random.pick(["human", "machine_start"]) : nil
    if rates.oddities, random.happens(permille: 10) {
      call.extraKeys = ["simulated_hint": #"{"carrier":"example","score":0.5}"#]
    }
    return call
  }

  private func addParties(
    to call: inout SimulatedCall, kind: StreamKind, index: Int, _ random: inout SeededRandom
  ) {
    let own = ownNumber(at: index)
    let lead = PartyWriter.lead(leadIndex(at: index))
    switch kind {
    case .outboundAPI, .odd:
      (call.from, call.to) = (own, lead)
    case .trunkTerminating:
      let withheld = rates.oddities && random.happens(permille: 3)
      call.from = withheld ? PartyWriter.withheld(&random) : PartyWriter.spelled(own, &random)
      call.to = lead
    case .transfer:
      call.from = transferredLead(at: index, &random)
      call.to = PartyWriter.sipTarget(own, &random)
      call.forwardedFrom = random.happens(permille: 300) ? own : nil
    case .trunkTwin:
      call.from = twinCaller(of: index - 1)
      call.to = own
    case .inbound:
      call.from = random.happens(permille: 30) ? PartyWriter.withheld(&random) : lead
      call.to = own
    case .outboundDial:
      (call.from, call.to) = (own, random.happens(permille: 100) ? "client:ana" : lead)
      call.parentCallSID = index > 0 ? sid(at: index - 1) : nil
    }
    if kind.usesTrunk { call.trunkSID = cipher.sid("TK", index % 3) }
  }

  private func kind(at index: Int) -> StreamKind {
    var random = SeededRandom(seed: seed ^ 0x4B_49_4E_44, index: index)
    return StreamKind(draw: random.below(1000), oddities: rates.oddities)
  }

  private func ownNumber(at index: Int) -> String {
    var random = SeededRandom(seed: seed ^ 0x4F_57_4E, index: index)
    return random.pick(OwnNumber.all).number
  }

  private func leadIndex(at index: Int) -> Int {
    var random = SeededRandom(seed: seed ^ 0x4C_45_41_44, index: index)
    return random.below(PartyWriter.leadCount)
  }

  /// The lead of a transfer: called shortly before, shortly after, weeks ago, or never; or withheld.
  private func transferredLead(at index: Int, _ random: inout SeededRandom) -> String {
    let weekOfCalls = max(1, Int(7 * 86_400 * timetable.perSpan / timetable.spanSeconds))
    let other: Int
    switch random.below(100) {
    case ..<5: return PartyWriter.withheld(&random)
    case ..<12: return PartyWriter.lead(PartyWriter.leadCount + random.below(1000))
    case ..<70: other = index - random.within(1...40)
    case ..<85: other = index + random.within(1...20)
    default: other = index - weekOfCalls * random.within(1...4)
    }
    let called = stride(from: other, to: other - 12, by: -1).first {
      timetable.exists($0) && kind(at: $0).callsLead
    }
    return PartyWriter.lead(called.map(leadIndex) ?? PartyWriter.leadCount)
  }

  /// The second row of one conversation has the caller of the first (facts 2.2).
  private func twinCaller(of index: Int) -> String {
    guard index >= 0, kind(at: index) == .transfer else { return PartyWriter.lead(leadIndex(at: index + 1)) }
    return call(at: index).from
  }
}
