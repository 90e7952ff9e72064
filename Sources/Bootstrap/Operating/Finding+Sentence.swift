import CallDomain

extension Finding {
  /// A fault out of a sentence that says what is wrong and then, after a semicolon or in a sentence of its own,
  /// what to do.
  init(fault check: String, sentence: String) {
    for end in ["; ", ". "] {
      guard let cut = sentence.firstRange(of: end) else { continue }
      let advice = sentence[cut.upperBound...]
      // What a variable is set to is no advice.
      guard !advice.hasPrefix("vale «") else { continue }
      self.init(
        .fault, check: check, detail: sentence[..<cut.lowerBound] + ".",
        whatToDo: advice.prefix(1).uppercased() + advice.dropFirst())
      return
    }
    self.init(.fault, check: check, detail: sentence, whatToDo: "Corríjalo y repita.")
  }
}
