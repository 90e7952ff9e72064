/// One element of a header that is a list: `name[=value]` and its parameters
/// (RFC 9110 section 5.6).
struct HeaderListElement: Hashable, Sendable {
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

  /// Splits at a character that stands outside quotes.
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
