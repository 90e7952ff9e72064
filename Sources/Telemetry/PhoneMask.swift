/// Hides phone numbers in free text, such as what Twilio or the database wrote in an error.
package enum PhoneMask {
  /// `text` with every phone-like run replaced by `…` and its last three digits.
  ///
  /// A run has at least seven digits of any script, single or double separators (every kind of space and dash, `.`, `/`,
  /// `(`, `)`, what is not shown) between them, and perhaps a `+` or `%2B` in front: what the canonical form of numbers
  /// takes for one. Digits that are part of a word (SIDs, request ids), dates such as `2025-10-05` and IPv4 addresses
  /// are left alone.
  package static func applied(to text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var kept = String.UnicodeScalarView()
    var position = 0
    while position < scalars.count {
      let step = Scanner(scalars: scalars).step(at: position)
      switch step {
      case .keep(let end): kept.append(contentsOf: scalars[position..<end])
      case .mask(_, let lastDigits):
        kept.append("…")
        kept.append(contentsOf: lastDigits)
      }
      position = step.end
    }
    return String(kept)
  }

  private enum Step {
    case keep(end: Int)
    case mask(end: Int, lastDigits: [Unicode.Scalar])

    var end: Int {
      switch self {
      case .keep(let end), .mask(let end, _): end
      }
    }
  }

  private struct Scanner {
    let scalars: [Unicode.Scalar]

    func step(at start: Int) -> Step {
      let plus = lengthOfPlus(at: start)
      guard plus > 0 || isDigit(start) || narrow(scalars[start]) == "(" else { return .keep(end: start + 1) }
      if plus == 0, start > 0, isWord(start - 1) { return .keep(end: endOfWord(start)) }
      if plus == 0, let end = endOfDate(start) ?? endOfAddress(start) { return .keep(end: end) }
      let run = run(from: start + plus)
      guard run.digits.count >= 7 else { return .keep(end: max(run.end, start + 1)) }
      if plus == 0, isWord(run.end) { return .keep(end: endOfWord(run.end)) }
      return .mask(end: run.end, lastDigits: Array(run.digits.suffix(3)))
    }

    private func run(from start: Int) -> (digits: [Unicode.Scalar], end: Int) {
      var digits: [Unicode.Scalar] = []
      var end = start
      var position = start
      while position < scalars.count, position - end <= 2 {
        if isDigit(position) {
          digits.append(scalars[position])
          end = position + 1
        } else if !isSeparator(scalars[position]) {
          break
        }
        position += 1
      }
      return (digits, end)
    }

    private func lengthOfPlus(at position: Int) -> Int {
      if narrow(scalars[position]) == "+" { return 1 }
      guard scalars[position] == "%", scalar(position + 1) == "2" else { return 0 }
      return scalar(position + 2) == "B" || scalar(position + 2) == "b" ? 3 : 0
    }

    /// Of a date by the calendar: what has its form and no such month or day may be a number.
    private func endOfDate(_ start: Int) -> Int? {
      guard let first = group(start, most: 4), let mark = scalar(first.end), mark == "-" || mark == "/",
        let second = group(first.end + 1, most: 2), scalar(second.end) == mark,
        let third = group(second.end + 1, most: 4), !isDigit(third.end), 1...12 ~= second.value
      else { return nil }
      let (year, day) = first.length == 4 ? (first, third) : (third, first)
      guard year.length == 4, day.length <= 2, 1...31 ~= day.value else { return nil }
      return mark == "/" || (first.length, second.length, third.length) == (4, 2, 2) ? third.end : nil
    }

    /// Of four numbers from 0 to 255, as they are written, and not of the beginning of more.
    private func endOfAddress(_ start: Int) -> Int? {
      var end = start - 1
      for number in 1...4 {
        guard number == 1 || scalar(end) == ".", let group = group(end + 1, most: 3), group.value <= 255,
          group.length == 1 || group.value >= (group.length == 2 ? 10 : 100)
        else { return nil }
        end = group.end
      }
      return isDigit(end) || scalar(end) == "." && isDigit(end + 1) ? nil : end
    }

    /// The ASCII digits from a place on, a few at the most; nil where there is none.
    private func group(_ start: Int, most: Int) -> (value: Int, length: Int, end: Int)? {
      var (value, end) = (0, start)
      while end - start < most, let digit = scalar(end), "0"..."9" ~= digit {
        value = value * 10 + Int(digit.value - 0x30)
        end += 1
      }
      return end > start ? (value, end - start, end) : nil
    }

    private func endOfWord(_ start: Int) -> Int {
      var end = start
      while isWord(end) { end += 1 }
      return max(end, start + 1)
    }

    private func scalar(_ position: Int) -> Unicode.Scalar? {
      position < scalars.count ? scalars[position] : nil
    }

    private func isDigit(_ position: Int) -> Bool {
      guard let scalar = scalar(position) else { return false }
      return scalar.isASCII ? "0"..."9" ~= scalar : scalar.properties.numericType == .decimal
    }

    private func isWord(_ position: Int) -> Bool {
      guard let scalar = scalar(position) else { return false }
      return isDigit(position) || scalar == "_" || "a"..."z" ~= scalar || "A"..."Z" ~= scalar
    }

    private func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
      let scalar = narrow(scalar)
      if scalar.isASCII, scalar.value > 0x20, scalar.value < 0x7F {
        return scalar == "-" || scalar == "." || scalar == "/" || scalar == "(" || scalar == ")"
      }
      let properties = scalar.properties
      if properties.isWhitespace || properties.isDash { return true }
      switch properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
      default: return false
      }
    }

    // The block of full-width forms repeats ASCII from `!` to `~` (Unicode, "Halfwidth and Fullwidth Forms").
    private func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
      0xFF01...0xFF5E ~= scalar.value ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
    }
  }
}
