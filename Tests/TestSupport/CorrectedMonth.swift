package import CallDomain

/// What Twilio corrects after it has told of a call.
extension GeneratedMonth {
  /// Calls that are of no case now and were of one before: where they were stored their rows stay.
  package var former: Set<CallSID> {
    let lives = lives.filter { $0.last?.attributionCase == nil && $0.contains { $0.attributionCase != nil } }
    return Set(lives.compactMap(\.last?.sid))
  }

  /// Gives some calls another direction, seconds or hours after all else, and has Twilio tell two things of some
  /// within the second of their last change.
  package mutating func correct(_ random: inout SeededRandom) {
    let parties = calls
    for index in lives.indices {
      if random.chance(25) { turn(index, &random) }
      if random.chance(25) { contradict(index, among: parties, &random) }
    }
  }

  private mutating func turn(_ index: Int, _ random: inout SeededRandom) {
    guard var call = lives[index].last else { return }
    call.dateUpdated = call.dateUpdated?.adding(seconds: random.one(of: 1, 600, 10_000))
    switch call.attributionCase {
    case .outboundAPI, .trunkingTerminating:
      call.direction = random.one(
        of: .outboundAPI, .trunkingTerminating, .trunkingOriginating, .trunkingOriginating, .inbound,
        .other("conference-leg"))
    // Not to one of no case: which workspace the row keeps would depend on when the transfer was decided last.
    case .transfer, nil:
      call.direction = random.one(of: .outboundAPI, .trunkingTerminating, .trunkingOriginating)
    }
    lives[index].append(call)
  }

  /// Puts a version before the last one that has come as far in the same second, and says something else. Which
  /// of the two counts is a matter of a fixed order alone: the one whose text sorts later.
  private mutating func contradict(_ index: Int, among calls: [Call], _ random: inout SeededRandom) {
    guard let last = lives[index].last, let other = random.element(of: calls) else { return }
    var rival = last
    switch random.number(in: 0...4) {
    case 0: rival.price = last.price == nil ? nil : Price("-0.00900")
    case 1:
      rival.status = [CallStatus.failed, .noAnswer, .canceled].contains(last.status) ? .busy : last.status
    case 2: rival.direction = Self.direction(before: last.direction)
    case 3: rival.from = Self.party(before: last.from, other.from)
    default: rival.to = Self.party(before: last.to, other.to)
    }
    if rival != last { lives[index].insert(rival, at: lives[index].count - 1) }
  }

  private static func direction(before direction: CallDirection?) -> CallDirection? {
    switch direction {
    case .trunkingTerminating: .trunkingOriginating
    case .trunkingOriginating: .outboundAPI
    case .outboundAPI: .inbound
    default: direction
    }
  }

  /// Another party in a spelling that sorts before `party`, which stays where it is unknown.
  private static func party(before party: String?, _ other: String?) -> String? {
    guard let party, !party.isEmpty, let number = PhoneNumber(other) else { return party }
    return "\t" + number.canonical
  }
}
