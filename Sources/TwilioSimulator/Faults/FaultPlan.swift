/// When which fault happens; the same plan and the same requests give the same faults.
package struct FaultPlan: Equatable, Sendable {
  /// Requests that are counted: all to the API, those for pages of the list, those of them for a page behind the
  /// first, those for one call.
  package enum Scope: String, Sendable {
    case any, list, next, call
  }

  /// Which requests of a scope.
  private enum Occasion: Equatable {
    /// Those with these numbers, beginning at 1.
    case numbers(ClosedRange<Int>)
    /// Those whose number is a multiple.
    case every(Int)
    /// So many of a thousand, drawn from the plan's seed.
    case permille(Int)

    init?(text: String) {
      let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      if text == "*" {
        self = .every(1)
      } else if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
        self = .permille(Int(percent * 10))
      } else if text.hasSuffix("n"), let step = Int(text.dropLast()), step > 0 {
        self = .every(step)
      } else if let from = Int(ends[0]), from > 0,
        let upTo = ends.count == 1 ? from : ends[1].isEmpty ? Int.max : Int(ends[1]), upTo >= from
      {
        self = .numbers(from...upTo)
      } else {
        return nil
      }
    }
  }

  /// One line of the script; it counts from the moment the plan is set.
  private struct Rule: Equatable {
    let occasion: Occasion
    let scope: Scope
    let fault: Fault

    init(text: String) throws(SimulatorError) {
      let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
      guard halves.count == 2 else {
        throw SimulatorError("The rule '\(text)' is not of the form WHEN:FAULT, such as 3:429=2.")
      }
      let when = halves[0].split(separator: "/", maxSplits: 1).map(String.init)
      let scope = when.count == 2 ? Scope(rawValue: when[0]) : .any
      guard let scope, let occasion = Occasion(text: when.last ?? "") else {
        throw SimulatorError(
          "'\(halves[0])' says not when: use 3, 2-5, 4-, *, 2n or 10%, with list/, next/ or call/ before it.")
      }
      (self.occasion, self.scope, fault) = (occasion, scope, try Fault(text: halves[1]))
    }
  }

  private var rules: [Rule] = []
  private var seed: UInt64 = 1

  /// Nothing goes wrong.
  package init() {}

  /// Reads a script such as `1:429=2; 2-3:503; list/4-:html; 5%:reset; *:latency=20`, whose random faults are
  /// drawn from `seed`.
  ///
  /// Each rule is `[list/|next/|call/]WHEN:FAULT` with WHEN a number, `FROM-TO`, `FROM-`, `*`, `2n` (every second)
  /// or `SHARE%`. Of several faults for one request the first that replaces the answer wins, those that only
  /// delay or change it are added.
  /// - Throws: a sentence that says what could not be read.
  package init(text: String, seed: UInt64 = 1) throws(SimulatorError) {
    self.seed = seed
    for piece in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
      let line = piece.filter { !$0.isWhitespace }
      if !line.isEmpty { rules.append(try Rule(text: line)) }
    }
  }

  /// The faults of a request, given its number within each scope it belongs to.
  package func faults(_ numbers: [Scope: Int]) -> [Fault] {
    rules.enumerated().compactMap { index, rule in
      guard let number = numbers[rule.scope] else { return nil }
      var random = SeededRandom(seed: seed &+ UInt64(index) &* 7919, index: number)
      let isHit =
        switch rule.occasion {
        case .numbers(let range): range.contains(number)
        case .every(let step): number.isMultiple(of: step)
        case .permille(let share): random.happens(permille: share)
        }
      return isHit ? rule.fault : nil
    }
  }
}
