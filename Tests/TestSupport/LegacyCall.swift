package import CallDomain

/// A call of an older database: what its row says, and what Twilio would say of it now.
package struct LegacyCall: Sendable {
  /// What kind of row it is; most are plain.
  package enum Shape: CaseIterable, Sendable {
    /// Everything the older program knew is still so.
    case plain
    /// Stored before Twilio knew the price: cost 0.
    case unpriced
    /// Stored while it was in progress: no end, no price.
    case inProgress
    /// Stored while it was queued: not even a start; `call_date` is the time of the run.
    case queued
    /// Busy or not answered, of which Twilio tells neither start nor end.
    case unanswered
    /// A direction that is not stored today.
    case inbound
    /// `raw_data` is NULL or no object: only the columns are known.
    case bare
  }

  package let shape: Shape
  /// The call as Twilio has it now.
  package let current: Call
  /// The call as the row's columns and `raw_data` tell it.
  package let stored: Call
  /// When the older program wrote the row; its `call_date` where the start was not known.
  package let storedAt: Timestamp
  /// Whatever the older program came to.
  package let workspace: Int64?
  /// What `raw_data` holds instead of an object; nil for an ordinary row.
  package let bareData: BareData?

  /// A `raw_data` in which nothing can be found.
  package enum BareData: Sendable {
    case null, array, text
  }

  /// The older column `call_date`.
  package var callDate: Timestamp { stored.startTime ?? storedAt }
}

/// Makes the calls of an older database: seven months of 17 numbers, one telephone used for testing
/// among the leads, numbers in several spellings.
package struct LegacyCalls {
  private var random: SeededRandom
  private var speller: CallGenerator

  /// Seven months before `LegacyDatabase.now`.
  private static let start = makeTime("2025-08-01T00:00:00Z")

  package init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    speller = CallGenerator(random: SeededRandom(seed: seed &+ 1))
  }

  /// This many calls, in the order of their SIDs.
  package mutating func make(_ count: Int) -> [LegacyCall] {
    (1...count).map { call(makeSID($0), leads: max(2, count / 8)) }
  }

  private mutating func call(_ sid: CallSID, leads: Int) -> LegacyCall {
    let shape = random.one(
      of: LegacyCall.Shape.plain, .plain, .plain, .plain, .plain, .plain, .plain, .plain, .plain, .plain,
      .plain, .plain, .plain, .unpriced, .inProgress, .queued, .unanswered, .inbound, .bare)
    let current = current(sid, shape, leads: leads)
    let storedAt = (current.dateCreated ?? .epoch).adding(minutes: random.number(in: 1...90))
    return LegacyCall(
      shape: shape, current: current, stored: Self.stored(current, shape), storedAt: storedAt,
      workspace: random.one(of: nil, 4, 5, 6, 4, 5, 6, 4, 5, 6),
      bareData: shape == .bare ? random.one(of: .null, .array, .text) : nil)
  }

  private mutating func current(_ sid: CallSID, _ shape: LegacyCall.Shape, leads: Int) -> Call {
    var call = Call(sid: sid)
    call.direction =
      shape == .inbound
      ? .inbound
      : random.one(
        of: .outboundAPI, .outboundAPI, .outboundAPI, .outboundAPI, .trunkingTerminating,
        .trunkingTerminating, .trunkingOriginating)
    let own = spelled(LegacyDatabase.own(random.number(in: 1...LegacyDatabase.numbers)))
    let lead = random.chance(2) ? "anonymous" : spelled(lead(among: leads))
    let isTransfer = call.direction == .trunkingOriginating
    call.from = isTransfer ? lead : own
    call.to = isTransfer ? "sip:\(own)@public-vip.ie1.twilio.com" : lead
    call.dateCreated = creation()
    call.priceUnit = "USD"
    complete(&call, isAnswered: shape != .unanswered)
    return call
  }

  private mutating func complete(_ call: inout Call, isAnswered: Bool) {
    guard isAnswered else {
      call.status = random.one(of: .busy, .noAnswer)
      call.dateUpdated = call.dateCreated?.adding(seconds: 20)
      return
    }
    let duration = random.number(in: 1...900)
    call.status = .completed
    call.startTime = call.dateCreated?.adding(seconds: 1)
    call.endTime = call.startTime?.adding(seconds: duration)
    call.dateUpdated = call.endTime?.adding(seconds: 5)
    call.duration = duration
    call.price = Price(random.one(of: "-0.01700", "-0.200", "-1.5", "-0.00425", "0.00000"))
  }

  private static func stored(_ current: Call, _ shape: LegacyCall.Shape) -> Call {
    var call = current
    call.dateCreated = nil
    call.dateUpdated = nil
    switch shape {
    case .plain, .unanswered, .inbound: break
    case .unpriced: call.price = nil
    case .inProgress, .queued:
      call.status = shape == .queued ? .queued : .inProgress
      if shape == .queued { call.startTime = nil }
      call.endTime = nil
      call.duration = nil
      call.price = nil
    case .bare:
      call.direction = nil
      call.startTime = nil
      call.endTime = nil
      call.price = nil
      call.priceUnit = nil
    }
    return call
  }

  // One call in twenty is for a telephone used for testing.
  private mutating func lead(among leads: Int) -> String {
    let number = random.chance(5) ? 0 : random.number(in: 1...leads)
    return "+346\(10_000_000 + number)"
  }

  private mutating func spelled(_ number: String) -> String {
    random.chance(20) ? speller.spelling(of: number) : number
  }

  // A third of them in the last two weeks, whose unsettled calls are asked for again.
  private mutating func creation() -> Timestamp {
    let span = 212 * 86_400
    let fromEnd = random.chance(33) ? 20 * 86_400 : span
    return Self.start.adding(seconds: span - random.number(in: 3600...fromEnd))
  }
}
