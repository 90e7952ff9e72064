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

  /// Lines only for clients that name them, and not below JSON (RFC 9110 section 12.5.1): a
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

/// One element of a header that is a list: `name[=value]` and its parameters
/// (RFC 9110 section 5.6).
private struct HeaderListElement {
  /// In lower case.
  var name: String
  /// Names in lower case, values without their quotes.
  var parameters: [String: String]

  /// All elements of all header lines, in order; empty ones are left out.
  static func elements(of lines: [String]) -> [HeaderListElement] {
    lines.flatMap { split($0, at: ",") }.compactMap(HeaderListElement.init)
  }

  private init?(_ text: Substring) {
    let parts = Self.split(text, at: ";").map(Self.pair)
    guard let first = parts.first, !first.name.isEmpty else { return nil }
    name = first.name
    parameters = [:]
    for part in parts.dropFirst() where parameters[part.name] == nil {
      parameters[part.name] = part.value
    }
  }

  private static func pair(_ text: Substring) -> (name: String, value: String) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let value = sides.count == 2 ? trimmed(sides[1]) : ""
    let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
    return (
      trimmed(sides[0]).lowercased(), String(isQuoted ? value.dropFirst().dropLast() : value)
    )
  }

  /// Splits at a character outside quotes.
  private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
    var parts: [Substring] = []
    var part = Substring()
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if character == separator && !isQuoted {
        parts.append(part)
        part = Substring()
        continue
      }
      if character == "\"" && !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      part.append(character)
    }
    parts.append(part)
    return parts
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var rest = text
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}
