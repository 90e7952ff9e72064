/// Hides phone numbers in free text, such as what Twilio or the database wrote in an error.
package enum PhoneMask {
  /// `text` with every phone-like run replaced by `…` and its last three digits.
  ///
  /// A run has at least seven digits, single or double separators (space, `-`, `.`, `(`, `)`)
  /// between them, and perhaps a `+` or `%2B` in front. Digits that are part of a word (SIDs,
  /// request ids), dates such as `2025-10-05` and IPv4 addresses are left alone.
  package static func applied(to text: String) -> String {
    let bytes = Array(text.utf8)
    var kept: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let step = Scanner(bytes: bytes).step(at: position)
      switch step {
      case .keep(let end): kept.append(contentsOf: bytes[position..<end])
      case .mask(_, let lastDigits): kept.append(contentsOf: Array("…".utf8) + lastDigits)
      }
      position = step.end
    }
    return String(decoding: kept, as: UTF8.self)
  }

  private enum Step {
    case keep(end: Int)
    case mask(end: Int, lastDigits: [UInt8])

    var end: Int {
      switch self {
      case .keep(let end), .mask(let end, _): end
      }
    }
  }

  private struct Scanner {
    let bytes: [UInt8]

    func step(at start: Int) -> Step {
      let plus = lengthOfPlus(at: start)
      guard plus > 0 || isDigit(start) || isOpening(start) else { return .keep(end: start + 1) }
      if plus == 0, start > 0, isWord(start - 1) { return .keep(end: endOfWord(start)) }
      if plus == 0, let end = endOfDate(start) ?? endOfAddress(start) { return .keep(end: end) }
      let run = run(from: start + plus)
      guard run.digits.count >= 7 else { return .keep(end: max(run.end, start + 1)) }
      if plus == 0, isWord(run.end) { return .keep(end: endOfWord(run.end)) }
      return .mask(end: run.end, lastDigits: Array(run.digits.suffix(3)))
    }

    private func run(from start: Int) -> (digits: [UInt8], end: Int) {
      var digits: [UInt8] = []
      var end = start
      var position = start
      while position < bytes.count, position - end <= 2 {
        if isDigit(position) {
          digits.append(bytes[position])
          end = position + 1
        } else if !isSeparator(position) {
          break
        }
        position += 1
      }
      return (digits, end)
    }

    private func lengthOfPlus(at position: Int) -> Int {
      if bytes[position] == UInt8(ascii: "+") { return 1 }
      guard position + 2 < bytes.count, bytes[position] == UInt8(ascii: "%") else { return 0 }
      let code = String(decoding: bytes[position + 1...position + 2], as: UTF8.self)
      return code == "2B" || code == "2b" ? 3 : 0
    }

    private func endOfDate(_ start: Int) -> Int? {
      let end = start + 10
      guard end <= bytes.count, !isDigit(end) else { return nil }
      let shape = bytes[start..<end].map { $0 == UInt8(ascii: "-") ? "-" : isDigit($0) ? "9" : "x" }
      return shape.joined() == "9999-99-99" ? end : nil
    }

    private func endOfAddress(_ start: Int) -> Int? {
      var position = start
      for group in 1...4 {
        let first = position
        while isDigit(position), position - first < 3 { position += 1 }
        guard position > first else { return nil }
        if group < 4 {
          guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return nil }
          position += 1
        }
      }
      return isDigit(position) ? nil : position
    }

    private func endOfWord(_ start: Int) -> Int {
      var end = start
      while isWord(end) { end += 1 }
      return max(end, start + 1)
    }

    private func isDigit(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func isDigit(_ position: Int) -> Bool {
      position < bytes.count && isDigit(bytes[position])
    }

    private func isOpening(_ position: Int) -> Bool {
      bytes[position] == UInt8(ascii: "(")
    }

    private func isSeparator(_ position: Int) -> Bool {
      " -.()".utf8.contains(bytes[position])
    }

    private func isWord(_ position: Int) -> Bool {
      guard position < bytes.count else { return false }
      let byte = bytes[position]
      return isDigit(byte) || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
  }
}
