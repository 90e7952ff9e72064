/// Numbers and times from outside (Twilio, database, requests, environment) end no process. What a reading of
/// the text can hold of that: they come in through few doors, which clamp them, and what is computed from them
/// is computed where somebody has looked at the operators. Where somebody has is said in `LookedAt`.
///
/// Not read: sums of plain names, which are mostly texts and lists; what a door lets in is so far below the largest
/// integer that no sum of a few of them comes near it.
enum OutsideNumbers {
  /// What may end a process, and how it is told in a file's code.
  struct Rule: Sendable {
    let fault: String
    /// The files in which it is right, and why.
    let lookedAt: [String: String]
    let isBroken: @Sendable (String) -> Bool
  }

  static let rules: [Rule] = [
    Rule(
      fault: "a product; use multipliedClamped(by:), or say why none is too large",
      lookedAt: LookedAt.products, isBroken: hasProduct),
    Rule(
      fault: "a sum of times; use adding(…) or addingClamped(_:), or say why none is too large",
      lookedAt: LookedAt.sums, isBroken: hasSumOfTimes),
    Rule(
      fault: "a computed range or place; say why it lies within", lookedAt: LookedAt.places,
      isBroken: hasComputedPlace),
    Rule(
      fault: "a length that is a difference; clamp it with max(0, …), or say why it is never negative",
      lookedAt: LookedAt.lengths, isBroken: hasDifferenceAsLength),
    Rule(
      fault: "a place by its number, and nobody looks at the count before", lookedAt: LookedAt.numbered,
      isBroken: hasUncountedPlace),
  ]

  static func faults(in file: SwiftFile) -> [String] {
    let code = file.code
    var found: [String] = []
    if code.contains("uniqueKeysWithValues") {
      found.append("uniqueKeysWithValues, which ends the process on a key that comes twice")
    }
    if code.contains(/[^A-Za-z]Int\d*\((?!counted:)[^\n]*[ .(]requiredInt\(/)
      || code.contains(/[ .(]int\([^\n]*\.map\(Int\.init\)/)
    {
      found.append("a stored number that is not read as a count")
    }
    if code.contains(/\bU?Int\d*\((?!exactly:|clamping:)[^\n]*\.rounded\(/),
      !roundingOwnTime.contains(file.path)
    {
      found.append("a binary fraction made an integer without init(clamping:)")
    }
    if file.path != "Sources/CallDomain/Clamping.swift", hasDecodedInteger(code) {
      found.append("a number of a document that is not read as a count; mark it @StoredCount")
    }
    // SQL stands in strings.
    if file.text.contains("extract(epoch"), !readingTimes.contains(file.path) {
      found.append("a stored time that is not read through SQL.milliseconds")
    }
    found += rules.filter { $0.lookedAt[file.path] == nil && $0.isBroken(code) }.map(\.fault)
    return found.map { "\(file.path) has \($0)" }
  }

  private static let roundingOwnTime = [
    "Sources/Bootstrap/Clocks.swift", "Sources/Postgres/Deadline.swift",
  ]
  private static let readingTimes = [
    "Sources/CallStore/Locks.swift", "Sources/CallStore/SQL.swift",
  ]

  /// Whether a type that is read from a document keeps an integer as it stands there.
  private static func hasDecodedInteger(_ code: String) -> Bool {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains { index in
      guard
        let type = lines[index].firstMatch(of: /^( *)[\w() ]*(?:struct|class) .*(?:Codable|Decodable)[, ]/)
      else { return false }
      let properties = lines[index...].prefix { $0 != type.1 + "}" }.filter { line in
        line.prefix { $0 == " " }.count == type.1.count + 2
      }
      return properties.contains { line in
        line.contains(
          /^ *(?:(?:package|private|fileprivate) )*(?:var|let) \w+(?:: U?Int(?!\w)| = \d+(?![\w.]))[^{]*$/)
      }
    }
  }

  // To a regular expression a full stop between letters is no boundary of words, so none is asked for.
  private static func hasProduct(_ code: String) -> Bool {
    code.contains(/\s(?:\*|<<)=?\s/)
  }

  private static func hasSumOfTimes(_ code: String) -> Bool {
    code.contains(/(?:milliseconds|seconds|retryAfter|delay|elapsed|number|duration)\)?\s[+-]\s(?!\[)/)
      || code.contains(
        /\s[+-]\s(?:\w+\.)*(?:milliseconds|seconds|retryAfter|delay|elapsed|number|duration)(?![\w(])/)
  }

  /// A range up to something that is no number that stands there, but for those from 0 to a count; or a place beside
  /// another one.
  private static func hasComputedPlace(_ code: String) -> Bool {
    let ranges = code.matches(of: /([\w\])]+)\s?(?:\.\.\.|\.\.<)\s?\(?([a-z_][\w.]*)/)
    return ranges.contains { $0.1 != "0" || !$0.2.hasSuffix("ount") }
      || code.contains(/[\w)\]]\[[^\[\]\n]*[\w)]\s[+-]\s\(?\w[^\[\]\n]*\]/)
  }

  private static func hasDifferenceAsLength(_ code: String) -> Bool {
    code.contains(
      /(?:count: |dropFirst\(|dropLast\(|prefix\(|suffix\(|removeFirst\(|removeLast\()(?!max\()[^,()\n]*\s-\s/
    )
  }

  /// Whether something like `words[1]` stands where none of the eight lines before looks at how many there are. The
  /// answers to statements are as many as those, or the pool throws.
  private static func hasUncountedPlace(_ code: String) -> Bool {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains { index in
      lines[index].matches(of: /(\w+|\))\[\d+\]/).contains { match in
        let name = String(match.1)
        guard !answers.contains(name) else { return false }
        let near = lines[max(0, index - 8)...index]
        return !near.contains { line in
          ["count", "isEmpty", "indices", "map(\\"].contains { line.contains("\(name).\($0)") }
        }
      }
    }
  }

  private static let answers: Set = ["opening", "results", "answers", "read", "again", "inserted"]
}
