/// How often calls of a stream have an unusual life, in thousandths.
package struct CallRates: Hashable, Sendable {
  /// Of the completed calls, those whose price never comes.
  package var neverPriced: Int
  /// Those that never get a final status.
  package var neverFinal: Int
  /// Whether unknown directions, unknown statuses, withheld own numbers and extra keys occur.
  package var oddities: Bool

  /// One completed call in a hundred never priced, one in five hundred never final.
  package init(neverPriced: Int = 10, neverFinal: Int = 2, oddities: Bool = true) {
    self.neverPriced = neverPriced
    self.neverFinal = neverFinal
    self.oddities = oddities
  }
}

/// Writes the lives and prices of calls.
struct LifeWriter {
  let rates: CallRates

  func life(created: Moment, incoming: Bool, _ random: inout SeededRandom) -> CallLife {
    let dialled = incoming ? created : created.adding(seconds: Int64(random.within(0...3)))
    let outcome = outcome(&random)
    guard outcome == "completed" || outcome == "transferred" else {
      return unanswered(created: created, dialled: dialled, outcome: outcome, &random)
    }
    let answered = dialled.adding(seconds: Int64(random.within(2...12)))
    let talk = random.happens(permille: 10) ? random.within(1800...9000) : random.within(5...600)
    let ended = answered.adding(seconds: Int64(talk))
    let priced = ended.adding(seconds: Int64(random.within(20...600)))
    let lasts = random.happens(permille: rates.neverFinal)
    let unpriced = random.happens(permille: rates.neverPriced)
    return CallLife(
      created: created, dialled: dialled, answered: answered, ended: lasts ? nil : ended,
      priced: lasts || unpriced ? nil : priced, outcome: outcome)
  }

  /// `-0.05600`: charged per started minute, with the varying scale of real answers; nil for a life
  /// that is never priced.
  static func price(of life: CallLife, _ random: inout SeededRandom) -> String? {
    guard life.priced != nil, let ended = life.ended, let dialled = life.dialled else { return nil }
    let minutes = (ended.seconds - dialled.seconds + 59) / 60
    let perMinute = Int64(random.pick([85, 140, 170, 560, 2000]))
    return text(hundredThousandths: max(1, minutes) * perMinute * 10)
  }

  private func outcome(_ random: inout SeededRandom) -> String {
    if rates.oddities, random.happens(permille: 1) { return "transferred" }
    switch random.below(100) {
    case ..<78: return "completed"
    case ..<86: return "no-answer"
    case ..<92: return "busy"
    case ..<96: return "failed"
    default: return "canceled"
    }
  }

  private func unanswered(
    created: Moment, dialled: Moment, outcome: String, _ random: inout SeededRandom
  ) -> CallLife {
    let ended = dialled.adding(seconds: Int64(outcome == "failed" ? 0 : random.within(3...45)))
    return CallLife(created: created, dialled: dialled, ended: ended, outcome: outcome)
  }

  private static func text(hundredThousandths amount: Int64) -> String {
    let fraction = String(100_000 + amount % 100_000).dropFirst()
    let scale = amount % 100 == 0 ? 3 : amount % 50 == 0 ? 5 : 4
    return "-\(amount / 100_000).\(fraction.prefix(scale))"
  }
}
