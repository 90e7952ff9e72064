/// When which fault happens; the same plan and the same requests give the same faults.
package struct FaultPlan: Hashable, Sendable {
  /// One line of the script.
  package struct Rule: Hashable, Sendable {
    /// Which requests are counted and hit.
    package var scope: Scope
    /// Which of them.
    package var occasion: Occasion
    /// What happens to them.
    package var fault: Fault

    /// A rule; it counts from the moment the plan is set.
    package init(_ occasion: Occasion, of scope: Scope = .any, _ fault: Fault) {
      self.scope = scope
      self.occasion = occasion
      self.fault = fault
    }
  }

  /// A kind of request with its own count.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Every request to the API.
    case any
    /// Requests for pages of the list.
    case list
    /// Requests for one call.
    case call
  }

  /// Which requests of a scope.
  package enum Occasion: Hashable, Sendable {
    /// Those with these numbers, beginning at 1.
    case numbers(ClosedRange<Int>)
    /// Those whose number is a multiple.
    case every(Int)
    /// So many of a thousand, drawn from the plan's seed.
    case permille(Int)

    /// The request with this number.
    package static func number(_ number: Int) -> Occasion { .numbers(number...number) }

    /// Every request.
    package static let always = Occasion.numbers(1...Int.max)
  }

  /// The lines of the script; of several faults for one request the first that replaces the answer
  /// wins, those that only delay or adorn it are added.
  package var rules: [Rule]
  /// What random faults are drawn from.
  package var seed: UInt64

  /// A plan; without rules nothing goes wrong.
  package init(_ rules: [Rule] = [], seed: UInt64 = 1) {
    self.rules = rules
    self.seed = seed
  }

  /// The faults of a request, given its number within each scope it belongs to.
  package func faults(_ numbers: [Scope: Int]) -> [Fault] {
    rules.enumerated().compactMap { index, rule in
      guard let number = numbers[rule.scope], hits(rule.occasion, number: number, rule: index) else {
        return nil
      }
      return rule.fault
    }
  }

  private func hits(_ occasion: Occasion, number: Int, rule: Int) -> Bool {
    switch occasion {
    case .numbers(let range): return range.contains(number)
    case .every(let step): return number.isMultiple(of: step)
    case .permille(let share):
      var random = SeededRandom(seed: seed &+ UInt64(rule) &* 7919, index: number)
      return random.happens(permille: share)
    }
  }
}
