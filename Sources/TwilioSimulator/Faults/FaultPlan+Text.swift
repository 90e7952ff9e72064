extension FaultPlan {
  /// Reads a script such as `1:429=2; 2-3:503; list/4-:html; 5%:reset; *:latency=20`.
  ///
  /// Each rule is `[list/|call/]WHEN:FAULT` with WHEN a number, `FROM-TO`, `FROM-`, `*`, `2n` (every second)
  /// or `SHARE%`.
  /// - Throws: a sentence that says what could not be read.
  package init(text: String, seed: UInt64 = 1) throws(SimulatorError) {
    var rules: [Rule] = []
    for piece in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
      let line = piece.filter { !$0.isWhitespace }
      if !line.isEmpty { rules.append(try Rule(text: line)) }
    }
    self.init(rules, seed: seed)
  }
}

extension FaultPlan.Rule {
  /// Reads one rule without blanks.
  init(text: String) throws(SimulatorError) {
    let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard halves.count == 2, let when = halves.first else {
      throw SimulatorError("The rule '\(text)' is not of the form WHEN:FAULT, such as 3:429=2.")
    }
    let places = when.split(separator: "/", maxSplits: 1).map(String.init)
    let scope = places.count == 2 ? FaultPlan.Scope(rawValue: places[0]) : .any
    guard let scope, let occasion = FaultPlan.Occasion(text: places.last ?? "") else {
      throw SimulatorError(
        "'\(when)' says not when: use 3, 2-5, 4-, *, 2n or 10%, with list/ or call/ before it.")
    }
    self.init(occasion, of: scope, try Fault(text: halves[1]))
  }
}

extension FaultPlan.Occasion {
  fileprivate init?(text: String) {
    if text == "*" {
      self = .always
    } else if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
      self = .permille(Int(percent * 10))
    } else if text.hasSuffix("n"), let step = Int(text.dropLast()), step > 0 {
      self = .every(step)
    } else if let number = Int(text), number > 0 {
      self = .number(number)
    } else {
      let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard ends.count == 2, let from = Int(ends[0]), from > 0 else { return nil }
      guard let upTo = ends[1].isEmpty ? Int.max : Int(ends[1]), upTo >= from else { return nil }
      self = .numbers(from...upTo)
    }
  }
}
