import CallDomain

/// How often calls of a stream have an unusual life, in thousandths.
package struct CallRates: Hashable, Sendable {
  /// Of the completed calls, those whose price never comes.
  package var neverPriced: Int
  /// Those that never get a final status.
  package var neverFinal: Int
  /// Whether unknown directions, unknown statuses, withheld own numbers and extra keys occur.
  package var oddities: Bool

  package init(neverPriced: Int = 10, neverFinal: Int = 2, oddities: Bool = true) {
    (self.neverPriced, self.neverFinal, self.oddities) = (neverPriced, neverFinal, oddities)
  }

  /// Seconds; no call lasts longer from creation to end.
  static let longestLife = 3 * 3600

  func life(created: Timestamp, incoming: Bool, _ random: inout SeededRandom) -> CallLife {
    let dialled = incoming ? created : created.adding(seconds: random.within(0...3))
    let outcome = outcome(&random)
    guard outcome == "completed" || outcome == "transferred" else {
      let ended = dialled.adding(seconds: outcome == "failed" ? 0 : random.within(3...45))
      return CallLife(created: created, dialled: dialled, ended: ended, outcome: outcome)
    }
    let answered = dialled.adding(seconds: random.within(2...12))
    let talk = random.happens(permille: 10) ? random.within(1800...9000) : random.within(5...600)
    let ended = answered.adding(seconds: talk)
    let priced = ended.adding(seconds: random.within(20...600))
    let lasts = random.happens(permille: neverFinal)
    let unpriced = random.happens(permille: neverPriced)
    return CallLife(
      created: created, dialled: dialled, answered: answered, ended: lasts ? nil : ended,
      priced: lasts || unpriced ? nil : priced, outcome: outcome)
  }

  private func outcome(_ random: inout SeededRandom) -> String {
    if oddities, random.happens(permille: 1) { return "transferred" }
    let draw = random.below(100)
    let others = draw < 86 ? "no-answer" : draw < 92 ? "busy" : draw < 96 ? "failed" : "canceled"
    return draw < 78 ? "completed" : others
  }

  /// `-0.05600`: charged per started minute, with the varying scale of real answers; nil for a life
  /// that is never priced.
  static func price(of life: CallLife, _ random: inout SeededRandom) -> String? {
    guard life.priced != nil, let ended = life.ended, let dialled = life.dialled else { return nil }
    let minutes = (ended.seconds - dialled.seconds + 59) / 60
    let hundredThousandths = max(1, minutes) * random.pick([85, 140, 170, 560, 2000]) * 10
    let fraction = String(100_000 + hundredThousandths % 100_000).dropFirst()
    let scale = hundredThousandths % 100 == 0 ? 3 : hundredThousandths % 50 == 0 ? 5 : 4
    return "-\(hundredThousandths / 100_000).\(fraction.prefix(scale))"
  }
}
