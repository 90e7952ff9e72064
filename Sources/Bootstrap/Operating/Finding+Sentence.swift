import CallDomain

extension Finding {
  /// A fault out of a sentence that says what is wrong and, after a semicolon, what to do.
  init(fault check: String, sentence: String) {
    let parts = sentence.split(separator: "; ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      self.init(.fault, check: check, detail: sentence, whatToDo: "Corríjalo y repita.")
      return
    }
    self.init(
      .fault, check: check, detail: parts[0] + ".",
      whatToDo: parts[1].prefix(1).uppercased() + parts[1].dropFirst())
  }
}
