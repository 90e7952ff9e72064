/// When and in which form a route that starts a run answers.
enum AnswerMode: Hashable, Sendable {
  /// With the result, when the run has ended.
  case whenDone
  /// With 202 as soon as the run is recorded: `Prefer: respond-async` (RFC 7240 section 4.1).
  case atOnce
  /// In lines while the run goes on: `Accept: application/x-ndjson`.
  case inLines

  /// What the lines of `Prefer` and `Accept` ask for; respond-async wins over lines.
  init(prefer: [String], accept: [String]) {
    if HeaderListElement.elements(of: prefer).contains(where: { $0.name == "respond-async" }) {
      self = .atOnce
    } else if Self.prefersLines(accept) {
      self = .inLines
    } else {
      self = .whenDone
    }
  }

  /// Lines only for those who name them, and not below JSON (RFC 9110 section 12.5.1): a
  /// wildcard gets the plain answer.
  private static func prefersLines(_ accept: [String]) -> Bool {
    let ranges = HeaderListElement.elements(of: accept)
    func quality(_ name: String) -> Double {
      guard let range = ranges.first(where: { $0.name == name }) else { return 0 }
      return range.parameters["q"].map { Double($0) ?? 0 } ?? 1
    }
    let lines = quality("application/x-ndjson")
    return lines > 0 && lines >= quality("application/json")
  }
}
